"""Predictions of availability: by formula for ``check``, with a simulation beside it for ``simulate``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from groundplan.blueprint.objectives import MeasuredTime
from groundplan.blueprint.reliability import Reliability
from groundplan.resources import Architecture
from groundplan.simulation.availability.exact import downtime_by_element, unavailability
from groundplan.simulation.availability.floor import Floor, floor
from groundplan.simulation.availability.model import Failover
from groundplan.simulation.availability.montecarlo import Simulated, simulate
from groundplan.simulation.availability.paths import RequestPath, paths
from groundplan.simulation.availability.rates import Case, Rates
from groundplan.units import Duration

CASES: tuple[Case, ...] = ("low", "expected", "high")


@dataclass(frozen=True)
class Prediction:
    """The availability of one path, as a share of requests answered."""

    path: RequestPath
    """With the rates as expected."""
    low: float
    """If everything failed as often and as long as it may."""
    expected: float
    high: float
    """If everything failed as rarely and as briefly as it may."""


@dataclass(frozen=True)
class Cause:
    """One thing whose failures users notice."""

    element: str
    kind: str
    """Key of the catalog's causes."""
    seconds: float
    """Downtime a year that would be saved if it never failed, by formula."""
    alone: bool
    """Whether nothing is answered while it alone is away: a single point of failure."""


@dataclass(frozen=True)
class Study:
    """A path in depth."""

    prediction: Prediction
    floor: Floor
    causes: tuple[Cause, ...]
    """The worst first."""
    simulated: Simulated

    @property
    def path(self) -> RequestPath:
        """What was studied."""
        return self.prediction.path


def predict(
    architecture: Architecture,
    reliability: Reliability,
    measured: Mapping[MeasuredTime, Duration],
    away: Mapping[str, frozenset[str]] | None = None,
) -> tuple[Prediction, ...]:
    """The availability of every path by formula, in milliseconds; ``away``: elements that are gone, by path.

    Empty where nothing is public.
    """
    found: dict[str, dict[Case, RequestPath]] = {}
    for case in CASES:
        for path in paths(architecture, Rates(case, reliability, measured)):
            found.setdefault(path.name, {})[case] = without(path, (away or {}).get(path.name, frozenset()))
    return tuple(
        Prediction(
            cases["expected"],
            low=_availability(cases["high"]),
            expected=_availability(cases["expected"]),
            high=_availability(cases["low"]),
        )
        for cases in found.values()
    )


def study(predictions: Sequence[Prediction], *, years: int, seed: int) -> tuple[Study, ...]:
    """Every path in depth, with so many simulated years."""
    return tuple(
        Study(
            prediction,
            floor(prediction.path),
            causes(prediction.path),
            simulate(prediction.path.chain, years=years, seed=seed, failover=prediction.path.failover),
        )
        for prediction in predictions
    )


def worst(predictions: Sequence[Prediction]) -> Prediction:
    """The path that is down most."""
    return min(predictions, key=lambda prediction: (prediction.expected, prediction.low))


def holds(required: float | None, prediction: Prediction) -> bool | None:
    """Whether a demanded share holds at the bad end of the interval, or fails at its good end; None: nothing is
    demanded, or neither is certain."""
    if required is None:
        return None
    if prediction.low >= required:
        return True
    return False if prediction.high < required else None


def fails(
    required: float,
    architecture: Architecture,
    reliability: Reliability,
    measured: Mapping[MeasuredTime, Duration],
) -> bool:
    """Whether the demanded share certainly does not hold: :func:`holds` of the worst path is False. It cannot be where
    every path is good enough at its best, which is quicker to find out."""
    at_best = (_availability(path) for path in paths(architecture, Rates("low", reliability, measured)))
    if all(share >= required for share in at_best):
        return False
    return holds(required, worst(predict(architecture, reliability, measured))) is False


def causes(path: RequestPath) -> tuple[Cause, ...]:
    """What takes a path down, the worst first, without what is not noticed in a second a year."""
    return tuple(
        Cause(name, path.chain.elements[name].cause, seconds, not path.chain.works({name}))
        for name, seconds in downtime_by_element(path.chain, path.failover).items()
        if seconds >= 1
    )


def without(path: RequestPath, away: frozenset[str]) -> RequestPath:
    """A path while some of its elements are away for good."""
    if not away:
        return path
    failover = path.failover
    if failover is not None:
        there = failover.chain.without(away)
        failover = Failover(there, failover.seconds) if there.works(()) else None
    return replace(path, chain=path.chain.without(away), failover=failover)


def _availability(path: RequestPath) -> float:
    if not path.chain.works(()):
        # While the region is away the standby is all there is.
        return 1 - unavailability(path.failover.chain) if path.failover else 0.0
    return 1 - unavailability(path.chain, path.failover)
