"""From a standby by itself to a part of the whole: every name and reference as it is beside the primary's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from ipaddress import IPv4Network
from typing import Any

from groundplan.design.regions import PRIMARY, in_standby
from groundplan.resources.base import Resource
from groundplan.resources.values import Attribute, InputValue, Pseudo, Ref, SecretValue, Text, Textual, text

_STATIC = frozenset({str, int, float, bool, type(None), Decimal, IPv4Network, InputValue})


def name_in_whole(ref: Ref[Resource]) -> Ref[Resource]:
    """What a reference of the standby is beside the primary: its own with another name, the primary's with theirs."""
    if ref.name.startswith(PRIMARY):
        return Ref(ref.kind, ref.name.removeprefix(PRIMARY), ref.key)
    return in_standby(ref)


class Relocation:
    """Moves what was designed for a region as if it were alone. Values that do not change stay the same objects."""

    def __init__(self, region: str, home: str) -> None:
        self._region, self._home = region, home

    def resources(self, resources: Iterable[Resource]) -> list[Resource]:
        """Resources with the names, the region and the references that they have in the whole."""
        return [self._resource(resource) for resource in resources]

    def textual(self, value: Textual) -> Textual:
        """A value of an output."""
        moved: Textual = self._moved(value)
        return moved

    def _resource(self, resource: Resource) -> Resource:
        region = resource.region or self._region
        changes: dict[str, Any] = {
            "name": name_in_whole(resource.ref).name,
            "region": None if region == self._home else region,
        }
        for item in fields(resource):
            if item.name not in ("name", "region", "key"):
                changes |= self._changed(resource, item.name)
        return replace(resource, **changes)

    def _changed(self, owner: Any, name: str) -> dict[str, Any]:
        value = getattr(owner, name)
        moved = self._moved(value)
        return {} if moved is value else {name: moved}

    def _moved(self, value: Any) -> Any:
        """By exact type, most frequent first, as the values of resources are read."""
        kind = type(value)
        if kind in _STATIC:
            return value
        if kind is Ref:
            return name_in_whole(value)
        if kind is Attribute:
            return Attribute(name_in_whole(value.ref), value.name)
        if kind is SecretValue:
            return replace(value, secret=name_in_whole(value.secret))
        if kind is Pseudo:
            return self._region if value is Pseudo.REGION else value
        if kind is Text:
            return text(*(self._moved(part) for part in value.parts))
        if kind is tuple or kind is list:
            moved = kind(self._moved(item) for item in value)
            return moved if any(new is not old for new, old in zip(moved, value, strict=True)) else value
        if isinstance(value, Mapping):
            items = {key: self._moved(item) for key, item in value.items()}
            return items if any(items[key] is not item for key, item in value.items()) else value
        if is_dataclass(value) and not isinstance(value, type):
            changes: dict[str, Any] = {}
            for item in fields(value):
                changes |= self._changed(value, item.name)
            return replace(value, **changes) if changes else value
        return value
