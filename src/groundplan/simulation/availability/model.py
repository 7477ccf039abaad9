"""What a request crosses, as things that fail and are mended: blocks in series, each of parts of which some are enough.

Elements fail independently of each other, after exponentially distributed times, and stay away for exponentially
distributed times. What fails together has an element in common: everything in a zone has the zone's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

YEAR = 365 * 86400
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Element:
    """Something that is there or away."""

    name: str
    """Unique in its chain: ``zone us-east-1a``, ``task api 2``."""
    cause: str
    """Key of the catalog's causes."""
    failures: float
    """Per year in which it is there."""
    repair: float
    """Seconds that it is away, on average."""

    @property
    def unavailability(self) -> float:
        """The share of the time in which it is away: MTTR / (MTBF + MTTR)."""
        load = self.failures * self.repair / YEAR
        return load / (1 + load)

    @property
    def frequency(self) -> float:
        """Failures per year of the calendar."""
        return self.failures * (1 - self.unavailability)


@dataclass(frozen=True, slots=True)
class Part:
    """One of several that do the same; it works while all of its elements are there."""

    elements: tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """What is there while so many of its parts work. A request needs every block."""

    name: str
    needed: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Requests that fail when an element does although others take over: until they have."""

    element: str
    share: float
    """Of the requests, 0 to 1."""
    seconds: float | None
    """How long; None: as long as the element is away."""
    what: str


@dataclass(frozen=True)
class Chain:
    """Everything that has to be there for a request to be answered."""

    blocks: tuple[Block, ...]
    gaps: tuple[Gap, ...] = ()

    @cached_property
    def elements(self) -> Mapping[str, Element]:
        """All by their names, in order."""
        return {element.name: element for block in self.blocks for part in block.parts for element in part.elements}

    @cached_property
    def gaps_of(self) -> Mapping[str, tuple[Gap, ...]]:
        """The gaps by the element whose failure opens them."""
        found: dict[str, list[Gap]] = {}
        for gap in self.gaps:
            found.setdefault(gap.element, []).append(gap)
        return {name: tuple(gaps) for name, gaps in found.items()}

    def works(self, away: Iterable[str]) -> bool:
        """Whether requests are answered while these elements are away, and all others there."""
        gone = frozenset(away)
        return self._is_whole and all(
            sum(map(gone.isdisjoint, parts)) >= needed
            for name in gone
            for needed, parts in self._standing_on.get(name, ())
        )

    @cached_property
    def _is_whole(self) -> bool:
        """Whether every block has enough parts while nothing is away."""
        return all(len(block.parts) >= block.needed for block in self.blocks)

    @cached_property
    def _standing_on(self) -> Mapping[str, list[tuple[int, list[list[str]]]]]:
        """By element the blocks that it is in: how many parts they need, and the elements of each part."""
        found: dict[str, list[tuple[int, list[list[str]]]]] = {}
        for block in self.blocks:
            parts = [[element.name for element in part.elements] for part in block.parts]
            for name in {name for part in parts for name in part}:
                found.setdefault(name, []).append((block.needed, parts))
        return found

    def without(self, names: Iterable[str]) -> Chain:
        """The same while these elements are away for good: parts that need them are gone, and nothing of them fails
        again. A block that has too few parts left stays, and never works."""
        gone = frozenset(names)
        blocks = tuple(
            replace(
                block,
                parts=tuple(part for part in block.parts if all(item.name not in gone for item in part.elements)),
            )
            for block in self.blocks
        )
        return Chain(blocks, tuple(gap for gap in self.gaps if gap.element not in gone))

    def perfect(self, name: str) -> Chain:
        """The same if one element never failed."""

        def mended(part: Part) -> Part:
            return Part(tuple(replace(item, failures=0.0) if item.name == name else item for item in part.elements))

        return Chain(
            tuple(replace(block, parts=tuple(map(mended, block.parts))) for block in self.blocks),
            tuple(gap for gap in self.gaps if gap.element != name),
        )


@dataclass(frozen=True)
class Failover:
    """Another region that takes over when the chain has been down for so long."""

    chain: Chain
    seconds: float
    """From the loss until users can work again."""


def steps(gaps: Iterable[Gap]) -> tuple[float, tuple[tuple[float, float], ...]]:
    """The share of requests that fails as long as the element is away, and what comes on top of it at first: seconds
    and share, one after the other. Where gaps overlap, the widest counts."""
    listed = list(gaps)
    lasting = max((gap.share for gap in listed if gap.seconds is None), default=0.0)
    ends = sorted({gap.seconds for gap in listed if gap.seconds})
    found: list[tuple[float, float]] = []
    before = 0.0
    for end in ends:
        widest = max(gap.share for gap in listed if gap.seconds is not None and gap.seconds >= end)
        if widest > lasting:
            found.append((end - before, widest - lasting))
        before = end
    return lasting, tuple(found)
