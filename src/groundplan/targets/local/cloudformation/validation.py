"""Checks of a template before anything is created, and of a resource's values right before its creation.

Structure (unknown, missing and read-only properties, at any depth) is checked on the template as written; values
(types, enumerations, ranges, lengths, patterns) once the functions have been evaluated, as AWS does.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from groundplan.errors import suggestion
from groundplan.targets.local.cloudformation.definitions import Template
from groundplan.targets.local.cloudformation.engine_types import handler_of, is_known
from groundplan.targets.local.cloudformation.errors import StackError
from groundplan.targets.local.cloudformation.references import creation_order, get_atts, references
from groundplan.targets.local.cloudformation.stacks import STACK
from groundplan.targets.local.types.errors import ResourceError
from groundplan.targets.local.types.handler import Surroundings
from groundplan.targets.local.types.schemas import ResourceSchema, resolve, schema_of


def check_template(template: Template, surroundings: Surroundings) -> None:
    """Raises StackError for the first thing that is wrong with the template."""
    unknown = sorted({item.type for item in template.resources.values() if not is_known(item.type)})
    if unknown:
        where = ", ".join(f"{name} ({item.type})" for name, item in template.resources.items() if item.type in unknown)
        raise StackError(f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]: {where}")
    for name, definition in template.resources.items():
        if definition.condition and definition.condition not in template.conditions:
            raise StackError(f"Template format error: resource {name}: condition {definition.condition} is not defined")
        schema = schema_of(definition.type)
        where = f"Resource {name} ({definition.type})"
        if schema:
            problem = next(_structure(definition.properties, schema.document, schema, ""), None)
            if problem:
                raise StackError(f"{where}: {problem}")
        handler = handler_of(definition.type, surroundings)
        for item in definition.properties:
            if not handler.supports(item):
                raise StackError(
                    f"{where}: property {item}: the local AWS cannot apply it, and does not drop it silently"
                )
    creation_order(template, template.resources)
    for output in template.outputs.values():
        for name in references(output["Value"]) - template.resources.keys() - template.parameters.keys():
            if not name.startswith("AWS::"):
                raise StackError(
                    f"Template format error: Unresolved resource dependencies [{name}] in the Outputs block of the "
                    "template"
                )
    _check_attributes(template)


def _check_attributes(template: Template) -> None:
    values = [definition.properties for definition in template.resources.values()]
    for resource, attribute in sorted(get_atts([*values, [output["Value"] for output in template.outputs.values()]])):
        definition = template.resources.get(resource)
        if definition is None:
            raise StackError(f"Template error: instance of Fn::GetAtt references undefined resource {resource}")
        schema = schema_of(definition.type)
        if definition.type == STACK and attribute.startswith("Outputs."):
            continue
        if schema and not schema.has_attribute(attribute):
            raise StackError(
                f"Template error: resource {resource}: Requested attribute {attribute} does not exist in schema for "
                f"{definition.type}{suggestion(attribute, schema.read_only)}"
            )


def required_capabilities(template: Template) -> set[str]:
    """The capabilities that AWS asks for: IAM resources, and more so when they are named."""
    named = {"AWS::IAM::Role": "RoleName", "AWS::IAM::ManagedPolicy": "ManagedPolicyName", "AWS::IAM::User": "UserName",
             "AWS::IAM::Group": "GroupName", "AWS::IAM::InstanceProfile": "InstanceProfileName"}  # fmt: skip
    iam = [item for item in template.resources.values() if item.type.startswith("AWS::IAM::")]
    if any(item.type in named and named[item.type] in item.properties for item in iam):
        return {"CAPABILITY_NAMED_IAM"}
    return {"CAPABILITY_IAM"} if any(item.type != "AWS::IAM::OIDCProvider" for item in iam) else set()


def check_capabilities(template: Template, given: Collection[str], *, direct: bool = False) -> None:
    """Raises StackError where the caller did not acknowledge what the template needs.

    ``direct``: without a change set, in which the caller could have seen what a transform makes of the template.
    """
    needed = required_capabilities(template)
    if direct and template.transforms and "CAPABILITY_AUTO_EXPAND" not in given:
        raise StackError("Requires capabilities : [CAPABILITY_AUTO_EXPAND]", "InsufficientCapabilitiesException")
    if needed == {"CAPABILITY_IAM"} and "CAPABILITY_NAMED_IAM" in given:
        return
    missing = sorted(needed - set(given))
    if missing:
        raise StackError(f"Requires capabilities : [{', '.join(missing)}]", "InsufficientCapabilitiesException")


def check_values(type_name: str, properties: Mapping[str, Any]) -> None:
    """Checks evaluated properties against the schema. Raises ResourceError, worded like CloudFormation's."""
    schema = schema_of(type_name)
    if schema is None:
        return
    problem = next(_values(properties, schema.document, schema, "#"), None)
    if problem:
        raise ResourceError(f"Properties validation failed for resource of {type_name}: {problem}")


