"""Template parameters: the values given, the defaults, the rules.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from groundplan.targets.local.cloudformation.errors import StackError


class _Previous:
    """The marker of ``UsePreviousValue``."""


PREVIOUS: Final = _Previous()
Given = Mapping[str, "str | _Previous"]
HIDDEN = "****"


@dataclass(frozen=True, slots=True)
class ParameterValues:
    """The values of a stack's parameters."""

    raw: Mapping[str, str]
    """As text, as given."""
    resolved: Mapping[str, Any]
    """As ``Ref`` gives them: lists are lists, SSM parameters are looked up."""


def read_parameters(
    slots: Mapping[str, Mapping[str, Any]], given: Given, before: Mapping[str, str], look_up: Callable[[str], str]
) -> ParameterValues:
    """The values of all parameters.

    ``before`` holds the stack's present values for ``UsePreviousValue``; ``look_up`` reads an SSM parameter.
    Raises StackError for a missing, unknown or forbidden value.
    """
    unknown = [name for name in given if name not in slots]
    if unknown:
        raise StackError(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    missing = [name for name, slot in slots.items() if name not in given and "Default" not in slot]
    if missing:
        raise StackError(f"Parameters: [{', '.join(missing)}] must have values")
    raw: dict[str, str] = {}
    resolved: dict[str, Any] = {}
    for name, slot in slots.items():
        value = given.get(name, slot.get("Default"))
        if isinstance(value, _Previous):
            if name not in before:
                raise StackError(
                    f"Invalid input for parameter key {name}. Cannot specify usePreviousValue as true for a parameter "
                    "key not in the previous template"
                )
            value = before[name]
        raw[name] = _text(value)
        _check(name, slot, raw[name])
        resolved[name] = _resolved(str(slot.get("Type", "String")), raw[name], look_up)
    return ParameterValues(raw, resolved)


def shown(slots: Mapping[str, Mapping[str, Any]], raw: Mapping[str, str]) -> list[dict[str, str]]:
    """Parameters for a response; what is ``NoEcho`` is not shown."""
    return [
        {"ParameterKey": name, "ParameterValue": HIDDEN if is_hidden(slots.get(name, {})) else value}
        for name, value in raw.items()
    ]


def is_hidden(slot: Mapping[str, Any]) -> bool:
    return str(slot.get("NoEcho", False)).lower() == "true"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _resolved(kind: str, raw: str, look_up: Callable[[str], str]) -> Any:
    if kind.startswith("AWS::SSM::Parameter::Value"):
        raw = look_up(raw)
    if kind == "CommaDelimitedList" or "List<" in kind:
        return [item.strip() for item in raw.split(",")]
    return raw


def _check(name: str, slot: Mapping[str, Any], raw: str) -> None:
    kind = str(slot.get("Type", "String"))
    values = [item.strip() for item in raw.split(",")] if kind == "CommaDelimitedList" or "List<" in kind else [raw]
    for value in values:
        wrong = _wrong(kind, slot, value)
        if wrong:
            said = slot.get("ConstraintDescription")
            raise StackError(f"Parameter '{name}' {f'failed to satisfy constraint: {said}' if said else wrong}")


def _wrong(kind: str, slot: Mapping[str, Any], value: str) -> str:
    allowed = [_text(item) for item in slot.get("AllowedValues") or ()]
    if allowed and value not in allowed:
        return f"must be one of AllowedValues [{', '.join(allowed)}]"
    if "AllowedPattern" in slot and not re.fullmatch(str(slot["AllowedPattern"]), value):
        return f"must match pattern {slot['AllowedPattern']}"
    if "MinLength" in slot and len(value) < int(slot["MinLength"]):
        return f"must contain at least {slot['MinLength']} characters"
    if "MaxLength" in slot and len(value) > int(slot["MaxLength"]):
        return f"must contain at most {slot['MaxLength']} characters"
    if kind in ("Number", "List<Number>"):
        if not re.fullmatch(r"-?\d+(\.\d+)?", value):
            return "must be a number"
        if "MinValue" in slot and float(value) < float(slot["MinValue"]):
            return f"must be a number not less than {slot['MinValue']}"
        if "MaxValue" in slot and float(value) > float(slot["MaxValue"]):
            return f"must be a number not greater than {slot['MaxValue']}"
    return ""
