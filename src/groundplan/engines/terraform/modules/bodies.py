"""The body of a block that stands for several: arguments and nested blocks, ``dynamic`` where not all have them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from groundplan.engines.terraform.hcl import Argument, Blank, Block, Comment, Conditional, Expression, Item, Row, Value
from groundplan.engines.terraform.modules.heights import body_height
from groundplan.engines.terraform.modules.links import Normal, is_literal, links
from groundplan.engines.terraform.modules.order import by_name, layout
from groundplan.engines.terraform.modules.slots import Paths, Seen, Slot, plural
from groundplan.engines.terraform.modules.unify import Description

MANY = 4
"""From how many blocks on a table reads better."""
MANY_TALL, TALL = 3, 4
"""From how many of more than so many lines."""

_PREVENT = "prevent_destroy"
_VARIABLE = re.compile(r"var\.\w+")


def body_of(description: Description, bodies: Mapping[Slot, Sequence[Item]]) -> tuple[Item, ...]:
    """The arguments and nested blocks of all instances. Raises CannotShareError."""
    return tuple(_Writer(description).items((), bodies))


@dataclass
class _Writer:
    description: Description

    def items(self, path: Paths, bodies: Mapping[Slot, Sequence[Item]]) -> Iterable[Item]:
        """The items of bodies at a place."""
        written = {slot: by_name(items) for slot, items in bodies.items()}
        for name in layout(bodies.values()):
            if isinstance(name, Comment | Blank):
                yield name
                continue
            found = {slot: items.get(name, ()) for slot, items in written.items()}
            if name.startswith("block "):
                yield from self._blocks((*path, name.removeprefix("block ")), found)
                continue
            seen = {
                slot: self.description.readings[slot.environment].normal(item[0].value)
                if item and isinstance(item[0], Argument)
                else None
                for slot, item in found.items()
            }
            value = self._every(seen) if name == "depends_on" else self.description.value((*path, name), seen)
            yield Argument(name, value)

    def _every(self, seen: Seen) -> Value:
        """What has to exist first in any instance: waiting for what an environment has not is no waiting."""
        waits: dict[str, None] = {}
        for value in seen.values():
            for link in links(value):
                code = self.description.refer(link, "")
                variable = _VARIABLE.match(code)  # Terraform waits for a variable as a whole only
                waits[variable[0] if variable else code] = None
        return [Expression(code) for code in waits]

    def _lifecycle(self, found: Iterable[Sequence[Item]]) -> Iterable[Item]:
        """Terraform takes only literal text here. What any environment leaves to others, all do, which says nothing of
        what is made, only of whose later changes stand; what must never go stands where that holds for all."""
        written: dict[str, list[Item]] = {}
        ignored: dict[str, Expression] = {}
        bodies = [[item for block in blocks if isinstance(block, Block) for item in block.body] for blocks in found]
        everywhere = all(any(isinstance(item, Argument) and item.name == _PREVENT for item in body) for body in bodies)
        for items in bodies:
            for item in items:
                if isinstance(item, Argument) and item.name == _PREVENT and not everywhere:
                    continue
                if isinstance(item, Argument) and item.name == "ignore_changes":
                    assert isinstance(item.value, Sequence)
                    ignored |= {one.source: one for one in item.value if isinstance(one, Expression)}
                written.setdefault(repr(getattr(item, "name", item)), [item])
        body = [
            Argument(item.name, list(ignored.values()))
            if isinstance(item, Argument) and item.name == "ignore_changes"
            else item
            for items in written.values()
            for item in items
        ]
        if body:
            yield Block("lifecycle", (), tuple(body))

    def _blocks(self, path: Paths, found: Mapping[Slot, Sequence[Item]]) -> Iterable[Item]:
        if path == ("lifecycle",):
            yield from self._lifecycle(found.values())
            return
        blocks = {slot: [item for item in items if isinstance(item, Block)] for slot, items in found.items()}
        counts = {len(items) for items in blocks.values()}
        if len(counts) > 1 and (rows := self._rows(blocks)) is not None:
            yield self._dynamic(path, rows)
            return
        every = len(next(iter(blocks.values()))) if len(counts) == 1 else 0
        runs = {run.start: run for run in self._runs(blocks, every)}
        kind, *labels = path[-1].split()
        for number in range(max(counts)):
            if any(number in run for run in runs.values()):
                if number in runs:
                    yield self._table(path, blocks, runs[number])
                continue
            there = {slot: items[number] for slot, items in blocks.items() if len(items) > number}
            where = path if max(counts) == 1 else (*path, str(number + 1))
            body = tuple(self.items(where, {slot: block.body for slot, block in there.items()}))
            if len(there) == len(blocks):
                yield Block(kind, tuple(labels), body)
                continue
            wanted = self.description.flag(where, {slot: slot in there for slot in blocks})
            if labels:
                yield Block(kind, tuple(labels), tuple(_only_where(wanted, body)))
                continue
            content = Block("content", (), body)
            yield Block("dynamic", (path[-1],), (Argument("for_each", Expression(f"{wanted} ? [1] : []")), content))

    @staticmethod
    def _runs(blocks: Mapping[Slot, Sequence[Block]], every: int) -> Iterator[range]:
        """Neighbouring blocks that are built alike everywhere, where there are enough of them for a table."""
        built = [{_built(items[number].body) for items in blocks.values()} for number in range(every)]
        start = 0
        for number in range(1, every + 1):
            if number < every and built[number] == built[start]:
                continue
            tall = body_height(next(iter(blocks.values()))[start].body) > TALL
            alike = len(built[start]) == 1 and None not in built[start]
            if alike and number - start >= (MANY_TALL if tall else MANY):
                yield range(start, number)
            start = number

    def _table(self, path: Paths, blocks: Mapping[Slot, Sequence[Block]], run: range) -> Block:
        """Blocks that are built alike, as one over a table in its place."""
        name = path[-1]
        bodies = [
            tuple(self.items((*path, str(number + 1)), {slot: items[number].body for slot, items in blocks.items()}))
            for number in run
        ]
        columns: dict[str, list[Value]] = {}
        content = tuple(_in_common(bodies, columns, f"{name}.value", ()))
        rows = [Row({column: cells[number] for column, cells in columns.items()}) for number in range(len(run))]
        return Block("dynamic", (name,), (Argument("for_each", rows), Block("content", (), content)))

    def _rows(self, blocks: Mapping[Slot, Sequence[Block]]) -> dict[Slot, Normal] | None:
        """Blocks that only differ in plain values, as rows of a table; None where they are more than that."""
        rows: dict[Slot, Normal] = {}
        for slot, items in blocks.items():
            table = []
            for block in items:
                row: dict[str, Normal] = {}
                for item in block.body:
                    if not isinstance(item, Argument):
                        return None
                    row[item.name] = self.description.readings[slot.environment].normal(item.value)
                if not is_literal(row):
                    return None
                table.append(row)
            rows[slot] = tuple(table)
        return rows if max(len(items) for items in blocks.values()) > 1 else None

    def _dynamic(self, path: Paths, rows: Seen) -> Block:
        name = path[-1]
        table = self.description.varying((*path[:-1], plural(name)), rows)
        columns = dict.fromkeys(
            column
            for value in rows.values()
            if isinstance(value, tuple)
            for row in value
            if isinstance(row, Mapping)
            for column in row
        )
        content = Block(
            "content", (), tuple(Argument(column, Expression(f"{name}.value.{column}")) for column in columns)
        )
        return Block("dynamic", (name,), (Argument("for_each", Expression(table)), content))


def _built(body: Iterable[Item]) -> tuple[object, ...] | None:
    """The names of arguments, and the nested blocks; None where one of those repeats itself."""
    found: list[object] = []
    for item in body:
        if isinstance(item, Argument):
            found.append(item.name)
        elif isinstance(item, Block):
            inner = _built(item.body)
            if inner is None or item.labels or (item.type, inner) in found:
                return None
            found.append((item.type, inner))
    return tuple(found)


def _in_common(
    bodies: Sequence[Sequence[Item]], columns: dict[str, list[Value]], row: str, path: Paths
) -> Iterator[Item]:
    """What all bodies say, with a column for each argument in which they differ."""
    for number, item in enumerate(bodies[0]):
        others = [body[number] for body in bodies]
        if isinstance(item, Block):
            inner = [other.body for other in others if isinstance(other, Block)]
            yield Block(item.type, (), tuple(_in_common(inner, columns, row, (*path, item.type))))
        elif isinstance(item, Argument):
            values = [other.value for other in others if isinstance(other, Argument)]
            if all(value == values[0] for value in values):
                yield item
                continue
            known = (name for name, cells in columns.items() if cells == values)
            name = next(known, item.name if item.name not in columns else "_".join((*path, item.name)))
            columns[name] = values
            yield Argument(item.name, Expression(f"{row}.{name}"))
        else:
            yield item


def _only_where(wanted: str, body: Iterable[Item]) -> Iterable[Item]:
    """A ``dynamic`` block that repeats itself already, and does so nowhere else."""
    for item in body:
        if isinstance(item, Argument) and item.name == "for_each":
            yield Argument(item.name, Conditional(wanted, item.value, []))
        else:
            yield item
