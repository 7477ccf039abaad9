"""Values that are known only when something exists: references, attributes, and text made from them.

A field of a resource holds either a plain value or one of these. They say *what* is meant; how it is spelled in
Terraform or CloudFormation is the engines' affair.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import Enum
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from groundplan.record import Record, dataclass

if TYPE_CHECKING:
    from groundplan.resources.base import Resource
    from groundplan.resources.security import Secret

R_co = TypeVar("R_co", bound="Resource", covariant=True)


_refs: dict[tuple[type[Resource], str, str | None], Ref[Any]] = {}


@dataclasses.dataclass(frozen=True, slots=True, eq=False, init=False)
class Ref(Generic[R_co]):
    """Points at a resource by its kind, name and key; the architecture finds it.

    Those that point at the same are one object, so that they are equal as objects are. Everything is found by them:
    comparing and hashing their fields would be a twentieth of the time of a command.
    """

    kind: type[R_co]
    name: str
    key: str | None

    def __new__(cls, kind: type[R_co], name: str, key: str | None = None) -> Ref[R_co]:
        known = _refs.get((kind, name, key))
        if known is None:
            made = object.__new__(cls)
            for field, value in (("kind", kind), ("name", name), ("key", key)):
                object.__setattr__(made, field, value)
            known = _refs.setdefault((kind, name, key), made)  # another thread may have been first
        return known

    def __reduce__(self) -> tuple[type[Ref[R_co]], tuple[type[R_co], str, str | None]]:
        """Copies and pickles are made as any other is."""
        return Ref, (self.kind, self.name, self.key)

    @property
    def address(self) -> str:
        """``subnet.private[a]``: how reports name a resource."""
        suffix = f"[{self.key}]" if self.key is not None else ""
        return f"{self.kind.kind_name()}.{self.name}{suffix}"

    def attribute(self, name: str) -> Attribute:
        """An attribute that AWS gives the resource, like its ``arn``.

        Raises ValueError where the kind has no such attribute.
        """
        if name not in self.kind.attributes:
            known = ", ".join(sorted(self.kind.attributes))
            raise ValueError(f"{self.kind.kind_name()} has no attribute {name!r}; it has {known}")
        return Attribute(self, name)

    @property
    def arn(self) -> Attribute:
        """The Amazon Resource Name."""
        return self.attribute("arn")

    def __str__(self) -> str:
        return self.address


@dataclasses.dataclass(frozen=True, slots=True)
class Attribute:
    """Something that AWS says of a resource once it exists: an id, an ARN, an address."""

    ref: Ref[Resource]
    name: str


class Pseudo(Enum):
    """What depends on where the architecture is deployed."""

    ACCOUNT_ID = "account_id"
    REGION = "region"
    PARTITION = "partition"


@dataclass(frozen=True)
class InputValue(Record):
    """The value of an input that is given at deployment (a Terraform variable, a CloudFormation parameter)."""

    name: str


@dataclass(frozen=True)
class SecretValue(Record):
    """A value read out of Secrets Manager while deploying; it never stands in a template, a plan or a state."""

    secret: Ref[Secret]
    json_key: str | None = None
    region: str | None = None
    """Region of the copy that is read, where it is not the secret itself."""


@dataclass(frozen=True)
class ParameterValue(Record):
    """The value of a Systems Manager parameter of the region at hand, which another environment has written."""

    name: str
    """``/personal-timeline/shared/hosted-zone``."""


Dynamic = Attribute | Pseudo | InputValue | SecretValue | ParameterValue


@dataclass(frozen=True)
class Text(Record):
    """Text with dynamic parts: ``${bucket.arn}/*``."""

    parts: tuple[str | Dynamic, ...]


Textual = str | Text | Dynamic


def text(*parts: Textual) -> Textual:
    """Join parts into the simplest value that says the same: a string where nothing is dynamic."""
    flat: list[str | Dynamic] = []
    for part in parts:
        for piece in part.parts if isinstance(part, Text) else (part,):
            if isinstance(piece, str) and flat and isinstance(flat[-1], str):
                flat[-1] += piece
            elif piece != "":
                flat.append(piece)
    if not flat:
        return ""
    return flat[0] if len(flat) == 1 else Text(tuple(flat))


Json = None | bool | int | float | Textual | Ref["Resource"] | list["Json"] | tuple["Json", ...] | Mapping[str, "Json"]
"""A JSON document that may hold dynamic values. A ``Ref`` stands for the id that AWS knows the resource by."""


@dataclass(frozen=True)
class JsonDocument(Record):
    """A document that AWS takes as JSON text, like a dashboard."""

    content: Mapping[str, Json]


_STATIC = frozenset({str, int, float, bool, type(None), Decimal, IPv4Network})
_DYNAMIC = frozenset({Ref, Attribute, Pseudo, InputValue, SecretValue, ParameterValue})


def dynamic_values(value: object) -> list[Ref[Resource] | Dynamic]:
    """Every reference and dynamic value inside a field's value, in order."""
    found: list[Ref[Resource] | Dynamic] = []
    _collect(value, found)
    return found


def _collect(value: Any, found: list[Ref[Resource] | Dynamic]) -> None:
    """Asks for exact types, most frequent first: this is the innermost loop of whatever reads an architecture."""
    kind = type(value)
    if kind in _DYNAMIC:
        found.append(value)
        return
    if kind is Text:
        items = value.parts
    elif kind is tuple or kind is list:
        items = value
    elif names := field_names(kind):
        items = [getattr(value, name) for name in names]
    elif isinstance(value, Mapping):
        items = value.values()
    else:
        return
    for item in items:
        if type(item) not in _STATIC:
            _collect(item, found)


_known_field_names: dict[type, tuple[str, ...]] = {}


def field_names(kind: type) -> tuple[str, ...]:
    """The fields that say what a dataclass is, in order; those that ``==`` leaves aside are left out. Nothing for
    another class."""
    known = _known_field_names.get(kind)
    if known is None:
        compared = (item.name for item in fields(kind) if item.compare) if is_dataclass(kind) else ()
        known = _known_field_names[kind] = tuple(compared)
    return known
