"""Values with the references in them made visible, so that those of several environments can be compared.

The flat rendering writes ``aws_subnet.private_a.id``. Here that is a :class:`Link` to the group ``aws_subnet.private``
with the key ``a``, and the text ``.id`` behind it: what is said of every zone, and of every environment, reads alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from groundplan.engines.terraform.hcl import Argument, Call, Expression, Heredoc, Template, Value, render

_ADDRESS = re.compile(r"(?<![\w.\"-])(?:local\.[a-z_]\w*|(?:(?:ephemeral|data)\.)?[a-z]\w*\.[a-z_]\w*)")
_INTERPOLATION = re.compile(r"(?<!\$)\$\{([^{}]*)\}")
_ATTRIBUTE = re.compile(r"(?:\.[a-z_][a-z0-9_]*|\[[^\]]*\])+")


class Group(NamedTuple):
    """Everything of one block type, type and name: one resource, or one for each zone."""

    block: str
    """``resource``, ``data``, ``ephemeral`` or ``local``."""
    type: str
    """``aws_subnet``; empty for a local value."""
    name: str
    """``private``."""
    table: bool = False
    """Whether it was made of several: its keys are the names of things, ``aws_s3_bucket.this["media"]``."""
    where: str = ""
    """Empty for what stands at the same site; else the site that it stands at: ``standby``, ``primary``."""

    @property
    def here(self) -> Group:
        """The group as its own site speaks of it."""
        return self._replace(where="") if self.where else self

    def row(self, key: str) -> Group:
        """What a row of a table is by itself."""
        return Group(self.block, self.type, key, where=self.where)

    @property
    def address(self) -> str:
        """``aws_subnet.private``, as HCL refers to it."""
        prefix = "" if self.block == "resource" else f"{self.block}."
        return f"{prefix}{self.type}.{self.name}" if self.type else f"{prefix}{self.name}"

    @property
    def title(self) -> str:
        """``subnet_private``: in the names of variables and outputs."""
        title = f"{self.type.removeprefix('aws_')}_{self.name}" if self.type else self.name
        return f"{self.where}_{title}" if self.where else title


class Link(NamedTuple):
    """A reference: to a group, one of its keys, and what is asked of it (``.id``; empty: the resource itself)."""

    group: Group
    key: str | None
    attribute: str

    @property
    def target(self) -> Group:
        """What it refers to, as its own site calls it; of a table the row."""
        group = self.group.here
        return group.row(self.key) if group.table and self.key is not None else group


class Token(NamedTuple):
    """What differs by environment or by key, and is known by a name: ``var.environment``, ``each.key``."""

    code: str


Part: TypeAlias = str | Link | Token


@dataclass(frozen=True, slots=True)
class Code:
    """An expression, or a text with expressions in it, with its links taken out."""

    template: bool
    """Whether the parts make a text; else they make an expression."""
    parts: tuple[Part, ...]

    @property
    def links(self) -> tuple[Link, ...]:
        """Its links, in order."""
        return tuple(part for part in self.parts if isinstance(part, Link))

    @property
    def alone(self) -> Link | None:
        """The link, where the expression is nothing else."""
        return self.parts[0] if len(self.parts) == 1 and isinstance(self.parts[0], Link) else None


@dataclass(frozen=True, slots=True)
class Function:
    """A call, its arguments made comparable as well."""

    name: str
    arguments: tuple[Normal, ...]


Normal: TypeAlias = (
    "bool | int | float | str | Code | Function | Heredoc | tuple[Normal, ...] | Mapping[str, Normal] | None"
)
"""A value with its links visible. Literal text is a plain ``str``."""
Meaning: TypeAlias = tuple[Group, str | None]
"""What a flat address stands for: a group, and which of it where it has keys."""
Addresses: TypeAlias = Mapping[str, Meaning]
"""What each flat address of an environment means."""


def normal(value: Value, meaning: Callable[[str], Meaning | None]) -> Normal:
    """A value of the flat rendering with its links visible; ``meaning`` tells what an address stands for."""
    match value:
        case str() | bool() | int() | float() | None | Heredoc():
            return value
        case Expression(source):
            return Code(False, tuple(_parts(source, meaning)))
        case Template(source):
            try:
                return Code(True, tuple(_template_parts(source, meaning)))
            except _NotAloneError:
                return Code(False, tuple(_parts(_quoted(value), meaning)))
        case Call(function, arguments):
            return Function(function, tuple(normal(argument, meaning) for argument in arguments))
        case Mapping():
            return {key: normal(item, meaning) for key, item in value.items()}
        case Sequence():
            return tuple(normal(item, meaning) for item in value)
    raise TypeError(f"{type(value).__name__} cannot be compared")  # Object: only what this package writes has it


def links(value: Normal) -> Iterator[Link]:
    """Every link inside a value."""
    match value:
        case Code():
            yield from value.links
        case Function(_, arguments):
            for argument in arguments:
                yield from links(argument)
        case tuple():
            for item in value:
                yield from links(item)
        case Mapping():
            for item in value.values():
                yield from links(item)


def is_literal(value: Normal) -> bool:
    """Whether it can stand in a ``terraform.tfvars``: nothing in it is code."""
    match value:
        case Code() | Function():
            return False
        case tuple():
            return all(is_literal(item) for item in value)
        case Mapping():
            return all(is_literal(item) for item in value.values())
    return True


class _NotAloneError(Exception):
    """A reference stands within a longer expression inside a text: the text is then code as a whole."""


def _quoted(text: Template) -> str:
    return render([Argument("text", text)]).partition(" = ")[2].rstrip("\n")


def _parts(source: str, meaning: Callable[[str], Meaning | None]) -> Iterator[Part]:
    position = 0
    for start, end, address in _named(source):
        target = meaning(address)
        if target is None:
            continue
        if start > position:
            yield source[position:start]
        attribute = _ATTRIBUTE.match(source, end)
        position = attribute.end() if attribute else end
        yield Link(*target, attribute[0] if attribute else "")
    if position < len(source):
        yield source[position:]


@lru_cache(maxsize=1 << 13)
def _named(source: str) -> tuple[tuple[int, int, str], ...]:
    """What may be an address in code, with its beginning and end: asked for often, by each site and each try."""
    return tuple((found.start(), found.end(), found[0]) for found in _ADDRESS.finditer(source))


@lru_cache(maxsize=1 << 13)
def _interpolated(source: str) -> tuple[tuple[int, int, str], ...]:
    """The interpolations of a template, with their beginning and end."""
    return tuple((found.start(), found.end(), found[1]) for found in _INTERPOLATION.finditer(source))


def _template_parts(source: str, meaning: Callable[[str], Meaning | None]) -> Iterator[Part]:
    """Text and links of a template: ``${aws_vpc.main.id}-x`` is a link and ``-x``; other interpolations stay text."""
    position = 0
    for start, end, inner in _interpolated(source):
        parts = tuple(_parts(inner, meaning))
        if len(parts) == 1 and isinstance(parts[0], Link):
            if start > position:
                yield source[position:start]
            position = end
            yield parts[0]
        elif any(isinstance(part, Link) for part in parts):
            raise _NotAloneError(inner)
    if position < len(source):
        yield source[position:]
