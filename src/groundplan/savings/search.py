"""Trying everything, and finding the best set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from groundplan.blueprint.loading import Source
from groundplan.errors import InputError
from groundplan.redesign import Bench, Designed, Settings, State, difference
from groundplan.savings.candidates import candidates
from groundplan.savings.result import Combination, Refusal, Saving, Savings, Step, costs
from groundplan.savings.terms import terms
from groundplan.savings.trial import attempt
from groundplan.units import Percentage

TARGET = Percentage.parse("70%")
"""The use that right-sizing aims at where nobody says another."""


def find(
    source: Source,
    environment: str | None = None,
    *,
    used: Mapping[str, Percentage] | None = None,
    target: Percentage | None = None,
    now: Designed | None = None,
) -> Savings:
    """Every saving of an environment of a blueprint, each tried by redesign, and the best set of them.

    ``used``: how much of its CPU or memory, whichever is more, a service, database, cache, node group or EC2 capacity
    uses at its busiest, by its name: what right-sizing starts from. ``target``: the use that it aims at; by default
    ``objectives.utilisation``, else 70 %. ``now``: the environment as it is, where somebody has designed it already.

    Raises InputError where the blueprint is wrong, or ``used`` names something that it does not have.
    """
    bench = Bench(source, environment, now)
    savings: list[Saving] = []
    refused: list[Refusal] = []
    aim = target or bench.now.loaded.blueprint.objectives.utilisation or TARGET
    for change in candidates(bench.now.loaded, used or {}, aim):
        outcome = attempt(bench, change)
        if isinstance(outcome, Saving):
            savings.append(outcome)
        else:
            refused.append(outcome)
    savings.sort(key=lambda saving: (-saving.monthly, saving.change.concern, saving.change.title))
    combination, last = _combined(bench, savings)
    quoted, without = terms(last)
    return Savings(
        environment=bench.now.loaded.name,
        region=bench.now.estimate.region,
        before=bench.now.estimate.monthly,
        savings=tuple(savings),
        refused=tuple(refused),
        combination=combination,
        terms=quoted,
        without_term=without,
    )


def _combined(bench: Bench, savings: Sequence[Saving], *, careful: bool = False) -> tuple[Combination, State]:
    """Greedy: the largest first, each kept where it still saves on top of those before it and costs nothing else."""
    steps: list[Step] = []
    last = bench.now
    for saving in savings:
        if not saving.free or any(step.change.touches(saving.change) for step in steps):
            continue
        state = _tried(bench, [*(step.change.settings for step in steps), saving.change.settings])
        if state is None:
            continue
        more, _ = difference(last.estimate, state.estimate)
        if more > 0 and not (careful and _is_worse(bench.now, state)):
            steps.append(Step(saving.change, more))
            last = state
    if careful or not _is_worse(bench.now, last):
        return _combination(bench.now, last, steps), last
    # Rare: together they cost what none of them costs alone. Then each step is checked.
    return _combined(bench, savings, careful=True)


def _combination(now: State, last: State, steps: Sequence[Step]) -> Combination:
    saved, uncounted = difference(now.estimate, last.estimate)
    new = last.report.new_since(now.report, "")
    return Combination(
        steps=tuple(steps),
        monthly=saved,
        before=now.estimate.monthly,
        after=last.estimate.monthly,
        findings=new.standing,
        gone=new.since.gone if new.since else 0,
        uncounted=uncounted,
    )


def _tried(bench: Bench, layers: list[Settings]) -> State | None:
    try:
        return bench.with_settings(*layers)
    except InputError:
        return None  # two that are right each for itself, and not together


def _is_worse(before: State, after: State) -> bool:
    """Whether together they cost what none of them costs alone."""
    new = after.report.new_since(before.report, "").standing
    return any(map(costs, new)) or any(name not in before.lost for name in after.lost)
