"""A concern that is too large for one stack becomes several.

What several services share goes to the first stack; what belongs to one service stays together in one of the others,
chosen by its name alone. So the others depend on the first and never on each other, and another service moves
nothing as long as the number of stacks stays the same (it doubles when one of them is full: the resources that then
move have to be moved by CloudFormation's stack refactoring, not by a deployment).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from zlib import crc32

from groundplan.engines.cloudformation.pieces import Piece
from groundplan.resources import Resource
from groundplan.resources.values import Ref

Fits = Callable[[Sequence[Piece]], bool]


def split(pieces: Sequence[Piece], services: Iterable[str], fits: Fits) -> list[list[Piece]]:
    """The pieces in groups that fit, each needing only groups before it.

    Raises ValueError where the resources of one service alone are too many for a stack.
    """
    if fits(pieces):
        return [list(pieces)]
    names = frozenset(services)
    shared, owned = _shared_and_owned(pieces, names)
    count = 1
    while True:
        bins: list[list[Piece]] = [[] for _ in range(count)]
        for owner, members in owned.items():
            bins[crc32(owner.encode()) % count].extend(members)
        if all(fits(bin_) for bin_ in bins):
            break
        count *= 2
        if count > 64 * len(owned):
            full = next(owner for owner, members in owned.items() if not fits(members))
            raise ValueError(f"the resources of {full!r} alone are too many for one CloudFormation stack")
    first = split(shared, names, fits) if shared else []
    return [*first, *(bin_ for bin_ in bins if bin_)]


def _shared_and_owned(pieces: Sequence[Piece], services: Set[str]) -> tuple[list[Piece], dict[str, list[Piece]]]:
    """What more than one owner needs, and the rest by owner. An owner is whoever nobody here refers to."""
    by_ref = {piece.ref: piece for piece in pieces}
    needed = {target for piece in pieces for target in piece.targets}
    owners: dict[Ref[Resource], set[str]] = {piece.ref: set() for piece in pieces}
    for piece in pieces:
        if piece.ref in needed:
            continue
        owner = owner_of(piece.name, services)
        waiting = [piece.ref]
        while waiting:
            ref = waiting.pop()
            if ref in by_ref and owner not in owners[ref]:
                owners[ref].add(owner)
                waiting.extend(by_ref[ref].targets)
    shared: list[Piece] = []
    owned: dict[str, list[Piece]] = {}
    for piece in pieces:
        known = owners[piece.ref]
        if len(known) == 1:
            owned.setdefault(next(iter(known)), []).append(piece)
        else:
            shared.append(piece)
    return shared, owned


def owner_of(name: str, services: Set[str]) -> str:
    """The service that a resource is named for, the longest that fits, or the resource's own name."""
    ends = (end for end in range(len(name), 0, -1) if name[end : end + 1] in ("", "-", "_"))
    return next((name[:end] for end in ends if name[:end] in services), name)
