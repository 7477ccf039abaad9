"""The folder that a team takes over: what is in it, what becomes of what was there, and what Terraform makes of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from tests.engines.terraform.modules import systems
from tests.engines.terraform.modules.small import SHOP, environments, tree
from tests.terraform_core.harness import TerraformCore

from groundplan.engines import terraform
from groundplan.engines.terraform.modules import Tree, read_records, render_tree, write_tree
from groundplan.errors import InputError

SECOND = SHOP.replace("buckets: {media: {}}", "buckets: {media: {}, files: {}}")
ONLY_IN_PRODUCTION = SHOP.replace("  prod:\n", "  prod:\n    buckets: {files: {}}\n")
WITHOUT_BUCKETS = SHOP.replace(", {media: read}", "").replace("buckets: {media: {}}", "")


def _content(directory: Path) -> dict[str, str]:
    return {str(file.relative_to(directory)): file.read_text() for file in directory.rglob("*") if file.is_file()}


def _expected(found: Tree) -> dict[str, str]:
    return {str(Path(folder) / name): text for folder, files in found.files.items() for name, text in files.items()}


def test_it_has_the_folders_that_a_team_expects() -> None:
    folders = set(tree().files)
    assert {"environments/dev", "environments/prod", "modules/networking", "modules/storage", "scripts"} <= folders
    assert {"main.tf", "backend.tf", "providers.tf", "variables.tf", "outputs.tf", "terraform.tfvars"} <= set(
        tree().files["environments/prod"]
    )
    assert {"main.tf", "variables.tf", "outputs.tf", "versions.tf", "README.md"} <= set(tree().files["modules/storage"])


def test_it_is_written_as_it_is(tmp_path: Path) -> None:
    paths = write_tree(tree(), tmp_path)
    assert _content(tmp_path) == _expected(tree())
    assert {str(path.relative_to(tmp_path)) for path in paths} == set(_expected(tree()))


def test_the_same_again_is_the_same_bytes() -> None:
    assert render_tree(environments(), {}).files == tree().files


def test_own_files_go_and_what_a_person_wrote_stays(tmp_path: Path) -> None:
    write_tree(tree(), tmp_path)
    storage = tmp_path / "modules" / "storage"
    (storage / "old.tf").write_text("# Written by Groundplan\n")
    (storage / "notes.md").write_text("mine\n")
    (tmp_path / "README.md").write_text("# Ours\n")
    (tmp_path / "scripts" / "plan.sh").write_text("#!/bin/sh\necho ours\n")
    write_tree(tree(), tmp_path)
    assert not (storage / "old.tf").exists()
    assert (storage / "notes.md").read_text() == "mine\n"
    assert (tmp_path / "README.md").read_text() == "# Ours\n"
    assert (tmp_path / "scripts" / "plan.sh").read_text() == "#!/bin/sh\necho ours\n"


def test_terraform_of_somebody_else_is_refused_before_anything_changes(tmp_path: Path) -> None:
    theirs = tmp_path / "modules" / "storage" / "theirs.tf"
    theirs.parent.mkdir(parents=True)
    theirs.write_text('resource "aws_s3_bucket" "mine" {}\n')
    with pytest.raises(InputError, match=r"theirs\.tf was not written by Groundplan"):
        write_tree(tree(), tmp_path)
    assert _content(tmp_path) == {"modules/storage/theirs.tf": theirs.read_text()}


def test_a_module_that_nothing_needs_any_more_is_emptied(tmp_path: Path) -> None:
    write_tree(tree(), tmp_path)
    (tmp_path / "modules" / "storage" / "notes.md").write_text("mine\n")
    less = tree(WITHOUT_BUCKETS)
    write_tree(less, tmp_path)
    assert _content(tmp_path) == _expected(less) | {"modules/storage/notes.md": "mine\n"}


@pytest.mark.parametrize("system", [None, "personal-timeline"])
def test_everything_is_documented_and_nothing_is_declared_in_vain(system: str | None) -> None:
    found = systems.tree(system) if system else tree()
    for folder, files in found.files.items():
        text = {name: text for name, text in files.items() if name.endswith(".tf")}
        declared = re.findall(r'^variable "(\w+)"', text.get("variables.tf", ""), re.MULTILINE)
        given = re.findall(r'^output "(\w+)"', text.get("outputs.tf", ""), re.MULTILINE)
        if re.fullmatch(r"modules/\w+", folder):
            rows = re.findall(r"^\| `(\w+)` \|", files["README.md"], re.MULTILINE)
            assert sorted(rows) == sorted((*declared, *given)), folder
            told = re.findall(r"^\| `(\w+\.\w+)` \|", files["README.md"], re.MULTILINE)
            attributes = list(_attributes(text.get("variables.tf", "")))
            assert sorted(told) == sorted(attributes), folder
            code = "\n".join(text for name, text in text.items() if name != "variables.tf")
            assert [one for one in attributes if not re.search(rf"\bvar\.{re.escape(one)}\b", code)] == [], folder
        elif not folder.startswith("environments/"):
            continue
        code = "\n".join(text for name, text in text.items() if name != "variables.tf")
        unused = [name for name in declared if not re.search(rf"\bvar\.{name}\b", code)]
        assert unused == [], folder


def test_a_misspelt_feature_is_refused(tmp_path: Path) -> None:
    """It would switch off what it means."""
    folder, root = tmp_path / "tree", tmp_path / "tree" / "environments" / "prod"
    write_tree(tree(ONLY_IN_PRODUCTION), folder)
    values = root / "terraform.tfvars"
    text = values.read_text()
    assert 'features = ["files", ' in text
    core = TerraformCore(tmp_path / "core", {})
    core.plan(root, within=folder)
    values.write_text(text.replace('"files"', '"fiels"'))
    with pytest.raises(AssertionError, match="A feature is misspelt"):
        core.plan(root, within=folder)


def test_the_readme_tells_which_environment_has_what() -> None:
    front = systems.tree("personal-timeline").files["."]["README.md"]
    for one in systems.tree("personal-timeline").rendering.features:
        assert f"| `{one.name}` |" in front
    for folder in systems.tree("personal-timeline").rendering.modules:
        assert f"[{folder}](modules/{folder}/README.md)" in front


def _attributes(declared: str) -> Iterator[str]:
    """``settings.size``: every attribute of a variable that is an object."""
    for name, body in re.findall(r'^variable "(\w+)" \{\n(.*?)\n\}', declared, re.MULTILINE | re.DOTALL):
        found = re.search(r"^  type += object\(\{(?: (.*) \}\)$|\n(.*?)\n  \}\)$)", body, re.MULTILINE | re.DOTALL)
        inner = (found[1] or found[2]) if found else ""
        flat = re.sub(r"\([^()]*(?:\([^()]*\)[^()]*)*\)", "", inner)  # without what attributes hold themselves
        yield from (f"{name}.{attribute}" for attribute in re.findall(r"(\w+) +=", flat))


def test_personal_timeline_has_at_least_60_percent_fewer_lines_than_without_modules() -> None:
    every, _ = systems.environments("personal-timeline")
    shared = systems.tree("personal-timeline")
    flat = sum(_lines(terraform.render(one.architecture, one.options).files) for one in every.values())
    through = sum(
        _lines(files) for folder, files in shared.files.items() if re.match(r"modules/\w+$|environments/", folder)
    )
    assert through <= 0.4 * flat


def _lines(files: Mapping[str, str]) -> int:
    """Lines of Terraform, values included."""
    return sum(text.count("\n") for name, text in files.items() if name.endswith((".tf", ".tfvars")))


def test_a_second_bucket_moves_nothing_away(tmp_path: Path) -> None:
    """Applied with one bucket; with two they are a table. Terraform finds the first under its new address."""
    folder, root = tmp_path / "tree", tmp_path / "tree" / "environments" / "prod"
    write_tree(tree(), folder)
    core = TerraformCore(tmp_path / "core", {})
    core.apply(root, within=folder)
    before = read_records(folder, ["dev", "prod"])
    second = render_tree(environments(SECOND), {}, before)
    moved = second.files["environments/prod"]["moved.tf"]
    assert 'to   = module.storage.aws_s3_bucket.this["media"]' in moved
    write_tree(second, folder)
    changes = core.plan(root, within=folder)["resource_changes"]
    done = {change["address"]: change["change"]["actions"] for change in changes}
    assert not [address for address, actions in done.items() if "delete" in actions]
    assert done['module.storage.aws_s3_bucket.this["media"]'] == ["no-op"]
    assert done['module.storage.aws_s3_bucket.this["files"]'] == ["create"]
