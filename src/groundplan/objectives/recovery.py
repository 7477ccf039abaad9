"""Whether users can work again in time, and no more is lost than may be, after each disruption."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.objectives import Disruption, Objectives
from groundplan.objectives.answer import Answer, Figure
from groundplan.recovery import Given, Recovery, Seconds, survey
from groundplan.recovery.wording import written
from groundplan.resources import Architecture
from groundplan.units import Duration

UNIT = "s"


@dataclass(frozen=True, slots=True)
class Judged:
    """A recovery, and whether it is as it has to be. None: nothing is demanded."""

    recovery: Recovery
    time: Answer | None
    point: Answer | None


def answers(blueprint: Blueprint, architecture: Architecture) -> tuple[Answer, ...]:
    """An answer ``recovery.<disruption>.time`` and ``….point`` for whatever is demanded.

    ``recovery_time`` and ``recovery_point`` hold for every disruption that the environment can meet with, for the loss
    of the region where there is a standby.
    """
    objectives = blueprint.objectives
    if not (objectives.recovery_time or objectives.recovery_point or objectives.recovery):
        return ()
    found = judged(blueprint, architecture)
    happens = {item.recovery.disruption for item in found}
    return (
        *(answer for item in found for answer in (item.time, item.point) if answer is not None),
        *(answer for named in objectives.recovery if named not in happens for answer in _nothing(objectives, named)),
    )


def _nothing(objectives: Objectives, named: Disruption) -> Iterator[Answer]:
    """What is demanded after a disruption that cannot hit anything here."""
    demanded = objectives.recovery[named]
    for name, required in (("time", demanded.time), ("point", demanded.point)):
        if required is not None:
            method = "the environment has nothing that could be lost so"
            yield Answer(f"recovery.{named}.{name}", figure(required.seconds), figure(0), None, True, method)


def judged(blueprint: Blueprint, architecture: Architecture) -> tuple[Judged, ...]:
    """Every disruption that the environment can meet with."""
    given, standby = Given.by(blueprint.objectives, blueprint.reliability), architecture.standby is not None
    found = []
    for recovery in survey(architecture, given):
        demanded = blueprint.objectives.recovery_from(recovery.disruption, standby=standby)
        time = time_answer(recovery, demanded.time, given) if demanded.time is not None else None
        point = point_answer(recovery, demanded.point) if demanded.point is not None else None
        found.append(Judged(recovery, time, point))
    return tuple(found)


def time_answer(recovery: Recovery, required: Duration, given: Given) -> Answer:
    """Whether users can work again in time."""
    name, demanded = f"recovery.{recovery.disruption}.time", figure(required.seconds)
    if recovery.never:
        return Answer(name, demanded, None, None, False, f"never as it was: {'; '.join(recovery.never)}")
    steps = ", ".join(step.name for step in recovery.critical)
    method = f"longest way through the steps of the recovery: {steps}" if steps else "there is nothing to recover"
    assumptions = recovery.assumptions + tuple(
        dict.fromkeys(said for step in recovery.critical for said in given.assumed(*step.keys))
    )
    total = recovery.total
    if total is None:
        met = False if recovery.times.least > required.seconds else None
        missing = dict.fromkeys(step.missing for step in recovery.steps if step.waited_for and step.missing)
        return Answer(name, demanded, None, None, met, method, assumptions, "; ".join(missing))
    return Answer(name, demanded, figure(total.expected), _interval(total), held(total, required), method, assumptions)


def point_answer(recovery: Recovery, required: Duration) -> Answer:
    """Whether no more is lost than may be, in any store; caches do not count."""
    name, demanded = f"recovery.{recovery.disruption}.point", figure(required.seconds)
    fate, lost = recovery.lost
    counted = [point for point in recovery.points if point.counts]
    beside = tuple(f"{point.store} does not count: {point.how}" for point in recovery.points if not point.counts)
    if fate != "some":
        these = [point for point in counted if point.fate == fate]
        said = "; ".join(f"{point.store}: {point.how}" for point in these)
        if fate == "all":
            return Answer(name, demanded, None, None, False, f"everything is lost: {said}", beside)
        met = False if lost.low > required.seconds else None
        missing = dict.fromkeys(point.remedy for point in these)
        return Answer(name, demanded, None, None, met, f"not known: {said}", beside, "; ".join(missing))
    largest = max(counted, key=lambda point: point.lost.high, default=None)
    if largest is None:
        method = "nothing that is kept is touched"
    elif largest.lost.high == 0:
        method = "nothing is lost in any store"
    else:
        method = f"the worst of all stores, {largest.store}: {largest.how}"
    sources = tuple(f"{point.store}: {source}" for point in counted for source in point.sources if "assumed" in source)
    return Answer(
        name, demanded, figure(lost.expected), _interval(lost), held(lost, required), method, (*sources, *beside)
    )


def held(found: Seconds, required: Duration) -> bool | None:
    """Whether even the most is not more than required; None where that depends."""
    if found.high <= required.seconds:
        return True
    return False if found.low > required.seconds else None


def figure(seconds: int) -> Figure:
    """A time as a figure."""
    return Figure(seconds, UNIT, written(seconds))


def _interval(seconds: Seconds) -> tuple[Figure, Figure] | None:
    return (figure(seconds.low), figure(seconds.high)) if seconds.low != seconds.high else None
