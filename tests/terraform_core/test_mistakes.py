"""Each planted mistake is refused, at its file and line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.terraform_core.harness import TerraformCore

from groundplan.engines.terraform.checking import check

ROOTS = Path(__file__).parent / "roots"
_WRONG = re.compile(r"# wrong: (.*)$")


def _planted() -> list[tuple[str, int, str]]:
    """File, line and message of each mistake, from the comments in the files."""
    return [
        (file.name, number, match[1])
        for file in sorted((ROOTS / "mistakes").glob("*.tf"))
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if (match := _WRONG.search(line))
    ]


@pytest.fixture(scope="module")
def refusals(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, int], str]:
    """What Terraform says about each file and line, without the source line that it quotes."""
    with pytest.raises(AssertionError) as caught:
        TerraformCore(tmp_path_factory.mktemp("workspace")).validate(ROOTS / "mistakes")
    said = {}
    for error in str(caught.value).split("\nError: ")[1:]:
        where = re.search(r"on (\S+) line (\d+).*\n.*\n", error)
        assert where, error
        said[where[1], int(where[2])] = " ".join(error[where.end() :].split())
    return said


@pytest.fixture(scope="module")
def found() -> dict[tuple[str, int], str]:
    """What the check says that goes without Terraform."""
    return {(item.file, item.line): item.message for item in check(_files(ROOTS / "mistakes"))}


@pytest.mark.parametrize(("file", "line", "message"), _planted())
def test_both_refuse_it_at_its_place(
    refusals: dict[tuple[str, int], str], found: dict[tuple[str, int], str], file: str, line: int, message: str
) -> None:
    """And in words that name the same things."""
    said, by_terraform = found[file, line], refusals[file, line]
    assert message in by_terraform
    named = [name for name in re.findall(r'"([\w.]+)"', said) if f'"{name}"' in by_terraform]
    assert named or said.split(":")[0] in by_terraform, said


def test_nothing_else_is_refused(refusals: dict[tuple[str, int], str], found: dict[tuple[str, int], str]) -> None:
    assert set(refusals) == set(found) == {(file, line) for file, line, _ in _planted()}


def _files(folder: Path) -> dict[str, str]:
    return {str(file.relative_to(folder)): file.read_text() for file in sorted(folder.rglob("*.tf"))}


@pytest.mark.parametrize(
    ("version", "terraform_says", "check_says"),
    [
        ("~> six", "Invalid version constraint", '"~> six" is not a valid version constraint'),
        (">= 7.0", "no available releases match the given constraints >= 7.0", "leaves out 6.62.0"),
    ],
)
def test_version_constraint(
    core: TerraformCore, tmp_path: Path, version: str, terraform_says: str, check_says: str
) -> None:
    provider = f'aws = {{ source = "hashicorp/aws", version = "{version}" }}'
    text = f"terraform {{\n  required_providers {{\n    {provider}\n  }}\n}}\n"
    (tmp_path / "main.tf").write_text(text)

    with pytest.raises(AssertionError) as caught:
        core.init(tmp_path)
    assert terraform_says in " ".join(str(caught.value).split())
    assert [check_says in item.message for item in check({"main.tf": text})] == [True]


def test_the_check_finds_what_only_a_plan_finds() -> None:
    assert any(
        "Output refers to sensitive values" in item.message for item in check(_files(ROOTS / "sensitive_output"))
    )
    assert [item.message for item in check(_files(ROOTS / "cycle"))] == [
        "Cycle: aws_security_group.a, aws_security_group.b"
    ]


def test_cycle(core: TerraformCore) -> None:
    with pytest.raises(AssertionError, match=r"Cycle: aws_security_group\.[ab], aws_security_group\.[ab]"):
        core.validate(ROOTS / "cycle")


def test_sensitive_output(core: TerraformCore) -> None:
    core.variables = {"password": "secret"}

    with pytest.raises(AssertionError, match=r"(?s)Output refers to sensitive values.*on main\.tf line 10"):
        core.plan(ROOTS / "sensitive_output")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ('bucket = "state"', 'The attribute "key" is required'),
        ('bucket = "state"\nkey = "state"\nregion = "eu-west-1"\nencript = true', 'on main.tf line 6.*named "encript"'),
    ],
)
def test_backend(core: TerraformCore, tmp_path: Path, arguments: str, message: str) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "main.tf").write_text(f'terraform {{\n  backend "s3" {{\n{arguments}\n  }}\n}}\n')

    with pytest.raises(AssertionError, match=f"(?s)refuses the backend.*{message}"):
        core.validate(root)


def test_syntax_error(core: TerraformCore, tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "main.tf").write_text('resource "aws_vpc" "main" {\n')

    with pytest.raises(AssertionError, match=r"(?s)terraform init failed.*on main\.tf line 1"):
        core.init(root)


def test_unformatted_file(core: TerraformCore, tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text("locals {\n  a = 1\n  long = 2\n}\n")

    with pytest.raises(AssertionError, match=r"(?s)fmt -check failed.*\+  a    = 1"):
        core.fmt_check(tmp_path)
    assert (tmp_path / "main.tf").read_text() == "locals {\n  a = 1\n  long = 2\n}\n"
