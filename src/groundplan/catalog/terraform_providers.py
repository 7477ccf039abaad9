"""What Terraform's providers take: their schemas, of one version each, read type by type.

``data/terraform_providers/<provider>.jsonl.gz`` holds one line for each type: its sort, its name and its block in the
shape of ``terraform providers schema -json``. ``scripts/terraform_schemas.py`` writes them anew; SOURCE.md beside them
says where they come from.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Container, Iterable, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeAlias

Schema: TypeAlias = dict[str, Any]
"""A block: ``attributes`` and ``block_types``. https://developer.hashicorp.com/terraform/cli/commands/providers/schema"""
Rules: TypeAlias = Mapping[str, Sequence[Sequence[str]]]
"""Arguments that exclude each other (``conflicts``), go ``together`` or are alternatives (``exactly_one``)."""

PROVIDERS = ("aws", "google")
"""The providers that generated files use."""
SORTS = ("provider", "resource", "data", "ephemeral")
"""What a line is about: the configuration of the provider itself, and what it gives."""
CIDR_ARGUMENTS = ("cidr_block", "cidr_ipv4", "destination_cidr_block")
"""Arguments of AWS's resources that are the address of a network."""
JSON_ARGUMENTS = ("assume_role_policy", "container_definitions", "dashboard_body", "policy")
"""Arguments of AWS's resources that are JSON."""
_WITH_STATEMENTS = ("aws_wafv2_rule_group", "aws_wafv2_web_acl")

FOLDER = Path(__file__).parent / "data" / "terraform_providers"


class Provider:
    """The schemas of one provider. A type is parsed when it is first asked for: all of AWS takes half a second."""

    def __init__(self, name: str) -> None:
        self.name = name
        with gzip.open(FOLDER / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
            heading, *lines = file.read().splitlines()
        about: Mapping[str, str] = json.loads(heading)
        self.version = about["version"]
        self.date = about["date"]
        """When the schemas were extracted, as 2026-11-21."""
        self._lines = {tuple(line.split(" ", 2)[:2]): line for line in lines}
        self._read: dict[tuple[str, str], Schema] = {}

    def block(self, sort: str, type_: str) -> Schema | None:
        """The schema of ``("resource", "aws_vpc")``; None where the provider has no such type."""
        key = (sort, type_)
        if key not in self._read:
            if key not in self._lines:
                return None
            self._read[key] = json.loads(self._lines[key].split(" ", 2)[2])
        return self._read[key]

    @property
    def configuration(self) -> Schema:
        """What a block ``provider`` takes."""
        return self.block("provider", self.name) or {}

    def types(self, sort: str) -> list[str]:
        """The names of everything of a sort."""
        return [name for found, name in self._lines if found == sort]

    def rules(self, type_: str) -> Rules:
        """What a resource demands beyond its schema, as far as it is known."""
        return self._rules.get(type_, {})

    @cached_property
    def _rules(self) -> Mapping[str, Rules]:
        content: Mapping[str, Rules] = json.loads((FOLDER / "rules.json").read_text(encoding="utf-8"))
        return content


@cache
def provider(name: str) -> Provider:
    """The schemas of ``aws`` or ``google``."""
    return Provider(name)


def provider_of(type_: str) -> str:
    """Whose type it is, by its name: ``aws`` of ``aws_vpc``."""
    return type_.partition("_")[0]


def plain_type(attribute: Mapping[str, Any]) -> Any:
    """The type of an attribute, ``"string"`` or ``["list", "string"]``, nested attributes as objects."""
    if "nested_type" not in attribute:
        return attribute["type"]
    nested = attribute["nested_type"]
    type_ = ["object", {name: plain_type(item) for name, item in nested["attributes"].items()}]
    return type_ if nested["nesting_mode"] == "single" else [nested["nesting_mode"], type_]


def select(types: Iterable[tuple[str, str]], words: Container[str] | None = None) -> dict[str, dict[str, Any]]:
    """The schemas of these sorts and types by provider: ``{provider, resource, data, ephemeral, rules}``. Unknown types
    are left out. A provider without types has no schema, but aws, which is always there.

    The statements of AWS WAF keep the blocks that ``words`` name, where there are any: whole they are longer than all
    other schemas together, and Terraform compares their type again for every rule, half of the time of a plan.
    """
    chosen: dict[str, dict[str, Any]] = {}
    wanted = sorted(set(types))
    for name in PROVIDERS:
        own = [(sort, type_) for sort, type_ in wanted if provider_of(type_) == name]
        if own or name == "aws":
            chosen[name] = _select(provider(name), own, words)
    return chosen


def _select(schemas: Provider, types: Iterable[tuple[str, str]], words: Container[str] | None) -> dict[str, Any]:
    chosen: dict[str, Any] = {"provider": schemas.configuration, "resource": {}, "data": {}, "ephemeral": {}}
    for sort, name in types:
        if (block := schemas.block(sort, name)) is not None:
            cut = sort == "resource" and name in _WITH_STATEMENTS and words is not None
            chosen[sort][name] = _with_statements(block, words or ()) if cut else block
    chosen["rules"] = {name: rules for name in chosen["resource"] if (rules := schemas.rules(name))}
    return chosen


def _with_statements(block: Schema, words: Container[str]) -> Schema:
    rule = block["block_types"]["rule"]
    statement = rule["block"]["block_types"]["statement"]
    statement = statement | {"block": _named(statement["block"], words)}
    rule = rule | {"block": rule["block"] | {"block_types": rule["block"]["block_types"] | {"statement": statement}}}
    return block | {"block_types": block["block_types"] | {"rule": rule}}


def _named(block: Schema, words: Container[str]) -> Schema:
    """Without the optional blocks that no word names."""
    kept = {
        name: nested | {"block": _named(nested["block"], words)}
        for name, nested in block.get("block_types", {}).items()
        if name in words or nested.get("min_items")
    }
    return block | {"block_types": kept}
