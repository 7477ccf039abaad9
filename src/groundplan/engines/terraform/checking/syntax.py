"""Terraform's language as a tree with positions, read without Terraform.

The whole of HCL's native syntax is read; what is kept of it is what a check asks for: which operator stands between
two operands does not matter, which operands there are does.

Source: https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

SPLAT = "*"
"""The step ``[*]`` of a traversal."""


class HclSyntaxError(Exception):
    """Text that is not HCL. ``at`` is the offset."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.at = at


@dataclass(slots=True)
class Literal:
    """Text without interpolation, a number, a truth value or null."""

    at: int
    value: str | int | float | bool | None


@dataclass(slots=True)
class Template:
    """Text with interpolations."""

    at: int
    parts: list[Expression]


@dataclass(slots=True)
class Index:
    """A step in brackets whose key is no number."""

    key: Expression


Step: TypeAlias = str | int | Index


@dataclass(slots=True)
class Traversal:
    """``aws_subnet.private["a"].id``: a name and the steps from there."""

    at: int
    root: str
    steps: list[Step]


@dataclass(slots=True)
class Access:
    """Steps from anything but a name: ``split(",", x)[0]``."""

    at: int
    source: Expression
    steps: list[Step]


@dataclass(slots=True)
class Call:
    """A function call."""

    at: int
    function: str
    arguments: list[Expression]


@dataclass(slots=True)
class ListOf:
    """``[…]``"""

    at: int
    elements: list[Expression]


@dataclass(slots=True)
class ObjectOf:
    """``{…}``. A key that is written as a name is a literal."""

    at: int
    members: list[tuple[Expression, Expression]]


@dataclass(slots=True)
class Operation:
    """Operands with operators between them. ``truth``: whether it says yes or no; else it is a number."""

    at: int
    operands: list[Expression]
    truth: bool


@dataclass(slots=True)
class Conditional:
    """``condition ? yes : no``"""

    at: int
    condition: Expression
    yes: Expression
    no: Expression


@dataclass(slots=True)
class For:
    """``[for …]``, or ``{for …}`` where there is a ``key``."""

    at: int
    names: list[str]
    collection: Expression
    key: Expression | None
    value: Expression
    condition: Expression | None
    grouping: bool = False


Expression: TypeAlias = (
    Literal | Template | Traversal | Access | Call | ListOf | ObjectOf | Operation | Conditional | For
)


@dataclass(slots=True)
class Attribute:
    """``name = value``"""

    at: int
    name: str
    value: Expression


@dataclass(slots=True)
class Block:
    """``type "label" … { body }``"""

    at: int
    type: str
    labels: tuple[str, ...]
    body: Body


@dataclass(slots=True)
class Body:
    """What stands between the braces of a block, or in a file."""

    attributes: dict[str, Attribute] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)

    def blocks_of(self, type_: str) -> list[Block]:
        """Its blocks of a type."""
        return [block for block in self.blocks if block.type == type_]

    def literal(self, name: str) -> str | int | float | bool | None:
        """The value of an attribute that is a literal; None for everything else."""
        attribute = self.attributes.get(name)
        return attribute.value.value if attribute and isinstance(attribute.value, Literal) else None


def name_of(step: Step) -> str | None:
    """``a`` of ``.a`` and of ``["a"]``."""
    if isinstance(step, Index):
        return step.key.value if isinstance(step.key, Literal) and isinstance(step.key.value, str) else None
    return step if isinstance(step, str) and step != SPLAT else None


def inside(expression: Expression) -> Iterator[Expression]:
    """The expressions that an expression is directly made of."""
    match expression:
        case Literal():
            return
        case Template(_, parts):
            yield from parts
        case Traversal(_, _, steps):
            yield from (step.key for step in steps if isinstance(step, Index))
        case Access(_, source, steps):
            yield source
            yield from (step.key for step in steps if isinstance(step, Index))
        case Call(_, _, arguments):
            yield from arguments
        case ListOf(_, elements):
            yield from elements
        case ObjectOf(_, members):
            for pair in members:
                yield from pair
        case Operation(_, operands):
            yield from operands
        case Conditional(_, condition, yes, no):
            yield from (condition, yes, no)
        case For(_, _, collection, key, value, condition):
            yield from (item for item in (collection, key, value, condition) if item is not None)


def traversals(expression: Expression, bound: frozenset[str] = frozenset()) -> Iterator[tuple[Traversal, bool]]:
    """Every traversal in an expression, and whether its name is one that a ``for`` or an iterator binds."""
    if isinstance(expression, Literal):
        return
    if isinstance(expression, Traversal):
        yield expression, expression.root in bound
    if isinstance(expression, For):
        yield from traversals(expression.collection, bound)
        within = bound | frozenset(expression.names)
        for part in (expression.key, expression.value, expression.condition):
            if part is not None:
                yield from traversals(part, within)
        return
    for part in inside(expression):
        yield from traversals(part, bound)
