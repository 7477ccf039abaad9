"""The runbook as the data that scripts read (``groundplan failover --format json``)."""

from __future__ import annotations

from typing import TypedDict

from groundplan.recovery.failover import promotion_steps
from groundplan.recovery.return_home import return_steps
from groundplan.recovery.steps import NOTHING_GIVEN, Given, Seconds
from groundplan.recovery.timeline import timeline
from groundplan.resources import Architecture
from groundplan.units import Duration


class SecondsData(TypedDict):
    """A time at the least, as expected and at the most."""

    low: int
    expected: int
    high: int


class StepData(TypedDict):
    """One step. ``seconds`` and ``ends`` are null where a person is waited for."""

    name: str
    what: str
    by: str
    after: list[str]
    seconds: SecondsData | None
    ends: SecondsData | None
    waited_for: bool
    sources: list[str]


class FailoverData(TypedDict):
    """The whole runbook. ``holds`` is null where there is no objective."""

    environment: str
    region: str
    standby: str
    total: SecondsData | None
    objective: int | None
    holds: bool | None
    steps: list[StepData]
    way_back: list[str]


def to_json(architecture: Architecture, objective: Duration | None, given: Given = NOTHING_GIVEN) -> FailoverData:
    """The failover of an environment that has a standby, as JSON data."""
    assert architecture.standby is not None
    steps = promotion_steps(architecture, given)
    times = timeline(steps)
    return {
        "environment": architecture.environment,
        "region": architecture.region,
        "standby": architecture.standby.region,
        "total": _data(times.total),
        "objective": objective.seconds if objective else None,
        "holds": times.holds(objective) if objective else None,
        "steps": [
            {
                "name": step.name,
                "what": step.what,
                "by": step.by,
                "after": list(step.after),
                "seconds": _data(step.seconds),
                "ends": _data(times.ends[step.name]),
                "waited_for": step.waited_for,
                "sources": list(step.sources),
            }
            for step in steps
        ],
        "way_back": list(return_steps(architecture)),
    }


def _data(seconds: Seconds | None) -> SecondsData | None:
    if seconds is None:
        return None
    return {"low": seconds.low, "expected": seconds.expected, "high": seconds.high}
