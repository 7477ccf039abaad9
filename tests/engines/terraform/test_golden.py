"""One readable case for each kind of resource: ``tests/cases/terraform/<kind>.tf``, and the root's own files.

``pytest --update-golden`` writes them anew.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from tests.engines.samples import every_kind, sample_architecture

from groundplan.engines.terraform import Options, Rendering, render
from groundplan.engines.terraform.context import label
from groundplan.resources import Resource
from groundplan.resources.parameters import SecureParameter
from groundplan.resources.security import Secret

CASES = Path(__file__).parents[2] / "cases" / "terraform"
ROOT_FILES = ("backend.tf", "data.tf", "outputs.tf", "providers.tf", "terraform.tfvars", "variables.tf", "versions.tf")
_BLOCK = re.compile(
    r'^(?P<type>resource|ephemeral|locals)(?: "(?P<kind>\w+)" "(?P<name>\w+)")? \{.*?^\}\n', re.M | re.S
)


@cache
def _rendering() -> Rendering:
    return render(sample_architecture(), Options(state_bucket="sample-terraform-state"))


@cache
def _blocks() -> tuple[tuple[str, str, str, str], ...]:
    """Type, kind, name and text of every block that belongs to a resource."""
    return tuple(
        (match["type"], match["kind"] or "", match["name"] or "", match[0])
        for name, text in _rendering().files.items()
        if name not in ROOT_FILES
        for match in _BLOCK.finditer(text)
    )


def _of(kind: type[Resource]) -> str:
    resources = sample_architecture().of(kind)
    addresses = {address for resource in resources for address in _rendering().addresses[resource.ref]}
    labels = {label(resource.ref) for resource in resources}
    found = []
    for type_, terraform_kind, name, text in _blocks():
        beside = (kind is Secret and type_ == "locals") or (
            kind in (Secret, SecureParameter) and type_ == "ephemeral" and name in labels
        )
        if beside or (type_ == "resource" and f"{terraform_kind}.{name}" in addresses):
            found.append(text)
    return "\n".join(found)


def _compare(file: Path, text: str, update: bool) -> None:
    if update:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    assert file.exists(), f"{file} is missing; pytest --update-golden writes it"
    assert text == file.read_text()


@pytest.mark.parametrize("kind", every_kind(), ids=lambda kind: kind.kind_name())
def test_kind(kind: type[Resource], update_golden: bool) -> None:
    text = _of(kind)
    assert text, "the sample renders nothing of the kind"
    _compare(CASES / f"{kind.kind_name()}.tf", text, update_golden)


@pytest.mark.parametrize("name", ROOT_FILES)
def test_root_file(name: str, update_golden: bool) -> None:
    _compare(CASES / "root" / name, _rendering().files[name], update_golden)


def test_no_case_is_left_over() -> None:
    expected = {f"{kind.kind_name()}.tf" for kind in every_kind()} | {f"root/{name}" for name in ROOT_FILES}
    assert {str(file.relative_to(CASES)) for file in CASES.rglob("*") if file.is_file()} == expected


def test_every_block_stands_in_a_case() -> None:
    """The cases show everything: no block belongs to nobody."""
    cases = "".join(_of(kind) for kind in every_kind())
    assert all(text in cases for *_, text in _blocks())
