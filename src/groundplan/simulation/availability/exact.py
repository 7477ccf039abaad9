"""The availability of a chain by formula: exact for independent elements, however many blocks share them.

Series, parallel and k-of-n systems: https://doi.org/10.1007/978-1-4471-0673-5 and any textbook of reliability. Blocks
that share elements (everything in a zone) are computed for each combination of what they share.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations

from groundplan.simulation.availability.model import YEAR, Block, Chain, Failover, Gap, steps

NEGLIGIBLE = 1e-13
"""Combinations of shared elements that are rarer altogether are left out, and counted as down."""


@lru_cache(maxsize=256)
def unavailability(chain: Chain, failover: Failover | None = None) -> float:
    """The share of requests that fail: while the chain is down, and in the gaps until others have taken over."""
    up = structure(chain)
    lost = (1 - up) + up * sum(_in_gaps(chain, name, gaps) for name, gaps in chain.gaps_of.items())
    if failover is not None:
        lost -= _saved(chain, failover, up)
    return lost


def downtime_by_element(chain: Chain, failover: Failover | None = None) -> dict[str, float]:
    """Seconds a year that would be saved if an element never failed, the worst first."""
    whole = unavailability(chain, failover)
    saved = {name: (whole - unavailability(chain.perfect(name), failover)) * YEAR for name in chain.elements}
    return dict(sorted(saved.items(), key=lambda item: (-round(item[1], 3), item[0])))


def structure(chain: Chain) -> float:
    """The share of the time in which every block has enough parts."""
    return math.prod(_group(blocks) for blocks in _groups(chain.blocks))


def at_least(needed: int, chances: Sequence[float]) -> float:
    """The probability that at least so many of independent parts work, each with its own chance."""
    exactly = [1.0]
    for chance in chances:
        before = [*exactly, 0.0]
        exactly = [
            before[count] * (1 - chance) + (before[count - 1] * chance if count else 0.0)
            for count in range(len(before))
        ]
    return sum(exactly[needed:]) if needed > 0 else 1.0


def _in_gaps(chain: Chain, name: str, gaps: Iterable[Gap]) -> float:
    """The share of requests lost in the gaps of an element; none where its failure takes all down anyway."""
    if name not in chain.elements or not chain.works({name}):
        return 0.0
    element = chain.elements[name]
    lasting, first = steps(gaps)
    seconds = lasting * element.repair + sum(length * share for length, share in first)
    return element.frequency * seconds / YEAR


def _saved(chain: Chain, failover: Failover, up: float) -> float:
    """What a standby saves: of each failure, or two at once, that take the chain down, what lasts longer than the
    takeover, while the standby works. Failures that hit both regions save nothing."""
    here = [element for name, element in chain.elements.items() if name not in failover.chain.elements]
    alone = [element for element in here if element.repair and not chain.works({element.name})]
    saved = sum(
        element.frequency / YEAR * _beyond(element.repair, failover.seconds) / (1 - element.unavailability)
        for element in alone
    )
    others = [element for element in here if element.repair and element not in alone]
    for first, second in combinations(others, 2):
        together = 1 / (1 / first.repair + 1 / second.repair)
        begun = (first.frequency * second.unavailability + second.frequency * first.unavailability) / YEAR
        gained = begun * _beyond(together, failover.seconds)
        if gained > NEGLIGIBLE and not chain.works({first.name, second.name}):
            saved += gained
    return saved * up * (1 - unavailability(failover.chain))


def _beyond(mean: float, takeover: float) -> float:
    """How much of an exponentially distributed outage is left after a takeover, in seconds on average."""
    return mean * math.exp(-takeover / mean)


def _groups(blocks: Sequence[Block]) -> list[list[Block]]:
    """Blocks that share elements, together."""
    groups: list[tuple[set[str], list[Block]]] = []
    for block in blocks:
        names = {element.name for part in block.parts for element in part.elements}
        together = [block]
        apart = []
        for others, members in groups:
            if others & names:
                names |= others
                together = [*members, *together]
            else:
                apart.append((others, members))
        groups = [*apart, (names, together)]
    return [members for _, members in groups]


def _group(blocks: Sequence[Block]) -> float:
    """The probability that all of some blocks work, over what of their shared elements is away."""
    seen: dict[str, int] = {}
    chances: dict[str, float] = {}
    for block in blocks:
        for part in block.parts:
            for element in part.elements:
                seen[element.name] = seen.get(element.name, 0) + 1
                chances[element.name] = element.unavailability
    shared = [name for name, count in seen.items() if count > 1]
    total = 0.0
    for away, probability in _states(shared, chances):
        total += probability * math.prod(_block(block, away, set(shared)) for block in blocks)
    return total


def _states(names: Sequence[str], chances: dict[str, float]) -> Iterator[tuple[frozenset[str], float]]:
    """What can be away at once, and how probable exactly that is; the most probable first."""
    none = math.prod(1 - chances[name] for name in names)
    odds = {name: chances[name] / (1 - chances[name]) for name in names}
    left = 1.0
    for count in range(len(names) + 1):
        for away in combinations(names, count):
            probability = none * math.prod(odds[name] for name in away)
            left -= probability
            if probability:
                yield frozenset(away), probability
        if left < NEGLIGIBLE:
            return


def _block(block: Block, away: frozenset[str], shared: set[str]) -> float:
    chances = [
        0.0
        if any(element.name in away for element in part.elements)
        else math.prod(1 - element.unavailability for element in part.elements if element.name not in shared)
        for part in block.parts
    ]
    return at_least(block.needed, chances)