def _is_function(value: Any) -> bool:
    return isinstance(value, dict) and len(value) == 1 and (
        next(iter(value)) == "Ref" or str(next(iter(value))).startswith("Fn::")
    )  # fmt: skip


def _structure(value: Any, schema: Mapping[str, Any], owner: ResourceSchema, path: str) -> Iterator[str]:
    schema = resolve(schema, owner.document)
    if _is_function(value):
        if "Fn::If" in value and isinstance(value["Fn::If"], list) and len(value["Fn::If"]) == 3:
            for branch in value["Fn::If"][1:]:
                if branch != {"Ref": "AWS::NoValue"}:
                    yield from _structure(branch, schema, owner, path)
        return
    if isinstance(value, list) and "items" in schema:
        for item in value:
            yield from _structure(item, schema["items"], owner, path)
    known = schema.get("properties")
    if not isinstance(value, dict) or not isinstance(known, dict):
        return
    for name, item in value.items():
        inner = f"{path}.{name}" if path else str(name)
        if name not in known:
            if schema.get("additionalProperties") is False and not _matches_pattern(name, schema):
                yield f"unknown property {inner}{suggestion(str(name), known)}"
            continue
        if not path and name in owner.read_only:
            yield f"property {inner} is read-only"
        yield from _structure(item, known[name], owner, inner)
    for name in schema.get("required", ()):
        if name not in value and not (not path and name in owner.read_only):
            yield f"missing required property {f'{path}.' if path else ''}{name}"


def _matches_pattern(name: str, schema: Mapping[str, Any]) -> bool:
    return any(_search(pattern, name) for pattern in schema.get("patternProperties", {}))


def _values(value: Any, schema: Mapping[str, Any], owner: ResourceSchema, path: str) -> Iterator[str]:
    schema = resolve(schema, owner.document)
    kind = _KINDS.get(type(value), "")
    kinds = _kinds(schema)
    if (kind and kinds and kind not in kinds) or (not kind and kinds == {"array"}):
        yield f"{path}: expected {' or '.join(sorted(kinds))}, got {kind or 'a plain value'}"
    elif isinstance(value, dict):
        known = schema.get("properties") or {}
        for name, item in value.items():
            if name in known:
                yield from _values(item, known[name], owner, f"{path}/{name}")
    elif isinstance(value, list):
        if "items" in schema:
            for index, item in enumerate(value):
                yield from _values(item, schema["items"], owner, f"{path}/{index}")
        if "minItems" in schema and len(value) < schema["minItems"]:
            yield f"{path}: expected at least {schema['minItems']} items, got {len(value)}"
        if "maxItems" in schema and len(value) > schema["maxItems"]:
            yield f"{path}: expected at most {schema['maxItems']} items, got {len(value)}"
    else:
        yield from _scalar(value, schema, path)


_KINDS: Mapping[type, str] = {dict: "object", list: "array"}


def _kinds(schema: Mapping[str, Any]) -> set[str]:
    written = schema.get("type", ())
    return {written} if isinstance(written, str) else set(written)


def _scalar(value: Any, schema: Mapping[str, Any], path: str) -> Iterator[str]:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    kinds = _kinds(schema)
    allowed = schema.get("enum")
    if allowed and text not in {str(item).lower() if isinstance(item, bool) else str(item) for item in allowed}:
        yield f"{path}: {value!r} is not a valid enum value; valid: {', '.join(map(str, allowed[:12]))}"
    if kinds and kinds <= {"integer", "number"}:
        if not re.fullmatch(r"-?\d+(\.\d+)?([eE][-+]?\d+)?", text):
            yield f"{path}: {value!r} is not a number"
            return
        if "minimum" in schema and float(text) < schema["minimum"]:
            yield f"{path}: {text} is less than the minimum {schema['minimum']}"
        if "maximum" in schema and float(text) > schema["maximum"]:
            yield f"{path}: {text} is more than the maximum {schema['maximum']}"
    elif kinds == {"boolean"} and text.lower() not in ("true", "false"):
        yield f"{path}: {value!r} is not a boolean"
    elif kinds == {"object"} and "properties" in schema:
        yield f"{path}: {value!r} is not an object"
    elif kinds == {"string"}:
        if "minLength" in schema and len(text) < schema["minLength"]:
            yield f"{path}: shorter than the minimum length {schema['minLength']}"
        if "maxLength" in schema and len(text) > schema["maxLength"]:
            yield f"{path}: longer than the maximum length {schema['maxLength']}"
        if "pattern" in schema and not _search(schema["pattern"], text):
            yield f"{path}: does not match the pattern {schema['pattern']}"


def _search(pattern: str, text: str) -> bool:
    """Whether a JSON Schema pattern (ECMA 262) matches; one that Python cannot read is taken to match."""
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return True
