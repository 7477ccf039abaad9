"""Two engines, one truth: what a resource says stands in its Terraform and in its CloudFormation, value for value.

Each engine's own tests prove that no field is left out. Here the two renderings are held side by side: every text,
number and address range inside a resource has to be found in both, or is listed below with the reason.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from functools import cache
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
from tests.engines.samples import every_kind, sample_architecture

from groundplan.blueprint.loading import load_environment
from groundplan.design import design
from groundplan.engines import cloudformation, terraform
from groundplan.resources import Architecture, Resource
from groundplan.resources.values import Dynamic, JsonDocument, Ref, Text

DUSKSPENDR = Path(__file__).parents[2] / "examples" / "duskspendr" / "groundplan.yaml"

ONLY_IN_ONE: Mapping[tuple[str, str], str] = {
    ("DatabaseInstance", "final_snapshot_identifier"): "CloudFormation names the snapshot that it takes at deletion",
    ("CacheParameterGroup", "parameter_group_name"): "CloudFormation names cache parameter groups itself",
    ("ListenerRule", "action"): "CloudFormation has weights as parameters, which an update gives as they are by then",
    ("Secret", "recovery_window_in_days"): "CloudFormation deletes a secret at once",
}
"""Kind and field, and why only one engine says it."""


@cache
def architectures() -> dict[str, Architecture]:
    return {"sample": sample_architecture(), "duskspendr": design(load_environment(DUSKSPENDR))}


@cache
def rendered(name: str) -> tuple[Mapping[Ref[Resource], str], Mapping[Ref[Resource], str]]:
    """By resource: all of its Terraform, all of its CloudFormation."""
    architecture = architectures()[name]
    hcl = terraform.render(architecture)
    blocks: dict[str, str] = {}
    for text in hcl.files.values():
        for match in re.finditer(r'^(\w+) "(\w+)" "([\w-]+)" \{\n.*?^\}$', text, re.MULTILINE | re.DOTALL):
            address = f"{match[2]}.{match[3]}"
            blocks[address if match[1] == "resource" else f"{match[1]}.{address}"] = match[0]
    by_terraform = {}
    for ref, addresses in hcl.addresses.items():
        # What makes a password stands in an ephemeral block, because a resource would keep it in the state.
        label = addresses[0].partition(".")[2]
        passwords = f"ephemeral.aws_secretsmanager_random_password.{label}"
        by_terraform[ref] = "\n".join(blocks.get(address, "") for address in (*addresses, passwords))
    templates = cloudformation.render(architecture)
    resources = {stack.name: stack.template["Resources"] for stack in templates.stacks}
    by_cloudformation = {}
    for ref, places in templates.locations.items():
        found = []
        for place in places:
            inside = resources[place.stack]
            assert isinstance(inside, Mapping)
            found.append(json.dumps(inside[place.logical_id], ensure_ascii=False))
        by_cloudformation[ref] = "\n".join(found)
    for item in templates.beside:
        by_cloudformation[item.ref] = json.dumps(dict(item.settings), ensure_ascii=False)
    return by_terraform, by_cloudformation


def values(owner: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text, number and address range in a record, with the field that it stands in.

    Passed over: words that the model chooses from a few (each engine spells them its own way), single digits (they are
    found anywhere), what is known only when something exists, and what is no part of the thing (why it was asked for).
    """
    hints = get_type_hints(type(owner))
    for item in fields(owner):
        if not item.compare:
            continue
        if path or item.name not in ("name", "key", "concern", "region", "depends_on"):
            yield from _inside(getattr(owner, item.name), hints[item.name], path or item.name)


def _inside(value: Any, hint: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, bool | Dynamic | Text | Ref | JsonDocument | None) or _is_choice(hint):
        return
    if isinstance(value, str):
        if len(value) > 1:
            yield path, value
    elif isinstance(value, int | Decimal):
        if value >= 10:
            yield path, f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
    elif isinstance(value, IPv4Network):
        yield path, str(value)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield path, str(key)
            yield from _inside(item, object, path)
    elif isinstance(value, tuple):
        for item in value:
            yield from _inside(item, get_args(hint)[0] if get_args(hint) else object, path)
    elif is_dataclass(value):
        yield from values(value, path)


def _is_choice(hint: Any) -> bool:
    return get_origin(hint) is Literal or any(get_origin(choice) is Literal for choice in get_args(hint))


def said(value: str, text: str) -> bool:
    """Whether a value stands in a rendering: as it is, escaped as the format demands or, of several lines, indented."""
    plain = json.dumps(value, ensure_ascii=False)[1:-1]
    spellings = [value, plain, plain.replace("${", "$${"), plain.replace("${", "${!"), json.dumps(plain)[1:-1]]
    for region in {architecture.region for architecture in architectures().values()}:
        if value.startswith(region):  # ap-south-1a: both write the region as what it is deployed to
            spellings += [f"${{{word}}}{value.removeprefix(region)}" for word in ("var.region", "AWS::Region")]
    indented = "\n" in value and _unindented(value) in _unindented(text)
    return indented or any(spelling in text for spelling in spellings)


def _unindented(text: str) -> str:
    return "\n".join(line.strip() for line in text.splitlines())


@pytest.mark.parametrize("name", ["sample", "duskspendr"])
def test_both_engines_say_the_same(name: str) -> None:
    by_terraform, by_cloudformation = rendered(name)
    wrong = []
    for resource in architectures()[name]:
        kind = type(resource).__name__
        for path, value in values(resource):
            in_both = said(value, by_terraform[resource.ref]), said(value, by_cloudformation[resource.ref])
            if in_both != (True, True) and (kind, path) not in ONLY_IN_ONE:
                wrong.append((resource.address, path, value, *in_both))
    assert wrong == []


def test_the_exceptions_are_needed() -> None:
    by_terraform, by_cloudformation = rendered("sample")
    needed = {
        (type(resource).__name__, path)
        for resource in architectures()["sample"]
        for path, value in values(resource)
        if not (said(value, by_terraform[resource.ref]) and said(value, by_cloudformation[resource.ref]))
    }
    assert needed == set(ONLY_IN_ONE)


def test_every_kind_is_rendered_with_both() -> None:
    by_terraform, by_cloudformation = rendered("sample")
    kinds = {type(resource) for resource in architectures()["sample"]}
    assert kinds == set(every_kind())
    for resource in architectures()["sample"]:
        assert by_terraform[resource.ref].startswith('resource "aws_')
        in_template = '"Type": "AWS::' in by_cloudformation[resource.ref]
        assert in_template != bool(resource.not_in_cloudformation), resource.address
