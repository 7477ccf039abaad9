"""Walking a path: which connections get through all that is on it, and what stops the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from groundplan.reachability.gates import Gate, Hop
from groundplan.reachability.packets import (
    DESTINATION,
    DESTINATION_PORT,
    Box,
    Filter,
    Ports,
    covers,
    narrowed,
    ports_of,
    reaching,
)

Carried = Literal["destination", "ports", "nothing"]


@dataclass(frozen=True, slots=True, eq=False)
class Leg:
    """A part of a path on which packets keep their addresses."""

    start: Hop
    """Where it begins."""
    boxes: tuple[Box, ...]
    """The connections that are asked for."""
    gates: tuple[Gate, ...]
    carried: Carried = "nothing"
    """What connections of the leg before have in common with those of this one: a NAT gateway keeps the destination
    and its port, a public address stands for the private one on the same port, a load balancer begins anew."""


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """One way from a source to a target."""

    way: str
    """``within the VPC``, ``by nat_gateway.main[a]``: what tells it from other ways."""
    legs: tuple[Leg, ...]
    ends: Hop
    """Where it ends."""


@dataclass(frozen=True, eq=False)
class Walk:
    """What came of a path."""

    path: Path
    begun: tuple[tuple[Box, ...], ...]
    """Of each leg what is sent on it."""
    left: tuple[tuple[Box, ...], ...]
    """Of each leg, as far as packets came, what was left at its end."""
    blocked_by: tuple[Hop, ...]
    """The first thing that stopped all that was asked for, and what would have stopped it later."""

    @property
    def arrives(self) -> bool:
        """Whether anything gets through."""
        return not self.blocked_by

    @cached_property
    def complete(self) -> bool:
        """Whether all of it does: from every address and client port to every address that was asked for."""
        return self.arrives and self.goes_on and covers(self.left[0], self.begun[0])

    @cached_property
    def goes_on(self) -> bool:
        """Whether all that comes to the end of the first leg comes to the end of the path."""
        return self.arrives and all(map(covers, self.left[1:], self.begun[1:]))

    @property
    def ports(self) -> tuple[Ports, ...]:
        """The ports that get through, as the source sees them."""
        if not self.arrives:
            return ()
        begins = next((at for at, leg in enumerate(self.path.legs) if at and leg.carried == "nothing"), len(self.left))
        return ports_of(self.left[begins - 1])

    @property
    def arriving_ports(self) -> tuple[Ports, ...]:
        """The ports that get through, as the target sees them: behind a load balancer others than the source's."""
        return ports_of(self.left[-1]) if self.arrives else ()

    def hops(self) -> tuple[Hop, ...]:
        """Each thing on the way and the rule by which it lets through."""
        found: list[Hop] = []
        for leg, left in zip(self.path.legs, self.left, strict=True):
            found += [leg.start, *(gate.hop(left) for gate in leg.gates)]
        return (*found, self.path.ends)


def walk(path: Path) -> Walk:
    """Send all that is asked for along a path."""
    begun: list[tuple[Box, ...]] = []
    ends: list[tuple[Box, ...]] = []
    blocked: list[Hop] = []
    before: Sequence[Box] = ()
    for leg in path.legs:
        boxes: Sequence[Box] = leg.boxes
        if not blocked and leg.carried != "nothing":
            boxes = _carried(before, leg)
        begun.append(tuple(boxes))
        for gate in leg.gates:
            left = gate.passed(boxes)
            if left:
                boxes = left
                continue
            # What follows is asked of everything, as if this one gate were open.
            blocked.append(gate.blocker(boxes))
            boxes = leg.boxes
        before = boxes
        ends.append(tuple(boxes))
    return Walk(path, tuple(begun), tuple(ends), tuple(blocked))


def whole(walks: Sequence[Walk]) -> bool:
    """Whether all that was asked for gets through by several ways together: routes may divide it between gateways."""
    through = [found for found in walks if found.arrives]
    if any(found.complete for found in through):
        return True
    if len(through) < 2 or not all(found.goes_on for found in through):
        return False
    return covers([box for found in through for box in found.left[0]], through[0].begun[0])


def arrives(path: Path) -> list[Box]:
    """What gets through, as the target sees it; empty where nothing does. The quick way, without reasons."""
    boxes: list[Box] = []
    for leg in path.legs:
        boxes = list(leg.boxes) if leg.carried == "nothing" else _carried(boxes, leg)
        for gate in leg.gates:
            boxes = gate.passed(boxes)
            if not boxes:
                return []
    return boxes


def _carried(before: Sequence[Box], leg: Leg) -> list[Box]:
    same: Sequence[Filter] = reaching(before, addresses=leg.carried == "destination")
    return narrowed(leg.boxes, same, DESTINATION, DESTINATION_PORT)
