"""What is gathered of one path of requests while its architecture is read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from groundplan.catalog import slas
from groundplan.catalog.slas import Sla
from groundplan.resources import Architecture
from groundplan.simulation.availability.model import Block, Chain, Element, Gap, Part
from groundplan.simulation.availability.places import Places
from groundplan.simulation.availability.rates import Rates

NAT = "NAT gateways"
NAT_GATEWAY = "NAT gateway"


@dataclass(frozen=True, slots=True)
class Term:
    """A link of the chain in the light of AWS's agreements."""

    name: str
    sla: Sla | None
    """None: AWS commits to nothing, or the agreement is not known."""


@dataclass(frozen=True, slots=True)
class Soft:
    """What is used, and not needed for an answer."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Running:
    """The tasks or pods of a service."""

    service: str
    kind: str
    """``task`` or ``pod``."""
    zones: tuple[str, ...]
    """Of each of them, the zone it stands in."""
    needed: int
    replaced: float
    """Seconds until those of a lost zone run in another."""
    possible: frozenset[str]
    """Zones that they may start in."""
    stranded: frozenset[str] = frozenset()
    """Zones whose tasks nothing replaces while the zone is away."""

    @property
    def count(self) -> int:
        """How many run at least."""
        return len(self.zones)


@dataclass
class Assembly:
    """The links that were found so far."""

    architecture: Architecture
    rates: Rates
    places: Places
    prefix: str = ""
    """Before the names of what is in the standby's region."""
    blocks: list[Block] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    soft: list[Soft] = field(default_factory=list)
    terms: list[Term] = field(default_factory=list)
    running: dict[str, Running] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    """What was taken for granted beside the rates."""
    _elements: dict[str, Element] = field(default_factory=dict)

    def element(self, name: str, cause: str, repair: float | None = None) -> Element:
        """An element of this region; whoever asks for the same name gets the same."""
        return self.everywhere(f"{self.prefix}{name}", cause, repair)

    def everywhere(self, name: str, cause: str, repair: float | None = None) -> Element:
        """An element that is in no region, or the same in both."""
        if name not in self._elements:
            self._elements[name] = self.rates.element(name, cause, repair)
        return self._elements[name]

    def zone(self, name: str) -> Element:
        """An availability zone, by its full name."""
        return self.element(f"zone {name}", "zone")

    def series(self, name: str, *elements: Element) -> None:
        """What has to be there, each of it."""
        if not any(block.name == name for block in self.blocks):
            self.blocks.append(Block(name, 1, (Part(elements),)))

    def any_of(self, name: str, parts: Iterable[tuple[Element, ...]], needed: int = 1) -> None:
        """Of what so many have to be there."""
        self.blocks.append(Block(name, needed, tuple(Part(elements) for elements in parts)))

    def spare(self, element: Element) -> None:
        """What only gaps tell of: nothing stands and falls with it."""
        if not any(block.name == element.name for block in self.blocks):
            self.blocks.append(Block(element.name, 0, (Part((element,)),)))

    def gap(self, element: Element, share: float, seconds: float | None, what: str) -> None:
        """Requests that fail until others have taken over."""
        self.gaps.append(Gap(element.name, share, seconds, what))

    def managed(self, service: str, sla: str | None) -> None:
        """A managed service of the region that every request needs."""
        self.series(service, self.element(service, "service"))
        self.term(service, sla)

    def term(self, name: str, sla: str | None) -> None:
        """A link of the contract."""
        if not any(term.name == name for term in self.terms):
            self.terms.append(Term(name, slas.find(sla) if sla else None))

    def leave_out(self, name: str, why: str) -> None:
        """What a request can do without."""
        if not any(item.name == name for item in self.soft):
            self.soft.append(Soft(name, why))

    def chain(self) -> Chain:
        """All that was found."""
        return Chain(tuple(self.blocks), tuple(self.gaps))
