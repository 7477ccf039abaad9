"""The availability of a chain by simulation of years: when elements fail and return, and what is down meanwhile.

Every element's failures are drawn for all years at once, and all events are put in one order: no loop over years or
failures. The same seed gives the same figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from groundplan.simulation.availability.model import YEAR, Chain, Element, Failover, steps

if TYPE_CHECKING:
    from numpy import bool_, float64, int32
    from numpy.random import Generator
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[float64]
    Ints: TypeAlias = NDArray[int32]
    Bools: TypeAlias = NDArray[bool_]

SPAN = 10_000
"""Years that are looked at together, and"""
AT_ONCE = 500_000
"""events of them: what bounds the memory."""


@dataclass(frozen=True)
class Simulated:
    """What so many years were like."""

    years: int
    seed: int
    downtime: Floats
    """Seconds of each year, requests that failed in part of the time counted by their share."""
    by_element: dict[str, float]
    """Seconds a year, by the element whose failure began it; the worst first."""
    outages: float
    """How often a year nothing was answered."""
    longest: float
    """Seconds of the longest of them."""

    @property
    def availability(self) -> float:
        """The share of requests answered, over all years."""
        return 1 - float(self.downtime.mean()) / YEAR

    @property
    def interval(self) -> tuple[float, float]:
        """Between which the availability lies with a probability of 95 %, as far as chance in drawing goes."""
        spread = 1.96 * float(self.downtime.std(ddof=1)) / self.years**0.5 / YEAR if self.years > 1 else 1.0
        return max(0.0, self.availability - spread), min(1.0, self.availability + spread)

    def years_within(self, availability: float) -> float:
        """The share of the years that were at least so good."""
        return float((self.downtime <= (1 - availability) * YEAR + 1e-6).mean())


@dataclass(frozen=True)
class _Failures:
    """All failures of all elements, in the order of their begin. Times in seconds from the start."""

    begin: Floats
    end: Floats
    element: Ints


def simulate(chain: Chain, *, years: int, seed: int, failover: Failover | None = None) -> Simulated:
    """Simulate years of a chain, with the standby that takes over where there is one.

    A chain that never works is down all the time, and no element began it.
    """
    import numpy as np

    if not chain.works(()):
        return Simulated(years, seed, np.full(years, float(YEAR)), {}, 0.0, float(years) * YEAR)
    elements = dict(chain.elements)
    if failover is not None:
        elements |= failover.chain.elements
    random = np.random.default_rng(seed)
    spans = [min(SPAN, years - since) for since in range(0, years, SPAN)]
    found = [_span(chain, elements, span, random, failover) for span in spans]
    lengths = np.concatenate([span.outages for span in found])
    by_element = np.sum([span.by_element for span in found], axis=0) / years
    worst = sorted(zip(elements, by_element.tolist(), strict=True), key=lambda item: (-item[1], item[0]))
    return Simulated(
        years=years,
        seed=seed,
        downtime=np.concatenate([span.downtime for span in found]),
        by_element=dict(worst),
        outages=len(lengths) / years,
        longest=float(lengths.max()) if len(lengths) else 0.0,
    )


@dataclass(frozen=True)
class _Span:
    """What some years were like, in seconds: by year, by element, and outage by outage."""

    downtime: Floats
    by_element: Floats
    outages: Floats


def _span(
    chain: Chain, elements: Mapping[str, Element], years: int, random: Generator, failover: Failover | None
) -> _Span:
    """Some years, which begin with everything there."""
    import numpy as np

    horizon = float(years) * YEAR
    names = list(elements)
    failures = _draw(list(elements.values()), horizon, random)
    begin, end, trigger = _outages(chain, names, failures, horizon)
    length = end - begin
    if failover is not None:
        away = _Downtime(*_outages(failover.chain, names, failures, horizon)[:2])
        taken = np.minimum(begin + failover.seconds, end)
        length = taken - begin + away.between(taken, end)
    down = _Downtime(begin, end)
    by_year = _by_year(begin, length, years)
    by_element = np.bincount(trigger, weights=length, minlength=len(names)).astype(np.float64)
    for number, name in enumerate(names):
        gaps = chain.gaps_of.get(name)
        if not gaps or not chain.works({name}):
            continue
        lasting, first = steps(gaps)
        mine = failures.element == number
        opened, closed = failures.begin[mine], failures.end[mine]
        pieces = [(opened, closed, lasting)] if lasting else []
        for seconds, share in first:
            following = np.minimum(opened + seconds, horizon)
            pieces.append((opened, following, share))
            opened = following
        for since, until, share in pieces:
            lost = share * (until - since - down.between(since, until))
            by_year += _by_year(since, lost, years)
            by_element[number] += lost.sum()
    return _Span(by_year, by_element, length)


def _draw(elements: Sequence[Element], horizon: float, random: Generator) -> _Failures:
    """When elements fail and return: exponential times between, exponential times away."""
    import numpy as np

    begins, ends, which = [], [], []
    for number, element in enumerate(elements):
        if element.failures <= 0 or element.repair <= 0:
            continue
        between = YEAR / element.failures
        expected = horizon / (between + element.repair)
        clock = 0.0
        while clock < horizon:
            count = int(expected + 6 * expected**0.5) + 8
            up = random.exponential(between, count)
            away = random.exponential(element.repair, count)
            end = clock + np.cumsum(up + away)
            begin = end - away
            kept = begin < horizon
            begins.append(begin[kept])
            ends.append(np.minimum(end[kept], horizon))
            which.append(np.full(int(kept.sum()), number, dtype=np.int32))
            clock = float(end[-1])
    if not begins:
        none = np.empty(0)
        return _Failures(none, none, np.empty(0, dtype=np.int32))
    begin = np.concatenate(begins)
    order = np.argsort(begin, kind="stable")
    return _Failures(begin[order], np.concatenate(ends)[order], np.concatenate(which)[order])


def _outages(chain: Chain, names: Sequence[str], failures: _Failures, horizon: float) -> tuple[Floats, Floats, Ints]:
    """When the chain was down: begin, end, and the element whose failure began it."""
    import numpy as np

    concerned = np.isin(failures.element, [number for number, name in enumerate(names) if name in chain.elements])
    begin, end, element = failures.begin[concerned], failures.end[concerned], failures.element[concerned]
    times = np.concatenate([begin, end])
    order = np.argsort(times, kind="stable")
    times = times[order]
    change = np.concatenate([np.ones(len(begin), np.int8), np.full(len(end), -1, np.int8)])[order]
    element = np.concatenate([element, element])[order]
    parts = [[part.elements for part in block.parts] for block in chain.blocks]
    down = np.empty(len(times), dtype=np.bool_)
    carried = {(b, p): 0 for b, block in enumerate(parts) for p, _ in enumerate(block)}
    members = {
        (b, p): np.isin(np.arange(len(names)), [names.index(item.name) for item in part])
        for b, block in enumerate(parts)
        for p, part in enumerate(block)
    }
    for since in range(0, len(times), AT_ONCE):
        until = min(since + AT_ONCE, len(times))
        state = np.zeros(until - since, dtype=np.bool_)
        for b, block in enumerate(chain.blocks):
            working = np.zeros(until - since, dtype=np.int16)
            for p in range(len(block.parts)):
                mine = members[b, p][element[since:until]]
                missing = np.cumsum(np.where(mine, change[since:until], 0), dtype=np.int32) + carried[b, p]
                carried[b, p] = int(missing[-1])
                working += missing == 0
            state |= working < block.needed
        down[since:until] = state
    before = np.concatenate([[False], down[:-1]]) if len(down) else down
    starts = np.flatnonzero(down & ~before)
    stops = np.flatnonzero(~down & before)
    closing = times[stops] if len(stops) == len(starts) else np.append(times[stops], horizon)
    return times[starts], closing, element[starts]


def _by_year(when: Floats, seconds: Floats, years: int) -> Floats:
    """The seconds of each year, counted in the year in which they begin."""
    import numpy as np

    return np.bincount((when // YEAR).astype(np.int64), weights=seconds, minlength=years)[:years].astype(np.float64)


class _Downtime:
    """How much of a time was down: outages that neither touch nor overlap."""

    def __init__(self, begin: Floats, end: Floats) -> None:
        import numpy as np

        self._times = np.column_stack([begin, end]).ravel()
        sums = np.cumsum(end - begin)
        self._sums = np.column_stack([sums - (end - begin), sums]).ravel()

    def between(self, since: Floats, until: Floats) -> Floats:
        """Seconds that were down, of each time."""
        import numpy as np

        if not len(self._times):
            return np.zeros(len(since))
        before: Floats = np.interp(since, self._times, self._sums, left=0.0)
        after: Floats = np.interp(until, self._times, self._sums, left=0.0)
        return after - before
