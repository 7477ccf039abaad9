"""Values with other references in them: what a resource says once what it refers to has other names."""

from __future__ import annotations

from collections.abc import Container, Mapping
from decimal import Decimal
from ipaddress import IPv4Network
from operator import is_
from typing import Any

from groundplan.record import replace
from groundplan.resources.base import Resource
from groundplan.resources.values import (
    Attribute,
    InputValue,
    Pseudo,
    Ref,
    SecretValue,
    Text,
    Textual,
    field_names,
    text,
)

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

    def changes(self, owner: Any, but: Container[str] = ()) -> dict[str, Any]:
        """The fields of a dataclass that become something else, for ``dataclasses.replace``; ``but`` are left alone."""
        found: dict[str, Any] = {}
        for name in field_names(type(owner)):
            value = getattr(owner, name)
            if type(value) in _STATIC or name in but:
                continue
            written = self.value(value)
            if written is not value:
                found[name] = written
        return found

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
            written = [item if type(item) in _STATIC else self.value(item) for item in value]
            return value if all(map(is_, written, value)) else kind(written)
        if not field_names(kind) and isinstance(value, Mapping):
            keys, items = map(self.value, value), map(self.value, value.values())
            changed = dict(zip(keys, items, strict=True))
            same = len(changed) == len(value) and all(map(is_, changed, value))
            return value if same and all(map(is_, changed.values(), value.values())) else changed
        changes = self.changes(value)
        return replace(value, **changes) if changes else value
