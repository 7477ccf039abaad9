"""Every recovery as the data that scripts read (``groundplan simulate recovery --format json``)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from groundplan.objectives.answer import AnswerData, to_data
from groundplan.objectives.recovery import Judged
from groundplan.recovery import Point, Recovery, Seconds, Step


class SecondsData(TypedDict):
    """Seconds at the least, as expected and at the most."""

    low: int
    expected: int
    high: int


class RecoveryStepData(TypedDict):
    """One step. ``seconds`` and ``ends`` are null where a person is waited for and nobody knows how long."""

    name: str
    what: str
    by: str
    after: list[str]
    seconds: SecondsData | None
    ends: SecondsData | None
    waited_for: bool
    sources: list[str]


class PointData(TypedDict):
    """What one store loses: ``lost`` seconds where ``fate`` is ``some``, everything where it is ``all``."""

    store: str
    fate: str
    lost: SecondsData | None
    counts: bool
    how: str
    sources: list[str]


class RecoveryData(TypedDict):
    """One disruption. ``time`` is null where it is not known, or never as it was: then ``never`` says why."""

    disruption: str
    title: str
    where: str
    time: SecondsData | None
    whole: SecondsData | None
    fate: str
    point: SecondsData | None
    never: list[str]
    objectives: list[AnswerData]
    would_be_quicker: list[str]
    would_lose_less: list[str]
    assumptions: list[str]
    steps: list[RecoveryStepData]
    points: list[PointData]


class RecoveriesData(TypedDict):
    """All disruptions of an environment."""

    environment: str
    recoveries: list[RecoveryData]


def recoveries_data(environment: str, found: Sequence[Judged]) -> RecoveriesData:
    """All disruptions as JSON data. Scripts depend on its shape."""
    return {"environment": environment, "recoveries": [_recovery(item) for item in found]}


def _recovery(item: Judged) -> RecoveryData:
    recovery = item.recovery
    fate, lost = recovery.lost
    return {
        "disruption": recovery.disruption,
        "title": recovery.title,
        "where": recovery.where,
        "time": _seconds(recovery.total),
        "whole": _seconds(recovery.whole),
        "fate": fate,
        "point": _seconds(lost) if fate == "some" else None,
        "never": list(recovery.never),
        "objectives": [to_data(answer) for answer in (item.time, item.point) if answer is not None],
        "would_be_quicker": list(recovery.remedies_of_time),
        "would_lose_less": list(recovery.remedies_of_point),
        "assumptions": list(recovery.assumptions),
        "steps": [_step(step, recovery) for step in recovery.steps],
        "points": [_point(point) for point in recovery.points],
    }


def _step(step: Step, recovery: Recovery) -> RecoveryStepData:
    return {
        "name": step.name,
        "what": step.what,
        "by": step.by,
        "after": list(step.after),
        "seconds": _seconds(step.seconds),
        "ends": _seconds(recovery.times.ends[step.name]),
        "waited_for": step.waited_for,
        "sources": list(step.sources),
    }


def _point(point: Point) -> PointData:
    return {
        "store": point.store,
        "fate": point.fate,
        "lost": _seconds(point.lost) if point.fate == "some" else None,
        "counts": point.counts,
        "how": point.how,
        "sources": list(point.sources),
    }


def _seconds(seconds: Seconds | None) -> SecondsData | None:
    if seconds is None:
        return None
    return {"low": seconds.low, "expected": seconds.expected, "high": seconds.high}
