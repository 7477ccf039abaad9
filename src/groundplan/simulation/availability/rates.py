"""How often things fail and how long they are away: as measured where the blueprint says so, else as assumed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from groundplan.blueprint.objectives import MeasuredTime
from groundplan.blueprint.reliability import Failures, Reliability
from groundplan.catalog import failures as catalog
from groundplan.catalog.recovery import time
from groundplan.simulation.availability.model import Element
from groundplan.units import Duration

Case = Literal["low", "expected", "high"]
"""``low``: everything fails as rarely and briefly as it may; ``high``: as often and as long."""
DEPLOYMENTS = ("deployment", "guarded_deployment")


@dataclass
class Rates:
    """The figures of one case, and which of them were used."""

    case: Case
    reliability: Reliability = field(default_factory=Reliability)
    measured: Mapping[MeasuredTime, Duration] = field(default_factory=dict)
    """Times of takeovers that a drill has measured: ``objectives.measured``."""
    assumed: dict[str, str] = field(default_factory=dict)
    """What was used and not measured, by what would replace it."""

    def element(self, name: str, cause: str, repair: float | None = None) -> Element:
        """Something that fails for a cause; ``repair`` where the architecture says how long it is away, in seconds."""
        known, own = catalog.all_causes()[cause], self._own(cause)
        failures = float(own.failures.per_year) if own.failures else getattr(known.failures, self.case)
        if own.repair is not None:
            repair = float(own.repair.seconds)
        elif repair is None:
            assert known.repair is not None, cause
            repair = getattr(known.repair, self.case)
        if own.failures is None or (own.repair is None and known.repair is not None):
            key = "deployment" if cause in DEPLOYMENTS else cause
            often = f"{_times(known.failures.expected)} a year ({known.failures.low:g} to {known.failures.high:g})"
            self.assumed[f"reliability.causes.{key}"] = (
                f"{known.title} fails {often}{_repair(known)}: {known.assumed}; {known.source.page} "
                f"({known.source.date}). reliability.causes.{key} replaces it"
            )
        return Element(name, cause, failures, repair)

    def seconds(self, key: str) -> float:
        """How long a takeover takes, by its key in the catalog of recovery times."""
        own = {str(name): duration for name, duration in self.measured.items()}.get(key)
        if own is not None:
            return float(own.seconds)
        known = time(key)
        if known.assumed:
            replaced = f". objectives.measured.{key} replaces it" if key in get_args(MeasuredTime) else ""
            self.assumed[f"objectives.measured.{key}"] = (
                f"{known.title}: {known.expected} s ({known.low} to {known.high}): {known.assumed}; "
                f"{known.source.page} ({known.source.date}){replaced}"
            )
        return float(getattr(known, self.case))

    def _own(self, cause: str) -> Failures:
        key = "deployment" if cause in DEPLOYMENTS else cause
        found = {str(name): item for name, item in self.reliability.causes.items()}
        return found.get(key, Failures())


def _times(count: float) -> str:
    return "once" if count == 1 else f"{count:g} times"


def _repair(cause: catalog.Cause) -> str:
    if cause.repair is None:
        return ""
    low, expected, high = (
        f"{seconds / 60:g}" for seconds in (cause.repair.low, cause.repair.expected, cause.repair.high)
    )
    return f", for {expected} minutes ({low} to {high})"
