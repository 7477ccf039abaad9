"""Resources of one type that say nearly the same become one, for each of their names.

Nine buckets with the same versioning are one ``aws_s3_bucket_versioning`` with ``for_each``. Whether that says it more
briefly is not guessed but tried: both ways are written, and the shorter stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import takewhile
from typing import NamedTuple, TypeAlias

from groundplan.engines.terraform.hcl import Argument, Block, Item, Value
from groundplan.engines.terraform.modules.bodies import body_of
from groundplan.engines.terraform.modules.features import Features
from groundplan.engines.terraform.modules.groups import Piece, links_in
from groundplan.engines.terraform.modules.heights import ONE_LINE, body_height, value_height
from groundplan.engines.terraform.modules.links import Group, Link
from groundplan.engines.terraform.modules.reading import Reading
from groundplan.engines.terraform.modules.sites import Site
from groundplan.engines.terraform.modules.slots import EVERY, CannotShareError, Slot
from groundplan.engines.terraform.modules.unify import Description
from groundplan.engines.terraform.modules.variables import Interface, plain

LEAST = 2
"""How many make a table."""
LONG = 4
"""Lines of an argument from which on it matters that others say the same."""
SHORTER = 0.8
"""How much of what it stands for a table may be long at most: it takes a second look to read."""
IN_COMMON = 0.5
"""Of the arguments that any of the rows has, how many all of them must have."""

MOST_FLAGS = 1
"""How many parts some rows may have and others not: with more of them nobody sees what a row is."""

Names = Mapping[str, Mapping[str, str]]
Sort = tuple[str, str]
"""A type and the file that it stands in."""


def tabled(
    environments: Mapping[str, Sequence[Piece]],
    sites: Mapping[str, Site],
    names: Names,
    readings: Mapping[str, Reading],
) -> tuple[dict[str, list[Piece]], dict[str, Reading]]:
    """The pieces of each site, those of one type together where that is shorter, and what is said of them then.

    A type is decided after those that it refers to: a policy can only be written for each bucket where the buckets
    are together.
    """
    search = _Search(environments, sites, names, readings)
    for sort in search.sorts():
        while search.take_best(search.alike(sort)):
            pass
    for sort in search.undecided():  # types that refer to each other: now it is known what of the others is together
        while search.take_best(search.alike(sort)):
            pass
    pieces = {name: [search.renamed(piece) for piece in pieces] for name, pieces in environments.items()}
    return pieces, search.with_rows({})


_Kind: TypeAlias = tuple[bool, frozenset[str], bool]


class _Traits(NamedTuple):
    """What of a group does not change with what of others is together."""

    kind: _Kind
    arguments: frozenset[str]
    long: str


@dataclass
class _Search:
    environments: Mapping[str, Sequence[Piece]]
    sites: Mapping[str, Site]
    names: Names
    readings: Mapping[str, Reading]
    """As the flat rendering speaks."""
    together: dict[Group, Group] = field(default_factory=dict)
    """What is a row of a table already, and the table's group."""
    rows: dict[Group, Set[Group]] = field(default_factory=dict)
    """What is in each table."""
    early: dict[Sort, None] = field(default_factory=dict)
    awaited: dict[tuple[str, Group], Set[tuple[str, Group]]] = field(default_factory=dict)
    alone: dict[Group, int] = field(default_factory=dict)
    traits: dict[Group, _Traits] = field(default_factory=dict)
    savings: dict[tuple[frozenset[Group], str], int] = field(default_factory=dict)

    @cached_property
    def blocks(self) -> Mapping[Group, Mapping[Slot, Block]]:
        """The blocks of each group."""
        found: dict[Group, dict[Slot, Block]] = {}
        for name, pieces in self.environments.items():
            for piece in pieces:
                found.setdefault(piece.group, {})[Slot(name, piece.key)] = piece.block
        return found

    @cached_property
    def files(self) -> Mapping[Group, str]:
        """The file of each group."""
        return {piece.group: piece.file for pieces in self.environments.values() for piece in pieces}

    @cached_property
    def by_sort(self) -> Mapping[Sort, Sequence[Group]]:
        """The resources that there is one of, by their sort."""
        found: dict[Sort, list[Group]] = {}
        for group in sorted(self.blocks):
            if group.block == "resource" and self._is_single(group):
                found.setdefault((group.type, self.files[group]), []).append(group)
        return found

    @cached_property
    def named(self) -> set[tuple[str, str]]:
        """Types and names that there are."""
        return {(group.type, group.name) for group in self.blocks}

    @cached_property
    def built(self) -> Mapping[Group, frozenset[tuple[str, Link | None]]]:
        """The arguments and nested blocks of each group by their paths, with what they refer to."""
        return {
            group: frozenset(
                part for slot, block in blocks.items() for part in _built(block.body, self.readings[slot.environment])
            )
            for group, blocks in self.blocks.items()
        }

    @cached_property
    def edges(self) -> Sequence[tuple[tuple[str, Group], tuple[str, Group]]]:
        """Which group refers to which other, each with its site."""
        found = dict.fromkeys(
            ((slot.environment, group), (str(self.sites[slot.environment].of(link.group.where)), link.group.here))
            for group, blocks in self.blocks.items()
            for slot, block in blocks.items()
            for link in links_in(block.body, self.readings[slot.environment])
        )
        return [(one, other) for one, other in found if one != other]

    def sorts(self) -> Iterable[Sort]:
        """Types, each after those that it refers to, as far as they do not refer to each other."""
        graph: dict[Sort, set[Sort]] = {}
        for group, parts in self.built.items():
            if group.block == "resource":
                targets = graph.setdefault((group.type, self.files[group]), set())
                targets |= {(link.group.type, self.files[link.group.here]) for _, link in parts if link}
        ordered: dict[Sort, None] = {}

        def visit(sort: Sort, path: Set[Sort]) -> None:
            for target in sorted(graph.get(sort, ())):
                if target in path and target != sort:
                    self.early[sort] = None
                if target not in path and target not in ordered:
                    visit(target, path | {target})
            ordered[sort] = None

        for sort in sorted(graph):
            if sort not in ordered:
                visit(sort, {sort})
        return ordered

    def undecided(self) -> Iterable[Sort]:
        """Types that were decided before one that they refer to."""
        return tuple(self.early)

    def alike(self, sort: Sort) -> list[set[Group]]:
        """Groups of a type that are built alike and refer to the same, and of these those that also say the same in
        what takes many lines."""
        classes: dict[object, set[Group]] = {}
        for group in self.by_sort.get(sort, ()):
            if group in self.together:
                continue
            shape = frozenset(self._shape(group))
            traits = self._traits(group)
            for alike in (shape, (shape, traits.long), (traits.arguments, ""), ""):
                classes.setdefault((traits.kind, alike), set()).add(group)
        return [groups for groups in classes.values() if len(groups) >= LEAST and self._agree(groups)]

    def _agree(self, groups: Set[Group]) -> bool:
        """Whether they have enough of their arguments in common."""
        arguments = [self._traits(group).arguments for group in groups]
        return len(frozenset.intersection(*arguments)) >= IN_COMMON * len(frozenset.union(*arguments))

    def _traits(self, group: Group) -> _Traits:
        if group not in self.traits:
            arguments = frozenset(path for path, _ in self.built[group])
            self.traits[group] = _Traits(self._kind(group), arguments, self._long(group))
        return self.traits[group]

    def _kind(self, group: Group) -> _Kind:
        """Whether it must never go and what of it others may change, neither of which could be said of single rows,
        and whether it is in another region."""
        bodies = [block.body for block in self.blocks[group].values()]
        protected = (any(isinstance(item, Block) and _protects(item) for item in body) for body in bodies)
        elsewhere = (isinstance(item, Argument) and item.name == "region" for body in bodies for item in body)
        ignored = frozenset(
            str(one) for body in bodies for item in body if isinstance(item, Block) for one in _left(item)
        )
        return all(protected), ignored, any(elsewhere)

    def _long(self, group: Group) -> str:
        """What it says in more than a few lines."""
        slot, block = next(iter(self.blocks[group].items()))
        tall = [item for item in block.body if not isinstance(item, Argument) or value_height(item.value) > LONG]
        return f"{slot.environment} {tall}"

    def _is_single(self, group: Group) -> bool:
        return all(
            slot.key is None
            and not any(isinstance(item, Argument) and item.name in ("for_each", "count") for item in block.body)
            for slot, block in self.blocks[group].items()
        )

    def _shape(self, group: Group) -> Iterator[str]:
        for path, link in self.built[group]:
            yield path
            if link is not None and path != "depends_on":
                target = self.together.get(link.group.here, link.group.here)
                name = "" if target.table or link.key else target.name
                yield f"{path} {link.group.where} {target.type} {name}"

    def take_best(self, candidates: Iterable[Set[Group]]) -> bool:
        """Put those groups together that save the most lines and make no circle; whether there are any."""
        best: tuple[Set[Group], Group] | None = None
        most = 0
        for candidate in candidates:
            table = self._table(candidate)
            if table is None or self._saved(candidate, table) <= most:
                continue
            groups = self._without_circles(candidate)
            if len(groups) >= LEAST and (table := self._table(groups)) and (saved := self._saved(groups, table)) > most:
                best, most = (groups, table), saved
        if best is None:
            return False
        groups, table = best
        self.together |= dict.fromkeys(groups, table)
        self.rows[table] = groups
        self.named.add((table.type, table.name))
        self.awaited.clear()
        return True

    def _table(self, groups: Set[Group]) -> Group | None:
        """A table of groups, under the words that all of their names begin or end with; one of a type has no name."""
        first = min(groups)
        words = [group.name.split("_") for group in groups]
        ends = [word[::-1] for word in words]
        for name in ("_".join(_common(words)), "_".join(_common(ends)[::-1]), EVERY):
            if name and (first.type, name) not in self.named:
                return Group(first.block, first.type, name, table=True)
        return None

    def renamed(self, piece: Piece) -> Piece:
        """The piece as a row of its table, where it is in one."""
        table = self.together.get(piece.group)
        return replace(piece, group=table, key=piece.group.name) if table else piece

    def _without_circles(self, together: Set[Group]) -> Set[Group]:
        """Groups of which none waits for another: not the log bucket with a bucket that waits for its policy. What
        waits for most, and is most waited for, is left out first."""
        waits = {
            (one, other)
            for site in self.sites
            for one in together
            for other in together
            if (site, other) in self._awaited(site, one)
        }
        left = set(together)
        while waits:
            counts = Counter(group for pair in waits for group in pair)
            worst = min(counts, key=lambda group: (-counts[group], group))
            left.discard(worst)
            waits = {pair for pair in waits if worst not in pair}
        return left

    def _awaited(self, site: str, member: Group) -> Set[tuple[str, Group]]:
        """Everything that a group waits for, with what is together so far."""
        if (site, member) not in self.awaited:
            waiting = [*self.graph.get((site, member), ())]
            seen: set[tuple[str, Group]] = set()
            while waiting:
                there, group = waiting.pop()
                # Who waits for a row of a table waits for all of it.
                table = self.together.get(group)
                for node in [(there, row) for row in self.rows[table]] if table else [(there, group)]:
                    if node not in seen:
                        seen.add(node)
                        waiting += self.graph.get(node, ())
            self.awaited[site, member] = seen
        return self.awaited[site, member]

    @cached_property
    def graph(self) -> Mapping[tuple[str, Group], Set[tuple[str, Group]]]:
        """What waits for what, each group by itself."""
        found: dict[tuple[str, Group], set[tuple[str, Group]]] = {}
        for waits, target in self.edges:
            found.setdefault(waits, set()).add(target)
        return found

    def _saved(self, together: Set[Group], table: Group) -> int:
        """Lines that a table saves; 0 where that is too few."""
        key = (frozenset(together), table.name)
        if key not in self.savings:
            after = self.with_rows(dict.fromkeys(together, table))
            rows = {
                Slot(slot.environment, group.name): block
                for group in together
                for slot, block in self.blocks[group].items()
            }
            several = sum(self._alone(group) for group in together)
            one = self._lines(table, rows, after, room=SHORTER * several)
            self.savings[key] = several - one if one is not None and one <= SHORTER * several else 0
        return self.savings[key]

    def with_rows(self, more: Mapping[Group, Group]) -> dict[str, Reading]:
        """What is said at each site with the tables found so far, and these."""
        rows = {**self.together, **more}
        return {name: reading.with_rows(rows) for name, reading in self.readings.items()}

    def _alone(self, group: Group) -> int:
        """Lines of a group by itself."""
        if group not in self.alone:
            self.alone[group] = self._lines(group, self.blocks[group], self.readings) or 0
        return self.alone[group]

    def _lines(
        self, group: Group, blocks: Mapping[Slot, Block], readings: Mapping[str, Reading], room: float = 0
    ) -> int | None:
        """Lines of a group, with its table, which has room for so many, and variables; None where it cannot be
        described at once."""
        environments = tuple(self.environments)
        interface = Interface(environments, Features())

        def refer(link: Link, key: str) -> str:
            return f"{link.group.address}{f'[{key}]' if key else ''}{link.attribute}"

        description = Description(
            group,
            group.name,
            tuple(blocks),
            readings,
            interface,
            refer,
            self.names,
            keyed=group.table,
            by_name=group.table,
            most_flags=MOST_FLAGS,
            room=room,
        )
        try:
            body = body_of(description, {slot: block.body for slot, block in blocks.items()})
        except CannotShareError:
            return None
        lines = body_height(body) + 3
        columns = description.columns.values()
        if columns:
            lines += 4
            for key in {slot.key for slot in blocks}:
                cells = [value_height(column.get(str(key))) for column in columns]
                lines += 1 if len(cells) <= ONE_LINE and max(cells) == 1 else 2 + sum(cells)
        lines += len(interface.switches)
        for variable in interface.variables.values():
            lines += (
                _DECLARED
                + 2 * len(environments)
                + sum(value_height(plain(value)) for value in variable.values.values())
            )
        return lines


def _protects(block: Block) -> bool:
    return any(isinstance(item, Argument) and item.name == "prevent_destroy" for item in block.body)


def _left(block: Block) -> Iterator[Value]:
    """What Terraform leaves to others."""
    for item in block.body:
        if isinstance(item, Argument) and item.name == "ignore_changes" and isinstance(item.value, Sequence):
            yield from item.value


def _common(words: Sequence[Sequence[str]]) -> list[str]:
    """The words that all begin with."""
    return [same[0] for same in takewhile(lambda same: len(set(same)) == 1, zip(*words, strict=False))]


_DECLARED = 6
"""Lines that declare a variable in the module and hand it there."""


def _built(items: Iterable[Item], reading: Reading, path: str = "") -> Iterator[tuple[str, Link | None]]:
    for item in items:
        match item:
            case Argument(name, value):
                yield f"{path}{name}", None
                for link in reading.links(value):
                    yield f"{path}{name}", link
            case Block(kind, _, body):
                yield f"{path}{kind}", None
                yield from _built(body, reading, f"{path}{kind}/")
