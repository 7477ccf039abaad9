"""AWS's published resource schemas, read as files out of the cfn-lint package.

cfn-lint itself is never imported: that takes 2.5 s, and a schema is one JSON file of some kilobytes. A type costs 0.2
to 2 ms the first time. Source of the schemas: https://schema.cloudformation.us-east-1.amazonaws.com/CloudformationSchema.zip
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from groundplan.errors import EnvironmentalError
from groundplan.targets.local.types.beyond_schemas import beyond_schema


@dataclass(frozen=True, slots=True)
class ResourceSchema:
    """What AWS publishes about one resource type."""

    type: str
    document: Mapping[str, Any]
    required: frozenset[str]
    properties: frozenset[str]
    read_only: frozenset[str]
    """Attribute paths with dots: ``Endpoint.Address``."""
    create_only: frozenset[str]
    """Top-level properties whose change replaces the resource."""
    create_only_inside: frozenset[str]
    """Paths with dots, inside of top-level properties, whose change replaces the resource."""
    conditionally_create_only: frozenset[str]
    tag_property: str
    """Empty where the type has no tags."""
    tags_are_a_map: bool
    system_tags: bool
    """Whether CloudFormation puts its ``aws:cloudformation:…`` tags on the resource."""

    def has_attribute(self, name: str) -> bool:
        """Whether ``Fn::GetAtt`` may name it. Open-ended objects (``Outputs.X``) take any inner name."""
        if name in self.read_only or name.split(".", 1)[0] in self.properties:
            return True
        return any(path.startswith(f"{name}.") for path in self.read_only)


@lru_cache(maxsize=1)
def _folder() -> Path:
    found = importlib.util.find_spec("cfnlint")
    if found is None or not found.submodule_search_locations:
        raise EnvironmentalError(
            "the local AWS needs the resource schemas of cfn-lint; install the extra: pip install 'groundplan[local]'"
        )
    return Path(found.submodule_search_locations[0]) / "data" / "schemas"


@lru_cache(maxsize=1)
def _index() -> Mapping[str, str]:
    index: dict[str, str] = json.loads((_folder() / "providers" / "us-east-1.json").read_bytes())
    return index


@lru_cache(maxsize=512)
def schema_of(type_name: str) -> ResourceSchema | None:
    """The schema of a type, or None where AWS publishes none."""
    name = _index().get(type_name)
    if name is None:
        return None
    document: dict[str, Any] = json.loads((_folder() / "resources" / f"{name.removesuffix('.json')}.json").read_bytes())
    tagging = document.get("tagging") or {}
    tag_property = str(tagging.get("tagProperty", "/properties/Tags")).split("/")[-1]
    properties = document.get("properties", {})
    tag_schema = resolve(properties.get(tag_property, {}), document)
    return ResourceSchema(
        type=type_name,
        document=document,
        required=frozenset(document.get("required", ())),
        properties=frozenset(properties),
        read_only=frozenset(_dotted(path) for path in document.get("readOnlyProperties", ())),
        create_only=_top_level(document.get("createOnlyProperties", ())) | beyond_schema(type_name).replaces,
        create_only_inside=frozenset(
            _dotted(path) for path in document.get("createOnlyProperties", ()) if path.count("/") > 2
        ),
        conditionally_create_only=_top_level(document.get("conditionalCreateOnlyProperties", ())),
        tag_property=tag_property if tag_property in properties else "",
        tags_are_a_map=tag_schema.get("type") == "object",
        system_tags=bool(tagging.get("cloudFormationSystemTags", True)),
    )


def resolve(schema: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    """A schema with its ``$ref`` followed."""
    for _ in range(8):
        reference = schema.get("$ref")
        if not isinstance(reference, str):
            return schema
        target: Any = document
        for step in reference.removeprefix("#/").split("/"):
            target = target.get(step, {})
        schema = target
    return schema


def _dotted(path: str) -> str:
    return ".".join(step for step in path.removeprefix("/properties/").split("/") if step != "*")


def _top_level(paths: Any) -> frozenset[str]:
    return frozenset(path.split("/")[2] for path in paths if path.count("/") == 2)
