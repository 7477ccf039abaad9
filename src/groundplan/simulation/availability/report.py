"""Studies of availability as the data that scripts read (``groundplan simulate availability --format json``)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from groundplan.simulation.availability.floor import pages
from groundplan.simulation.availability.loss import Loss
from groundplan.simulation.availability.study import Prediction, Study, holds
from groundplan.simulation.availability.wording import verdict


class SimulationData(TypedDict):
    """What so many simulated years were like. ``availability`` in percent; ``interval`` is that of chance alone."""

    years: int
    seed: int
    availability: float
    interval: list[float]
    outages_per_year: float
    longest_outage: float
    """Seconds."""
    years_that_hold: float | None
    """The share of the years that meet the objective; null without one."""


class FloorData(TypedDict):
    """What AWS's agreements commit to, in percent."""

    availability: float
    with_standby: float | None
    without_agreement: list[str]
    terms: list[str]


class CauseData(TypedDict):
    """One thing whose failures users notice."""

    element: str
    cause: str
    downtime: float
    """Seconds a year."""
    single_point_of_failure: bool


class SoftData(TypedDict):
    """What a request can do without, and why."""

    name: str
    why: str


class PathData(TypedDict):
    """One path of requests. Availabilities in percent."""

    name: str
    address: str
    availability: float
    interval: list[float]
    met: bool | None
    simulation: SimulationData
    floor: FloorData
    causes: list[CauseData]
    not_needed: list[SoftData]
    assumptions: list[str]


class StudyData(TypedDict):
    """All paths of an environment."""

    environment: str
    required: float | None
    paths: list[PathData]


class LeftData(TypedDict):
    """The tasks or pods of a service; ``load``: of each that is left, in what it carried before."""

    service: str
    before: int
    at_once: int
    later: int
    replaced: float
    load: float | None


class LossData(TypedDict):
    """One path while something is away."""

    name: str
    works: bool
    verdict: str
    missing: list[str]
    standby_after: float | None
    availability: float
    interval: list[float]
    met: bool | None
    tasks: list[LeftData]


class LossesData(TypedDict):
    """All paths of an environment while something is away."""

    environment: str
    without: list[str]
    required: float | None
    paths: list[LossData]


def study_data(environment: str, required: float | None, studies: Sequence[Study]) -> StudyData:
    """Studies as JSON data; ``required`` as a share."""
    return {
        "environment": environment,
        "required": _percent(required) if required is not None else None,
        "paths": [_path(item, required) for item in studies],
    }


def loss_data(
    environment: str, required: float | None, found: Sequence[tuple[Loss, Prediction]], asked: Sequence[str]
) -> LossesData:
    """Losses as JSON data, each with the availability as long as it lasts."""
    return {
        "environment": environment,
        "without": list(asked),
        "required": _percent(required) if required is not None else None,
        "paths": [
            {
                "name": loss.path.name,
                "works": loss.works,
                "verdict": verdict(loss),
                "missing": list(loss.missing),
                "standby_after": loss.standby_after,
                "availability": _percent(prediction.expected),
                "interval": [_percent(prediction.low), _percent(prediction.high)],
                "met": holds(required, prediction),
                "tasks": [
                    {
                        "service": left.service,
                        "before": left.before,
                        "at_once": left.at_once,
                        "later": left.later,
                        "replaced": left.replaced,
                        "load": left.load,
                    }
                    for left in loss.left
                ],
            }
            for loss, prediction in found
        ],
    }


def _path(study: Study, required: float | None) -> PathData:
    prediction, simulated = study.prediction, study.simulated
    low, high = simulated.interval
    return {
        "name": study.path.name,
        "address": study.path.address,
        "availability": _percent(prediction.expected),
        "interval": [_percent(prediction.low), _percent(prediction.high)],
        "met": holds(required, prediction),
        "simulation": {
            "years": simulated.years,
            "seed": simulated.seed,
            "availability": _percent(simulated.availability),
            "interval": [_percent(low), _percent(high)],
            "outages_per_year": round(simulated.outages, 4),
            "longest_outage": round(simulated.longest, 1),
            "years_that_hold": round(simulated.years_within(required), 4) if required is not None else None,
        },
        "floor": {
            "availability": _percent(float(study.floor.availability)),
            "with_standby": _percent(float(study.floor.with_standby)) if study.floor.with_standby is not None else None,
            "without_agreement": list(study.floor.without_sla),
            "terms": list(pages((*study.path.terms, *study.path.standby_terms))),
        },
        "causes": [
            {
                "element": cause.element,
                "cause": cause.kind,
                "downtime": round(cause.seconds, 1),
                "single_point_of_failure": cause.alone,
            }
            for cause in study.causes
        ],
        "not_needed": [{"name": item.name, "why": item.why} for item in study.path.soft],
        "assumptions": list(study.path.assumptions),
    }


def _percent(share: float) -> float:
    return round(share * 100, 6)
