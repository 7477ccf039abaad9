"""Long lists of objects that are built alike become a table of what differs: ``[for widget in local.widgets : …]``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from groundplan.engines.terraform import hcl
from groundplan.engines.terraform.hcl import Argument, Block, Call, Each, Expression, Item, Row, Value
from groundplan.engines.terraform.modules.heights import value_height

LEAST = 4
"""How many objects make a table."""
SHORTER = 0.8
"""How much of what it stands for a table may be long at most."""


_INDEX = "index"


@dataclass
class Folding:
    """The body of one block, with its long lists taken out."""

    title: str
    """What the local values begin with: ``dashboard``."""
    taken: set[str] = field(default_factory=set)
    """Names of local values that the module has already."""
    tables: dict[str, list[Value]] = field(default_factory=dict)
    """The rows of each local value."""

    def body(self, items: Iterable[Item]) -> tuple[Item, ...]:
        """The items of the block."""
        return tuple(
            Argument(item.name, self._value(item.value, item.name)) if isinstance(item, Argument) else item
            for item in items
        )

    @property
    def blocks(self) -> list[Block]:
        """The local values."""
        return [Block("locals", (), hcl.arguments(self.tables))] if self.tables else []

    def _value(self, value: Value, name: str) -> Value:
        match value:
            case Call(function, arguments):
                return Call(function, *(self._value(argument, name) for argument in arguments))
            case Mapping():
                return {key: self._value(item, key) for key, item in value.items()}
            case str():
                return value
            case Sequence() if len(value) >= LEAST and all(isinstance(item, Mapping) for item in value):
                return self._list([item for item in value if isinstance(item, Mapping)], name)
        return value

    def _list(self, rows: Sequence[Mapping[str, Value]], name: str) -> Value:
        item = name.removesuffix("s") if name.isidentifier() and name.endswith("s") else "item"
        columns: dict[str, list[Value]] = {}
        common = _common(rows, (), columns, item)
        table = [Row({column: cells[number] for column, cells in columns.items()}) for number in range(len(rows))]
        local = f"{self.title}_{name}"
        if not isinstance(common, Mapping) or len(columns) > _leaves(common) / 2 or local in self.taken:
            return rows
        if "each." in hcl.render([Argument("x", table)]):
            return rows
        if value_height(common) + sum(map(value_height, table)) > SHORTER * sum(map(value_height, rows)):
            return rows
        self.tables[local] = list(table)
        self.taken.add(local)
        named = f"{_INDEX}, {item}" if f"({_INDEX} " in hcl.render([Argument("x", common)]) else item
        return Each(named, f"local.{local}", common)


def _leaves(value: Value) -> int:
    """How many values there are in an object and those in it."""
    return sum(map(_leaves, value.values())) if isinstance(value, Mapping) else 1


def _of_the_place(values: Sequence[Value]) -> str | None:
    """The code of numbers that follow from where each stands, as in a grid; None of any others."""
    numbers = [value for value in values if isinstance(value, int) and not isinstance(value, bool)]
    if len(numbers) < len(values):
        return None
    for wide in range(2, len(numbers)):
        if (step := numbers[1]) and numbers == [step * (place % wide) for place in range(len(numbers))]:
            return f"{step} * ({_INDEX} % {wide})"
        if (step := numbers[wide]) and numbers == [step * (place // wide) for place in range(len(numbers))]:
            return f"{step} * floor({_INDEX} / {wide})"
    return None


def _common(values: Sequence[Value], path: tuple[str, ...], columns: dict[str, list[Value]], item: str) -> Value:
    """What all values say, with a column for what only some say."""
    first = values[0]
    if all(value == first for value in values):
        return first
    mappings = [value for value in values if isinstance(value, Mapping)]
    if isinstance(first, Mapping) and len(mappings) == len(values) and len({tuple(one) for one in mappings}) == 1:
        return {key: _common([one[key] for one in mappings], (*path, key), columns, item) for key in first}
    if (code := _of_the_place(values)) is not None:
        return Expression(code)
    name = path[-1] if path and path[-1] not in columns else "_".join(path)
    columns[name] = list(values)
    return Expression(f"{item}.{name}")
