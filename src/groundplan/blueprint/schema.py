"""JSON Schema of the whole file, for editors: the base, and ``environments:`` of partial overlays."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from groundplan.blueprint.base import NAME_PATTERN, Part
from groundplan.blueprint.descriptions import descriptions, plain_text
from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.shape import Shape, fields
from groundplan.blueprint.shared import KEYS, SHARED

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Schema: TypeAlias = dict[str, Json]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_DEFINITIONS = "#/$defs/"
_NULL: Schema = {"type": "null"}


def schema() -> Schema:
    """The schema of ``groundplan.yaml`` in draft 2020-12; it refers to nothing outside of itself.

    An entry of the base has to be whole, also where environments could add what is missing: editors then show a
    forgotten key where it is forgotten.
    """
    described = {model.__name__: _describe(model) for model in _models(Shape(model=Blueprint))}
    definitions: dict[str, Schema] = {}
    for name, own in described.items():
        definitions[name] = own
        definitions[f"{name}Overlay"] = _overlay(own)
    whole = dict(definitions.pop("Blueprint"))
    required = whole.pop("required")
    environments: Schema = {
        "description": "What differs from the base, by environment. Mappings merge, null removes, lists replace.",
        "type": ["object", "null"],
        "propertyNames": {"pattern": NAME_PATTERN, "maxLength": 40},
        "additionalProperties": _or_null({"$ref": f"{_DEFINITIONS}BlueprintOverlay"}),
    }
    properties = {key: _or_null(value) for key, value in _mapping(whole["properties"]).items()}
    overlay = _mapping(definitions["BlueprintOverlay"])
    may_say = _mapping(overlay["properties"])
    shared: Schema = {
        "description": "What stands once in the account: an environment of its own, called shared.",
        "type": ["object", "null"],
        "properties": {key: may_say[key] for key in KEYS},
        "additionalProperties": False,
    }
    root: Schema = {
        "$schema": DIALECT,
        "title": "Groundplan blueprint",
        **whole,
        "properties": {**properties, "environments": environments, SHARED: shared},
        # An environment may say what the base leaves out.
        "if": {"not": {"required": ["environments"]}},
        "then": {"required": required},
    }
    used = _reachable(root, definitions)
    return {**root, "$defs": {name: definitions[name] for name in sorted(used)}}


class _Written(GenerateJsonSchema):
    """The schema of what people write, which is more than what the models hold."""

    def str_schema(self, schema: core_schema.StringSchema) -> JsonSchemaValue:
        """A number is taken where a text is wanted and its digits are allowed: ``version: 15.10``."""
        found = super().str_schema(schema)
        pattern = found.get("pattern")
        if pattern is None or re.search(pattern, "15.10"):
            found["type"] = ["string", "number"]
        return found

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """Keys that no pattern admits are wrong; pydantic's ``patternProperties`` would let them pass."""
        found = super().dict_schema(schema)
        keys = schema.get("keys_schema")
        if keys and (patterns := found.pop("patternProperties", None)):
            (found["additionalProperties"],) = patterns.values()
            found["propertyNames"] = self.generate_inner(keys)
        return found


def _models(shape: Shape) -> Iterator[type[Part]]:
    """Every model in a shape, each once."""
    seen: set[type[Part]] = set()
    pending = [shape]
    while pending:
        shape = pending.pop()
        pending += [inner for inner in (shape.entries, shape.items) if inner is not None]
        if shape.model is not None and shape.model not in seen:
            seen.add(shape.model)
            yield shape.model
            pending += fields(shape.model).values()


def _describe(model: type[Part]) -> Schema:
    """The schema of one model with the docstrings of its fields; other models are references."""
    schema = _json(
        model.model_json_schema(by_alias=True, schema_generator=_Written, ref_template=f"{_DEFINITIONS}{{model}}")
    )
    schema.pop("$defs", None)
    schema.pop("title", None)
    properties = _mapping(schema["properties"])
    for name, info in model.model_fields.items():
        field = _mapping(properties[info.alias or name])
        field.pop("title", None)
        if isinstance(field.get("default"), dict):
            field.pop("default")  # the fields of the section say it themselves
        if text := descriptions(model).get(name):
            field["description"] = text
        properties[info.alias or name] = field
    return {**schema, "description": plain_text(model.__doc__ or ""), "properties": properties}


def _overlay(schema: Mapping[str, Json]) -> Schema:
    """The schema of a part of that: nothing is required, ``null`` removes, parts of it are overlays, too.

    Lists replace, so that what stands in a list is whole.
    """
    changed: Schema = {}
    for key, value in schema.items():
        match key, value:
            case "required", _:
                continue
            case "$ref", str(target):
                changed[key] = f"{target}Overlay"
            case "properties", dict(properties):
                changed[key] = {name: _or_null(_overlay(_mapping(inner))) for name, inner in properties.items()}
            case "additionalProperties", dict(inner):
                changed[key] = _or_null(_overlay(inner))
            case "anyOf", list(choices):
                changed[key] = [_overlay(_mapping(choice)) for choice in choices]
            case _:
                changed[key] = value
    return changed


def _or_null(schema: Json) -> Schema:
    """The same, or null. What describes the value stays outside, where editors look for it."""
    inner = _mapping(schema)
    choices = inner.get("anyOf")
    if isinstance(choices, list) and _NULL in choices:
        return inner
    outside: Schema = {key: inner.pop(key) for key in ("description", "default") if key in inner}
    return {**outside, "anyOf": [*choices, _NULL] if isinstance(choices, list) else [inner, _NULL]}


def _reachable(schema: Json, definitions: Mapping[str, Schema]) -> set[str]:
    """The names of all definitions that a schema leads to."""
    seen: set[str] = set()
    pending: list[Json] = [schema]
    while pending:
        match pending.pop():
            case dict(inner):
                target = inner.get("$ref")
                name = target.removeprefix(_DEFINITIONS) if isinstance(target, str) else ""
                if name and name not in seen:
                    seen.add(name)
                    pending.append(dict(definitions[name]))
                pending += inner.values()
            case list(inner):
                pending += inner
    return seen


def _json(value: Mapping[str, object]) -> Schema:
    """Pydantic's schema, known to be JSON."""
    return {str(key): _any_json(inner) for key, inner in value.items()}


def _any_json(value: object) -> Json:
    if isinstance(value, Mapping):
        return _json(value)
    if isinstance(value, list | tuple):
        return [_any_json(inner) for inner in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"{value!r} is not JSON")


def _mapping(value: Json) -> Schema:
    """A copy of a schema that is an object."""
    if not isinstance(value, dict):
        raise TypeError(f"{value!r} is no schema")
    return dict(value)
