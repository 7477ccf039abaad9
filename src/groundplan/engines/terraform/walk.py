"""Code built anew with something in it changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from groundplan.engines.terraform.hcl import (
    Argument,
    Block,
    Call,
    Conditional,
    Each,
    Item,
    Line,
    Object,
    Row,
    Value,
)


def with_values(items: Iterable[Item], change: Callable[[Value], Value]) -> Iterator[Item]:
    """Items in which the value of every argument is changed, also in nested blocks."""
    for item in items:
        match item:
            case Argument(name, value):
                yield Argument(name, change(value))
            case Block(kind, labels, body):
                yield Block(kind, labels, tuple(with_values(body, change)))
            case _:
                yield item


def with_inside(value: Value, change: Callable[[Value], Value]) -> Value:
    """A value of the same kind in which every value that it directly holds is changed; any other as it is."""
    match value:
        case str():
            return value
        case Call(function, arguments):
            return Call(function, *map(change, arguments))
        case Conditional(condition, one, other):
            return Conditional(condition, change(one), change(other))
        case Each(item, source, made):
            return Each(item, source, {key: change(one) for key, one in made.items()})
        case Row(members):
            return Row({key: change(item) for key, item in members.items()})
        case Line(elements):
            return Line([change(item) for item in elements])
        case Object(pairs):
            return Object(tuple((key, change(item)) for key, item in pairs))
        case Mapping():
            return {key: change(item) for key, item in value.items()}
        case Sequence():
            return [change(item) for item in value]
    return value
