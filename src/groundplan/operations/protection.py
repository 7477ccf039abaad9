"""What protects a resource, and which change takes that off."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Literal

Engine = Literal["cloudformation", "terraform"]
POLICIES: Mapping[str, str] = {
    "DeletionPolicy": "staying when its stack goes",
    "UpdateReplacePolicy": "staying when it is replaced",
}
"""What CloudFormation does with a resource that goes, to what a person calls it.
Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html"""
_STRENGTH = {"Snapshot": 1, "RetainExceptOnCreate": 2, "Retain": 2}
_SNAPSHOT = "a last snapshot"


def taken_off(engine: Engine, kind: str, before: Mapping[str, object], after: Mapping[str, object]) -> tuple[str, ...]:
    """What protects a resource of this type before and no longer after, in words. Both are its properties."""
    return tuple(
        told
        for path, told in _table()[engine].get(kind, {}).items()
        if _protects(_at(before, path)) and not _protects(_at(after, path))
    )


def policies_weakened(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[str, ...]:
    """The same of what a template says beside the properties of a resource."""
    found = []
    for policy, told in POLICIES.items():
        old, new = (_STRENGTH.get(str(item.get(policy, "")), 0) for item in (before, after))
        if new < old:
            found.append(told if old > 1 else _SNAPSHOT)
    return tuple(dict.fromkeys(found))


@cache
def _table() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    return tomllib.loads(files("groundplan.operations").joinpath("protection.toml").read_text(encoding="utf-8"))


def _protects(value: object) -> bool:
    """Numbers come as text out of templates."""
    if isinstance(value, str):
        return value.lower() in ("true", "enabled") or (value.isdigit() and int(value) > 0)
    return bool(value)


def _at(content: object, path: str) -> object:
    while path:
        if path.startswith("["):
            name, path = path[1:-1], ""
            items = content if isinstance(content, Sequence) and not isinstance(content, str) else ()
            named = (item for item in items if isinstance(item, Mapping) and item.get("Key") == name)
            return next((item.get("Value") for item in named), None)
        step, _, path = path.partition(".")
        if isinstance(content, Mapping):
            content = content.get(step)
        elif isinstance(content, Sequence) and not isinstance(content, str) and step.isdigit():
            content = content[int(step)] if int(step) < len(content) else None
        else:
            return None
    return content
