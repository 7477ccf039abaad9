"""The smallest change that meets an objective, found by designing the environment again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from itertools import combinations, permutations
from typing import Literal, TypeAlias

from groundplan.blueprint.loading import Source
from groundplan.checks import Finding
from groundplan.errors import InputError
from groundplan.objectives import Answer, Figure
from groundplan.redesign import Bench, Settings, State
from groundplan.redesign.settings import touching
from groundplan.remedies.ladders import Ladder, ladders

TRIES = 600
"""Designs after which the search for one objective ends. One takes 10 to 50 ms."""
HIGHER = frozenset({"availability", "users", "requests", "utilisation"})
"""Objectives of which more is better."""
Choice: TypeAlias = tuple[tuple[int, int], ...]
"""Ladders, each with a rung of it, by their numbers."""
Distance: TypeAlias = tuple[float, ...]
MET: Distance = (0.0, 0.0, 0.0)
"""At the bad end, as expected, at the good end."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """A change that meets an objective, or comes nearest to it."""

    what: tuple[str, ...]
    settings: Settings
    answer: Answer
    """The objective after it."""
    monthly: Decimal
    """USD a month more, as far as it is priced; with every service at its usual number of tasks."""
    at_most: Decimal
    """USD a month more with every service at its most tasks all month."""
    findings: tuple[Finding, ...] = ()
    """What the checks find then, and did not find before."""
    lost: tuple[str, ...] = ()
    """Objectives that were held before and are not then."""
    as_expected: bool = False
    """Whether it meets the objective as expected only, and not at the bad end of what is assumed."""


@dataclass(frozen=True, slots=True)
class Search:
    """What was found for one objective."""

    answer: Answer
    """Now: not met."""
    remedy: Remedy | None
    """The cheapest that meets it; None: nothing that was tried does."""
    nearest: Remedy | None
    """Where nothing meets it, what comes nearest; None: nothing brings it nearer."""
    tried: int
    exhausted: bool
    """Whether the search came to its end, and was not ended after ``TRIES`` designs."""


def find(source: Source, environment: str | None = None) -> tuple[Search, ...]:
    """A search for each objective that is known not to hold, each from the blueprint as it is.

    The settings are the blueprint's own: tasks, sizes, zones, standby, replicas, backups. They are raised one after
    the other, each time the one that brings the objective nearest, and lowered again as far as it still holds: in the
    end none can be less. It is the cheapest of those that the search meets, which need not be the cheapest there is.
    For a budget, ``groundplan savings`` searches.

    Raises InputError where the blueprint is wrong.
    """
    return searches(Bench(source, environment))


def searches(bench: Bench) -> tuple[Search, ...]:
    """The same, where the environment is on a bench already."""
    failing = [answer for answer in bench.now.answers if answer.met is False and answer.name != "budget"]
    return tuple(_Trials(bench, answer).search() for answer in failing)


def distance(answer: Answer) -> Distance:
    """How far what is predicted lies from what is demanded, as a share of that: at the bad end of the interval, as
    expected, and at the good end."""
    if answer.met:
        return MET
    if answer.predicted is None:
        return (float("inf"),) * 3
    higher = answer.name.partition(".")[0] in HIGHER
    low, high = answer.interval or (answer.predicted, answer.predicted)
    bad, good = (low, high) if higher else (high, low)
    required = answer.required.value

    def gap(figure: Figure) -> float:
        away = required - figure.value if higher else figure.value - required
        return max(away / required if required else away, 0.0)

    return gap(bad), gap(answer.predicted), gap(good)


@dataclass
class _Trials:
    """The designs that are tried for one objective."""

    bench: Bench
    answer: Answer
    tried: dict[Choice, State | None] = field(default_factory=dict)
    """None: the blueprint may not be so."""
    distances: dict[Choice, Distance] = field(default_factory=dict)
    end: Literal[0, 1] = 0
    """Which part of a distance has to be nothing: at the bad end, or as expected."""

    @cached_property
    def known(self) -> tuple[Ladder, ...]:
        return ladders(self.bench.now.loaded, self.answer.name)

    def search(self) -> Search:
        """Climb until it is met, step down wherever less is enough. Where the bad end of what is assumed is out of
        reach, what is expected has to do."""
        top = self._climbed()
        if not self._met(top) and self.end == 0:
            reached, self.end = top, 1
            top = self._climbed()
            if not self._met(top):
                top = reached
        met = self._met(top)
        remedy = self._remedy(self._cheapest() if met else top) if top else None
        return Search(
            answer=self.answer,
            remedy=remedy if met else None,
            nearest=None if met else remedy,
            tried=len(self.tried),
            exhausted=len(self.tried) < TRIES,
        )

    def _cheapest(self) -> Choice:
        """Of everything on the way that meets it, lowered: in several orders, which end in different places."""
        meeting = {frozenset(dict(choice)): choice for choice in self.distances if choice and self._met(choice)}
        orders = [
            order for choice in meeting.values() for order in (permutations(choice) if len(choice) < 4 else (choice,))
        ]
        return min((self._lowered(order) for order in orders), key=self._price)

    def _met(self, choice: Choice) -> bool:
        return not any(self._distance(choice)[self.end : self.end + 1])

    def _climbed(self) -> Choice:
        """One ladder after the other: each time the rung that brings it nearest, the lowest of those that do."""
        here: Choice = ()
        while not self._met(here) and len(self.tried) < TRIES:
            nearest = min(self._neighbours(here), key=self._gap, default=here)
            if self._gap(nearest) >= self._gap(here):
                break
            here = nearest
        return here

    def _neighbours(self, here: Choice) -> Iterator[Choice]:
        """The same with another rung of one ladder: some rungs of a long one, the lowest first."""
        steps = dict(here)
        for at, ladder in enumerate(self.known):
            for rung in _some(len(ladder.steps)):
                if steps.get(at) != rung:
                    yield tuple(sorted((steps | {at: rung}).items()))

    def _lowered(self, choice: Choice) -> Choice:
        """No rung higher than is needed, one ladder after the other, and none that is not needed at all."""
        steps = dict(choice)
        for at, top in choice:
            without = {other: rung for other, rung in steps.items() if other != at}
            if self._met(_sorted(without)):
                steps = without
                continue
            low, high = 0, top
            while low < high:
                middle = (low + high) // 2
                if self._met(_sorted(steps | {at: middle})):
                    high = middle
                else:
                    low = middle + 1
            steps[at] = high
        return _sorted(steps)

    def _layers(self, choice: Choice) -> list[Settings]:
        return [self.known[at].steps[step] for at, step in choice]

    def _state(self, choice: Choice) -> State | None:
        if choice not in self.tried:
            layers = self._layers(choice)
            clash = any(touching(one, other) for one, other in combinations(layers, 2))
            try:
                self.tried[choice] = None if clash else self.bench.with_settings(*layers)
            except InputError:
                self.tried[choice] = None
        return self.tried[choice]

    def _distance(self, choice: Choice) -> Distance:
        if not choice:
            return distance(self.answer)
        if choice not in self.distances:
            state = self._state(choice)
            known = (float("inf"),) * 3 if state is None else distance(state.answer(self.answer.name))
            self.distances[choice] = known
        return self.distances[choice]

    def _gap(self, choice: Choice) -> Distance:
        return self._distance(choice)[self.end :]

    def _price(self, choice: Choice) -> tuple[Decimal, Choice]:
        monthly, at_most = self._added(choice)
        return monthly + at_most, choice

    def _added(self, choice: Choice) -> tuple[Decimal, Decimal]:
        state, now = self._state(choice), self.bench.now.estimate
        assert state is not None
        return state.estimate.monthly - now.monthly, state.estimate.range.most - now.range.most

    def _remedy(self, choice: Choice) -> Remedy:
        state, now = self._state(choice), self.bench.now
        assert state is not None
        monthly, at_most = self._added(choice)
        held = {answer.name for answer in now.answers if answer.met}
        return Remedy(
            what=tuple(self.known[at].title for at, _ in choice),
            settings={path: value for layer in self._layers(choice) for path, value in layer.items()},
            answer=state.answer(self.answer.name),
            monthly=monthly,
            at_most=at_most,
            findings=state.report.new_since(now.report, "").standing,
            lost=tuple(answer.name for answer in state.answers if answer.met is False and answer.name in held),
            as_expected=self.end == 1,
        )


def _sorted(steps: Mapping[int, int]) -> Choice:
    return tuple(sorted(steps.items()))


def _some(length: int) -> list[int]:
    """Rungs of a ladder: the first, and each time about twice as high, up to the last."""
    rungs = [0]
    while rungs[-1] < length - 1:
        rungs.append(min(2 * rungs[-1] + 1, length - 1))
    return rungs
