"""Values with other references in them: what a resource says once what it refers to has other names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from ipaddress import IPv4Network
from typing import Any

from groundplan.resources.base import Resource
from groundplan.resources.values import Attribute, InputValue, Pseudo, Ref, SecretValue, Text, Textual, text

_STATIC = frozenset({str, int, float, bool, type(None), Decimal, IPv4Network, InputValue})


class Rewriter:
    """Writes values anew by :meth:`ref` and :meth:`pseudo`. Values that do not change stay the same objects."""

    def ref(self, ref: Ref[Resource]) -> Ref[Resource]:
        """What a reference becomes."""
        return ref

    def pseudo(self, value: Pseudo) -> Pseudo | str:
        """What a value that depends on the place becomes."""
        return value

    def textual(self, value: Textual) -> Textual:
        """A value of an output."""
        written: Textual = self.value(value)
        return written

    def changes(self, owner: Any, name: str) -> dict[str, Any]:
        """The field of a dataclass as a change for ``dataclasses.replace``; empty where it stays."""
        value = getattr(owner, name)
        written = self.value(value)
        return {} if written is value else {name: written}

    def value(self, value: Any) -> Any:
        """By exact type, most frequent first, as the values of resources are read."""
        kind = type(value)
        if kind in _STATIC:
            return value
        if kind is Ref:
            return self.ref(value)
        if kind is Attribute:
            return Attribute(self.ref(value.ref), value.name)
        if kind is SecretValue:
            return replace(value, secret=self.ref(value.secret))
        if kind is Pseudo:
            return self.pseudo(value)
        if kind is Text:
            return text(*(self.value(part) for part in value.parts))
        if kind is tuple or kind is list:
            written = kind(self.value(item) for item in value)
            return written if any(new is not old for new, old in zip(written, value, strict=True)) else value
        if isinstance(value, Mapping):
            items = {self.value(key): self.value(item) for key, item in value.items()}
            same = all(new is old for new, old in zip(items, value, strict=True))
            return value if same and all(items[key] is item for key, item in value.items()) else items
        if is_dataclass(value) and not isinstance(value, type):
            changes: dict[str, Any] = {}
            for item in fields(value):
                changes |= self.changes(value, item.name)
            return replace(value, **changes) if changes else value
        return value
