"""The smallest change that meets an objective, found by designing the environment again."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from itertools import combinations
from typing import TypeAlias

from groundplan.blueprint.loading import Source
from groundplan.checks import Finding
from groundplan.errors import InputError
from groundplan.objectives import Answer
from groundplan.redesign import Bench, Settings, State
from groundplan.redesign.settings import touching
from groundplan.remedies.ladders import Ladder, ladders

TRIES = 400
"""Designs after which the search for one objective ends. One takes 10 to 100 ms."""
TOGETHER = 3
"""Settings that are raised together, at the most."""
HIGHER = frozenset({"availability", "users", "requests", "utilisation"})
"""Objectives of which more is better."""
Choice: TypeAlias = tuple[tuple[int, int], ...]
"""Ladders, each with a step of it, by their numbers."""


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
    """Whether everything was tried that the search knows, and not only ``TRIES`` designs."""


def find(source: Source, environment: str | None = None) -> tuple[Search, ...]:
    """A search for each objective that is known not to hold, each from the blueprint as it is.

    The settings come from the blueprint's own: tasks, sizes, zones, standby, replicas, backups. One at a time is
    raised; two, then three together where one is not enough; of each, no more than is needed. The cheapest counts.
    For a budget, ``groundplan savings`` searches.

    Raises InputError where the blueprint is wrong.
    """
    bench = Bench(source, environment)
    failing = [answer for answer in bench.now.answers if answer.met is False and answer.name != "budget"]
    return tuple(_Trials(bench, answer).search() for answer in failing)


def distance(answer: Answer) -> float:
    """How far the bad end of what is predicted lies from what is demanded, as a share of that; 0: it is met."""
    if answer.met:
        return 0.0
    if answer.predicted is None:
        return float("inf")
    higher = answer.name.partition(".")[0] in HIGHER
    low, high = answer.interval or (answer.predicted, answer.predicted)
    gap = answer.required.value - low.value if higher else high.value - answer.required.value
    return max(gap / answer.required.value, 1e-9) if answer.required.value else max(gap, 1e-9)


@dataclass
class _Trials:
    """The designs that are tried for one objective."""

    bench: Bench
    answer: Answer
    tried: dict[Choice, State | None] = field(default_factory=dict)
    """None: the blueprint may not be so."""

    @cached_property
    def known(self) -> tuple[Ladder, ...]:
        return ladders(self.bench.now.loaded, self.answer.name)

    def search(self) -> Search:
        """Raise one setting, then several together."""
        helping = [at for at in range(len(self.known)) if self._distance(self._top(at)) < distance(self.answer)]
        meeting: list[Choice] = []
        short: list[Choice] = []
        for size in range(1, TOGETHER + 1):
            for chosen in combinations(helping, size):
                if len(self.tried) >= TRIES:
                    break
                top = tuple(one for at in chosen for one in self._top(at))
                (short if self._distance(top) else meeting).append(top)
            if meeting:
                break
        least = [self._lowered(choice) for choice in meeting if len(self.tried) < TRIES]
        best = min(least, key=self._price, default=None)
        nearest = min(short, key=self._distance, default=None) if best is None else None
        return Search(
            answer=self.answer,
            remedy=None if best is None else self._remedy(best),
            nearest=None if nearest is None else self._remedy(nearest),
            tried=len(self.tried),
            exhausted=len(self.tried) < TRIES,
        )

    def _top(self, at: int) -> Choice:
        return ((at, len(self.known[at].steps) - 1),)

    def _lowered(self, choice: Choice) -> Choice:
        """No step higher than is needed, one ladder after the other; more of anything is taken to be no worse."""
        steps = dict(choice)
        for at in steps:
            low, high = 0, steps[at]
            while low < high:
                middle = (low + high) // 2
                if self._distance(tuple((steps | {at: middle}).items())):
                    low = middle + 1
                else:
                    high = middle
            steps[at] = high
        return tuple(steps.items())

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

    def _distance(self, choice: Choice) -> float:
        state = self._state(choice)
        return float("inf") if state is None else distance(state.answer(self.answer.name))

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
        )
