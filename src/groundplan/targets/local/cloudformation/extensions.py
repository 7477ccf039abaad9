"""The transform ``AWS::LanguageExtensions``: loops, and functions where a template otherwise takes plain values.

``Fn::Length``, ``Fn::ToJsonString`` and the default of ``Fn::FindInMap`` are evaluated like any other function.
Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-languageextensions.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from groundplan.targets.local.cloudformation.definitions import Template
from groundplan.targets.local.cloudformation.errors import StackError
from groundplan.targets.local.cloudformation.intrinsics import Evaluator, NotYetKnownError

LANGUAGE_EXTENSIONS = "AWS::LanguageExtensions"
LOOP = "Fn::ForEach::"
DEEPEST = 5
"""Loops inside each other.
Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
"""


_FUNCTIONS = ("Fn::Length", "Fn::ToJsonString")
_SUPPORTED = (
    "Ref", "Fn::Base64", "Fn::Cidr", "Fn::FindInMap", "Fn::GetAtt", "Fn::GetAZs", "Fn::ImportValue", "Fn::Join",
    "Fn::Select", "Fn::Split", "Fn::Sub", "Fn::Transform", "Fn::And", "Fn::Equals", "Fn::If", "Fn::Not", "Fn::Or",
)  # fmt: skip
_MAP_NAMES = 3
"""Parameters of ``Fn::FindInMap`` without a default."""


def refuse_extensions(value: Any) -> None:
    """Raises StackError where a template without the transform uses a function that only the transform knows."""
    if isinstance(value, list):
        for item in value:
            refuse_extensions(item)
    elif isinstance(value, Mapping):
        for name, item in value.items():
            if name in _FUNCTIONS and len(value) == 1:
                raise StackError(
                    f"Template error: Encountered unsupported function: {name} Supported functions are: "
                    f"[{', '.join(_SUPPORTED)}]; {name} needs the transform {LANGUAGE_EXTENSIONS}"
                )
            if name == "Fn::FindInMap" and isinstance(item, list) and len(item) != _MAP_NAMES:
                raise StackError(
                    "Template error: every Fn::FindInMap object requires three parameters, the map name, map key and "
                    f"the attribute for return value; a default needs the transform {LANGUAGE_EXTENSIONS}"
                )
            refuse_extensions(item)


class _Nothing:
    """The surroundings while a template is read: no resource, no export, no region."""

    def resource_id(self, logical_id: str) -> str | None:
        return None

    def attribute(self, logical_id: str, name: str) -> Any:
        return None

    def exported(self, name: str) -> str:
        raise NotYetKnownError(name)

    def zones(self, region: str) -> list[str]:
        raise NotYetKnownError("Fn::GetAZs")


def expand(document: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, Any]:
    """The template without loops. ``values``: parameters that are known. Raises StackError."""
    parameters = {
        name: _as_list(values.get(name, slot.get("Default"))) if _is_list(slot) else values.get(name, slot["Default"])
        for name, slot in (document.get("Parameters") or {}).items()
        if name in values or "Default" in slot
    }
    constants = Template("", {}, mappings=document.get("Mappings") or {}, conditions=document.get("Conditions") or {})
    evaluator = Evaluator(constants, parameters, {}, _Nothing(), preview=True)
    expanded = dict(document)
    for section in ("Conditions", "Resources", "Outputs"):
        if isinstance(document.get(section), dict):
            expanded[section] = _looped(document[section], {}, evaluator)
    for name, resource in (expanded.get("Resources") or {}).items():
        for policy in ("DeletionPolicy", "UpdateReplacePolicy"):
            if isinstance(resource, dict) and isinstance(resource.get(policy), dict):
                resource[policy] = _constant(resource[policy], evaluator, f"{policy} of {name}")
    return expanded


def _is_list(slot: Mapping[str, Any]) -> bool:
    return slot["Type"] == "CommaDelimitedList" or "List<" in slot["Type"]


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [item.strip() for item in str(value).split(",")]


def _constant(value: Any, evaluator: Evaluator, where: str) -> Any:
    try:
        return evaluator.evaluate(value)
    except NotYetKnownError as error:
        raise StackError(f"Template error: {where}: {error} is not known when the template is read") from error


def _looped(value: Any, names: Mapping[str, str], evaluator: Evaluator, depth: int = 0) -> Any:
    """A value with its loops unrolled; ``names`` are the variables of the loops around it."""
    if isinstance(value, str):
        return _filled(value, names)
    if isinstance(value, list):
        return [_looped(item, names, evaluator, depth) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1 and isinstance(value.get("Ref"), str) and value["Ref"] in names:
        return names[value["Ref"]]
    result: dict[Any, Any] = {}
    for key, item in value.items():
        pairs: Iterator[tuple[Any, Any]]
        if isinstance(key, str) and key.startswith(LOOP):
            pairs = _turns(key, item, names, evaluator, depth)
        else:
            filled = _filled(key, names) if isinstance(key, str) else key
            pairs = iter([(filled, _looped(item, names, evaluator, depth))])
        for name, made in pairs:
            if name in result:
                raise StackError(f"Template error: {key}: {name} would be there twice")
            result[name] = made
    return result


def _turns(
    key: str, loop: Any, names: Mapping[str, str], evaluator: Evaluator, depth: int
) -> Iterator[tuple[Any, Any]]:  # fmt: skip
    if not (isinstance(loop, list) and len(loop) == 3 and isinstance(loop[0], str) and isinstance(loop[2], dict)):
        raise StackError(f"Template error: {key} takes an identifier, a collection and an object to repeat")
    if depth >= DEEPEST:
        raise StackError(f"Template error: {key}: loops may be {DEEPEST} deep")
    variable, collection, body = loop
    items = _constant(_looped(collection, names, evaluator, depth), evaluator, key)
    if not isinstance(items, list):
        raise StackError(f"Template error: the collection of {key} is no list")
    for item in items:
        turn: dict[Any, Any] = _looped(body, {**names, variable: str(item)}, evaluator, depth + 1)
        yield from turn.items()


def _filled(text: str, names: Mapping[str, str]) -> str:
    for name, value in names.items():
        text = text.replace(f"${{{name}}}", value)
        text = text.replace(f"&{{{name}}}", re.sub(r"[^A-Za-z0-9]", "", value))
    return text
