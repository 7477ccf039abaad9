"""The schemas of hashicorp/aws 6.62.0 and hashicorp/google 8.7.0, cut down to the types that a configuration uses.

Serving all 1,711 resource types costs every Terraform command seconds; serving the types in use costs nothing that
one would notice. Sources: schema/SOURCE.md.
"""

from __future__ import annotations

import copy
import functools
import gzip
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeAlias

Schema: TypeAlias = dict[str, Any]
"""A block in the shape of ``terraform providers schema -json``: ``attributes`` and ``block_types``."""

VERSIONS = {"aws": "6.62.0", "google": "8.7.0"}
"""Each provider's name and version."""
SCHEMA_VARIABLE = "GROUNDPLAN_STAND_IN_SCHEMA"
"""The environment variable that names the file with the schemas to serve: :func:`select` as JSON."""

_FOLDER = Path(__file__).parent / "schema"
_DECLARATION = re.compile(r'^\s*(resource|data|ephemeral)\s+"((?:aws|google)_\w+)"', re.MULTILINE)
# Blocks of `statement` in aws_wafv2_web_acl that a scope-down statement cannot hold in turn.
_OUTER_STATEMENTS = ("managed_rule_group_statement", "rate_based_statement", "rule_group_reference_statement")


def types_used(folder: Path) -> frozenset[tuple[str, str]]:
    """What the ``.tf`` files under a folder declare, as kind (resource, data or ephemeral) and type."""
    return frozenset(
        (match[1], match[2])
        for file in folder.rglob("*.tf")
        if ".terraform" not in file.parts
        for match in _DECLARATION.finditer(file.read_text())
    )


def address(name: str) -> str:
    """Where Terraform looks for a provider."""
    return f"registry.terraform.io/hashicorp/{name}"


def select(types: Iterable[tuple[str, str]]) -> dict[str, dict[str, Any]]:
    """The schemas of these types by provider: ``{provider, resource, data, ephemeral, rules}``. Unknown types are left
    out, and Terraform then says that the provider does not support them. A provider without types has no schema,
    but aws, which is always there."""
    chosen: dict[str, dict[str, Any]] = {}
    for name in VERSIONS:
        own = sorted((kind, type_) for kind, type_ in types if type_.startswith(f"{name}_"))
        if own or name == "aws":
            chosen[name] = _select(_provider(name), own)
    return chosen


def _select(provider: dict[str, Any], types: Iterable[tuple[str, str]]) -> dict[str, Any]:
    chosen: dict[str, Any] = {"provider": provider["provider"], "resource": {}, "data": {}, "ephemeral": {}}
    for kind, name in types:
        if name in provider[kind]:
            chosen[kind][name] = provider[kind][name]
    chosen["rules"] = {name: rules for name, rules in _read("rules.json").items() if name in chosen["resource"]}
    return chosen


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((_FOLDER / name).read_text())
    return content


@functools.cache
def _provider(provider: str) -> dict[str, Any]:
    with gzip.open(_FOLDER / f"{provider}-{VERSIONS[provider]}-schema.json.gz") as file:
        schemas = json.load(file)["provider_schemas"][address(provider)]
    resources = {name: schema["block"] for name, schema in schemas["resource_schemas"].items()}
    data_sources = {name: schema["block"] for name, schema in schemas["data_source_schemas"].items()}
    configuration = schemas["provider"]["block"]
    configuration["attributes"].pop("alias", None)  # Terraform's own, no argument of the provider
    if provider == "aws":
        _restore_statements(resources)
    for block in (*resources.values(), *data_sources.values()):
        _restore_computed(block)
    for name, paths in _read("sensitive.json").items():
        for path in paths if name in resources else ():
            _attribute(resources[name], path)["sensitive"] = True
    return {
        "provider": configuration,
        "resource": resources,
        "data": data_sources,
        "ephemeral": _read("ephemeral.json"),
    }


def _restore_computed(block: Schema) -> None:
    """Arguments that every type has and that the provider fills in where they are left out."""
    attributes = block.get("attributes", {})
    if "id" in attributes:
        attributes["id"] = {"type": "string", "optional": True, "computed": True}
    for name in ("tags_all", "region"):
        if attributes.get(name, {}).get("optional"):
            attributes[name]["computed"] = True


def _restore_statements(resources: dict[str, Schema]) -> None:
    statement = copy.deepcopy(resources["aws_wafv2_web_acl_rule"]["block_types"]["statement"])
    scope_down = copy.deepcopy(statement) | {"max_items": 1}
    for name in _OUTER_STATEMENTS:
        del scope_down["block"]["block_types"][name]
    for name in ("managed_rule_group_statement", "rate_based_statement"):
        statement["block"]["block_types"][name]["block"]["block_types"]["scope_down_statement"] = scope_down
    for name in ("aws_wafv2_web_acl", "aws_wafv2_rule_group"):
        rule = resources[name]["block_types"]["rule"]["block"]
        rule["attributes"].pop("statement", None)
        rule["block_types"]["statement"] = statement | {"min_items": 1, "max_items": 1}


def _attribute(block: Schema, path: str) -> dict[str, Any]:
    *outer, name = path.split(".")
    for step in outer:
        block = block["block_types"][step]["block"]
    attribute: dict[str, Any] = block["attributes"][name]
    return attribute
