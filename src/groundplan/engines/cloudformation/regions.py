"""Everything of a region in one stack, as far as no two stacks need each other.

A certificate in us-east-1 may need the hosted zone of the home region, whose distribution needs the certificate: the
zone then goes to a second stack of the home region, with all that it needs itself and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from groundplan.engines.cloudformation.pieces import Piece
from groundplan.resources import Concern, Resource
from groundplan.resources.values import Ref

Group = tuple[Concern | None, str, list[Piece]]
"""Concern (None: everything), region, and what belongs together there."""


def by_region(pieces: Sequence[Piece], home: str) -> Iterator[Group]:
    """The pieces in groups of one region each, of which none need each other; of a region, the last to come first."""
    region = {piece.ref: piece.resource.region or home for piece in pieces}
    height = _heights(pieces, region)
    groups: dict[tuple[int, str], list[Piece]] = {}
    for piece in pieces:
        groups.setdefault((height[piece.ref], region[piece.ref]), []).append(piece)
    ordered = [groups[key] for key in sorted(groups, key=lambda key: (key[0], key[1] != home, key[1]))]
    while merged := _merged(ordered, region):
        ordered = merged
    for group in ordered:
        yield None, region[group[0].ref], group


def _heights(pieces: Sequence[Piece], region: Mapping[Ref[Resource], str]) -> dict[Ref[Resource], int]:
    """How often the region changes on the longest way to a piece from what needs it; 0 where nobody elsewhere does."""
    by_ref = {piece.ref: piece for piece in pieces}
    users: dict[Ref[Resource], list[Ref[Resource]]] = {ref: [] for ref in by_ref}
    for piece in pieces:
        for target in piece.targets:
            if target in by_ref:
                users[target].append(piece.ref)
    height: dict[Ref[Resource], int] = {}
    waiting = list(by_ref)
    while waiting:
        ref = waiting[-1]
        open_ones = [user for user in users[ref] if user not in height]
        if ref not in height and not open_ones:
            height[ref] = max((height[user] + (region[user] != region[ref]) for user in users[ref]), default=0)
        if ref in height:
            waiting.pop()
        waiting += open_ones
    return height


def _merged(groups: Sequence[list[Piece]], region: Mapping[Ref[Resource], str]) -> list[list[Piece]] | None:
    """The groups with two of a region as one, where no circle comes of it. None: no two can become one."""
    for first, second in combinations(range(len(groups)), 2):
        if region[groups[first][0].ref] == region[groups[second][0].ref]:
            together = [*groups[:second], *groups[second + 1 :]]
            together[first] = groups[first] + groups[second]
            if not _circular(together):
                return together
    return None


def _circular(groups: Sequence[Sequence[Piece]]) -> bool:
    """Whether some of the groups need each other."""
    place = {piece.ref: at for at, group in enumerate(groups) for piece in group}
    needs = {
        at: {place[target] for piece in group for target in piece.targets if target in place} - {at}
        for at, group in enumerate(groups)
    }
    while free := [at for at, others in needs.items() if not others]:
        needs = {at: others.difference(free) for at, others in needs.items() if at not in free}
    return bool(needs)
