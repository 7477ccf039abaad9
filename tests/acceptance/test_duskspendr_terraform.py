"""DS-05, DS-174, DS-180: Terraform modules, the optional one for Google Cloud, and Checkov's opinion of the code."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.acceptance import second_opinion
from tests.acceptance.conftest import Systems
from tests.acceptance.rows import requirement
from tests.acceptance.system import System
from tests.acceptance.terraform_tree import TerraformTree, undocumented
from tests.acceptance.variants import overlaid
from tests.second_opinion.verdicts import read_exemptions
from tests.terraform_core.harness import TerraformCore

from groundplan.design import design
from groundplan.engines.terraform import Options, render
from groundplan.engines.terraform.checking import check
from groundplan.engines.terraform.modules import Environment, render_tree, write_tree

NAME = "duskspendr"
MODULES = {"compute", "database", "load_balancing", "monitoring", "networking", "security", "storage"}
GOOGLE = {"secondary": {"google": {"project": "duskspendr-backups", "without": ["api"]}}}
"""Copies of the buckets; the api reads more secrets than it may there."""


@pytest.fixture(scope="module")
def tree(systems: Systems, tmp_path_factory: pytest.TempPathFactory) -> TerraformTree:
    """Production through its modules."""
    return TerraformTree.rendered(systems(NAME, "production").command_line, tmp_path_factory.mktemp("tree"))


@requirement("DS-174")
def test_modules(tree: TerraformTree, tmp_path: Path) -> None:
    """A folder each, all of them called, each valid alone, with a README of its variables and outputs."""
    assert set(tree.modules) == MODULES
    calls = tree.blocks("environments/production", "module")
    assert {block.labels[0] for block in calls} == MODULES
    for module in MODULES:
        assert (tree.folder / "modules" / module / "main.tf").is_file()
        assert tree.kinds(module)
    assert undocumented(tree) == []
    tree.validate_each_module_alone(tmp_path)


@requirement("DS-174")
def test_every_resource_is_made_by_a_module(tree: TerraformTree, system: System) -> None:
    """What the root without modules makes, and no other kind."""
    through_modules = set().union(*(tree.kinds(module) for module in tree.modules))
    flat = render(system.architecture, Options(backend="local"))
    written = {address.partition(".")[0] for found in flat.addresses.values() for address in found}
    assert through_modules == written


@requirement("DS-05")
def test_optional_module_copies_backups_to_google_cloud(tree: TerraformTree, blueprint: Path, tmp_path: Path) -> None:
    """C-07: off by default; switched on, the code is valid, and every bucket has its copy in Cloud Storage."""
    assert "google" not in tree.modules
    loaded = overlaid(blueprint, "production", GOOGLE, tmp_path)
    found = render_tree({"production": Environment(design(loaded), Options(backend="local"))}, {})
    files = {f"{folder}/{name}": text for folder, items in found.files.items() for name, text in items.items()}
    unused = ' "google_services" is used nowhere.'  # it switches services, of which there are none
    assert [str(item) for item in check(files) if not item.message.endswith(unused)] == []
    module = "\n".join(text for name, text in files.items() if name.startswith("modules/google/"))
    for kind in ("google_storage_bucket", "google_storage_transfer_job"):
        assert f'resource "{kind}" "backups' in module
    write_tree(found, tmp_path / "tree")
    TerraformCore(tmp_path / "core").validate(tmp_path / "tree/environments/production", within=tmp_path / "tree")


@requirement("DS-05")
def test_that_it_was_never_tried_is_said(readme: str) -> None:
    assert "Not verified on a real project" in (Path(__file__).parents[2] / "docs/secondary.md").read_text("utf-8")
    assert "secondary: {google: " in readme


@requirement("DS-180")
def test_nothing_that_checkov_finds_is_open() -> None:
    """Each check that fails is accepted in the blueprint or exempt, with a reason; the run itself counted the same."""
    found = [verdict for _, verdict in second_opinion.verdicts(NAME, read_exemptions())]
    assert {item.kind for item in found} <= {"accepted", "exempt"}
    assert all(item.reason for item in found)
    assert [item.kind for _, item in second_opinion.verdicts(NAME, ())].count("open") > 0, "it can be found open"
    told = second_opinion.told(NAME)
    assert told.keys() == {f"{NAME} production"}
    for accepted, exempt, _, still_open, templates, linted in told.values():
        assert accepted + exempt > 0
        assert templates > 0
        assert (still_open, linted) == (0, 0)
