"""Trying a change: the blueprint is loaded with it, designed, priced, and checked where it pays."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TypeAlias

from groundplan import cost, recovery
from groundplan.blueprint.loading import LoadedEnvironment, Source
from groundplan.checks import Examination, Report
from groundplan.cost import Estimate, Unpriced
from groundplan.design import design
from groundplan.errors import InputError
from groundplan.resources import Architecture
from groundplan.savings.change import Change, Settings, over, settled
from groundplan.savings.result import Refusal, Saving


@dataclass(frozen=True)
class State:
    """An environment, designed and priced; checked when somebody asks."""

    loaded: LoadedEnvironment
    architecture: Architecture
    estimate: Estimate
    examination: Examination

    @cached_property
    def report(self) -> Report:
        """What the checks find."""
        return self.examination.report(self.loaded, self.architecture)

    @cached_property
    def lost(self) -> tuple[str, ...]:
        """Objectives that it does not hold, each with its figure."""
        objectives, found = self.loaded.blueprint.objectives, []
        if objectives.budget is not None and self.estimate.monthly > objectives.budget.usd:
            found.append("budget")
        if objectives.recovery_time is not None and self.architecture.standby is not None:
            times = recovery.timeline(recovery.promotion_steps(self.architecture))
            if not times.holds(objectives.recovery_time):
                found.append("recovery_time")
        return tuple(found)


class Bench:
    """Where changes of one environment are tried."""

    def __init__(self, source: Source, name: str | None) -> None:
        loaded = source.environment(name)
        self._name = loaded.name
        self._source = settled(source, loaded.name) if source.settings.fields else source
        self._examination = Examination(loaded)
        self.now = self._state(loaded)

    def with_settings(self, *layers: Settings) -> State:
        """The environment with settings over it. Raises InputError where it may not be so."""
        source = self._source
        for settings in layers:
            source = over(source, self._name, settings)
        return self._state(source.environment(self._name))

    def _state(self, loaded: LoadedEnvironment) -> State:
        architecture = design(loaded)
        blueprint = loaded.blueprint
        estimate = cost.estimate(architecture, blueprint.usage, blueprint.objectives.budget)
        return State(loaded, architecture, estimate, self._examination)

    def attempt(self, change: Change) -> Saving | Refusal:
        """Try a change by itself."""
        before = self.now
        if change.unknown:
            return Refusal(change, f"what it saves is not known: {change.unknown}")
        try:
            after = self.with_settings(change.settings, change.at_best)
        except InputError as error:
            return Refusal(change, "; ".join(dict.fromkeys(problem.message for problem in error.problems)))
        saved, uncounted = difference(before.estimate, after.estimate)
        if saved <= 0:
            return Refusal(change, _why_not(saved, uncounted))
        if change.at_best:
            after = self.with_settings(change.settings)
        new = after.report.new_since(before.report, "")
        errors = [finding for finding in new.standing if finding.severity == "error"]
        if errors:
            told = "; ".join(f"{error.rule} {error.message}" for error in errors)
            return Refusal(change, f"it would be an error: {told}")
        return Saving(
            change=change,
            monthly=saved,
            findings=new.standing,
            gone=new.since.gone if new.since else 0,
            objectives=tuple(name for name in after.lost if name not in before.lost),
            uncounted=uncounted,
        )


def _why_not(saved: Decimal, uncounted: tuple[Unpriced, ...]) -> str:
    if uncounted:
        return f"what it saves is not known: {'; '.join(dict.fromkeys(item.why for item in uncounted))}"
    if not saved:
        return "it saves nothing that is priced"
    return f"it costs {-saved.quantize(Decimal('0.01'))} USD a month more"


def difference(before: Estimate, after: Estimate) -> tuple[Decimal, tuple[Unpriced, ...]]:
    """How much less the second costs, and what of it has no price in one of them though it has in the other.

    A resource that loses its price would look like a saving, and one that gets one like a loss: what is charged for it
    is left out on both sides.
    """
    new, gone = _unpriced_beyond(before, after), _unpriced_beyond(after, before)
    then, now = _by_resource(before), _by_resource(after)
    lost = {item.resource for item in new if item.lacks_price or _families(then, item) - _families(now, item)}
    got = {item.resource for item in gone if _families(now, item) - _families(then, item)}
    left_out = lost | got
    uncounted = (*new, *(item for item in gone if item.resource in left_out))
    return _sum(then, left_out) - _sum(now, left_out), tuple(dict.fromkeys(uncounted))


_Charges: TypeAlias = Mapping[str, Mapping[str, Decimal]]
"""Monthly amounts by resource and sku."""


def _by_resource(estimate: Estimate) -> _Charges:
    found: defaultdict[str, defaultdict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for line in estimate.lines:
        found[line.resource][line.sku] += line.monthly
    return found


def _families(charges: _Charges, item: Unpriced) -> set[str]:
    """What a resource is charged for: ``rds.storage``, whatever the type of volume."""
    return {".".join(sku.split(".")[:2]) for sku in charges.get(item.resource, {})}


def _sum(charges: _Charges, left_out: Collection[str]) -> Decimal:
    return sum(
        (amount for resource, skus in charges.items() if resource not in left_out for amount in skus.values()),
        Decimal(0),
    )


def _unpriced_beyond(one: Estimate, other: Estimate) -> tuple[Unpriced, ...]:
    """What the other leaves unpriced and the first does not.

    A kind that has as many unpriced charges in both only has other words for them.
    """
    had, has = Counter(map(_kind, one.unpriced)), Counter(map(_kind, other.unpriced))
    known = {(_kind(item), item.why) for item in one.unpriced}
    return tuple(
        item for item in other.unpriced if has[_kind(item)] > had[_kind(item)] and (_kind(item), item.why) not in known
    )


def _kind(item: Unpriced) -> str:
    return item.resource.partition(".")[0]
