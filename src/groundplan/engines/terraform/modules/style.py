"""Short objects and lists on one line, as people write them by hand: ``tags = { Name = "shop-api" }``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from groundplan.engines.terraform import hcl
from groundplan.engines.terraform.hcl import Argument, Block, Call, Conditional, Each, Item, Line, Row, Value

WIDTH = 110
"""How wide a line may become by that where others beside it can push it to the right."""
_STEP = 2


def render(heading: Iterable[Item], items: Iterable[Item]) -> str:
    """The text of a file."""
    return hcl.render((*heading, *_items(items, 0)))


def _items(items: Iterable[Item], indentation: int) -> Iterable[Item]:
    for item in items:
        match item:
            case Argument(name, value):
                yield Argument(name, _value(value, indentation, _before(name)))
            case Block(kind, labels, body):
                yield Block(kind, labels, tuple(_items(body, indentation + _STEP)))
            case _:
                yield item


def _before(name: object) -> int:
    return len(f"{name} = ") if isinstance(name, str) else WIDTH


def _value(value: Value, indentation: int, before: int) -> Value:
    """A value behind so many characters of a line with this indentation."""
    inner = indentation + _STEP
    width = WIDTH if before else hcl.ROW_WIDTH - 1
    match value:
        case Row(members) | (Mapping() as members):
            written = {key: _value(item, inner, _before(key)) for key, item in members.items()}
            may_be_short = len(written) == 1 or isinstance(value, Row)
            return _short(Row(written), written, indentation + before, width) if may_be_short else written
        case Call(function, arguments):
            here = before + len(function) + 1
            return Call(function, *(_value(argument, indentation, here) for argument in arguments))
        case Conditional(condition, one, other):
            here = before + len(condition) + 3
            return Conditional(condition, _value(one, indentation, here), _value(other, indentation, here))
        case Each(item, source, made):
            return Each(item, source, {key: _value(one, inner, _before(key)) for key, one in made.items()})
        case str():
            return value
        case Sequence():
            elements = [_value(element, inner, 0) for element in value]
            return _short(Line(elements), elements, indentation + before, width)
    return value


def _short(on_one_line: Row | Line, else_: Value, before: int, width: int) -> Value:
    text = hcl.render([Argument("x", on_one_line)]).removeprefix("x = ").rstrip("\n")
    return on_one_line if "\n" not in text and before + len(text) <= width else else_
