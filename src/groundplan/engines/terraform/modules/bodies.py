"""The body of a block that stands for several: arguments and nested blocks, ``dynamic`` where not all have them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from groundplan.engines.terraform.hcl import Argument, Blank, Block, Comment, Conditional, Expression, Item, Row, Value
from groundplan.engines.terraform.modules.links import Normal, is_literal, links, normal
from groundplan.engines.terraform.modules.order import by_name, layout
from groundplan.engines.terraform.modules.slots import Paths, Seen, Slot, plural
from groundplan.engines.terraform.modules.unify import Description

MANY = 4
"""From how many blocks on a table reads better."""


_PREVENT = "prevent_destroy"


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
                slot: normal(item[0].value, self.description.addresses[slot.environment])
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
                waits[code.partition("[")[0] if code.startswith("var.") else code] = None
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
        if len(counts) == 1 and (table := self._table(path, blocks)) is not None:
            yield table
            return
        kind, *labels = path[-1].split()
        for number in range(max(counts)):
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

    def _table(self, path: Paths, blocks: Mapping[Slot, Sequence[Block]]) -> Block | None:
        """Many blocks with the same arguments, as one over a table in its place; None where they are few or more."""
        every = [block for items in blocks.values() for block in items]
        columns = [item.name for item in every[0].body if isinstance(item, Argument)]
        alike = all([getattr(item, "name", None) for item in block.body] == columns for block in every)
        if not alike or len(every[0].body) != len(columns) or len(every) < MANY * len(blocks):
            return None
        name = path[-1]
        rows: list[dict[str, Value]] = []
        for number in range(len(next(iter(blocks.values())))):
            cells = {slot: items[number].body for slot, items in blocks.items()}
            body = self.items((*path, str(number + 1)), cells)
            rows.append({item.name: item.value for item in body if isinstance(item, Argument)})
        same = [column for column in columns if all(row[column] == rows[0][column] for row in rows)]
        content = [
            Argument(column, rows[0][column] if column in same else Expression(f"{name}.value.{column}"))
            for column in columns
        ]
        table = [Row({column: row[column] for column in columns if column not in same}) for row in rows]
        return Block("dynamic", (name,), (Argument("for_each", table), Block("content", (), tuple(content))))

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
                    row[item.name] = normal(item.value, self.description.addresses[slot.environment])
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


def _only_where(wanted: str, body: Iterable[Item]) -> Iterable[Item]:
    """A ``dynamic`` block that repeats itself already, and does so nowhere else."""
    for item in body:
        if isinstance(item, Argument) and item.name == "for_each":
            yield Argument(item.name, Conditional(wanted, item.value, []))
        else:
            yield item
