"""How many lines something takes when it is written, about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from groundplan.engines.terraform.hcl import Argument, Block, Call, Conditional, Item, Row, Template, Value

ONE_LINE = 3
"""How many cells of a row fit into one line."""


def body_height(items: Iterable[Item]) -> int:
    """Lines of a body, nearly: whether a list fits into one is not looked at."""
    lines = 0
    for item in items:
        match item:
            case Argument(_, value):
                lines += value_height(value)
            case Block(_, _, body):
                lines += body_height(body) + 3
    return lines


def value_height(value: Value) -> int:
    match value:
        case str(text) | Template(text):
            return text.count("\n") + 1 if text.endswith("\n") else 1
        case Call(_, arguments):
            return sum(map(value_height, arguments)) if arguments else 1
        case Conditional(_, one, other):
            return value_height(one) + value_height(other) - 1
        case Row(members):
            return 1 if len(members) <= ONE_LINE else 2 + sum(map(value_height, members.values()))
        case Mapping():
            return 2 + sum(map(value_height, value.values()))
        case Sequence():
            return (
                2 + sum(map(value_height, value))
                if any(value_height(item) > 1 for item in value) or len(value) > 3
                else 1
            )
    return 1
