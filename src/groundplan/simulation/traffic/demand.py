"""How much is asked, second by second."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import cos, pi
from pathlib import Path

from groundplan.blueprint.loading import LoadedEnvironment
from groundplan.blueprint.traffic import Shape
from groundplan.catalog import autoscaling
from groundplan.errors import InputError
from groundplan.simulation.traffic.tables import read_replay

DAY = 86_400
QUIETEST = 4 * 3600
"""04:00, the quietest moment of a day; the busiest is twelve hours later."""
SPIKE = 1800
"""Seconds that a spike lasts."""


@dataclass(frozen=True, kw_only=True)
class Demand:
    """What is asked at the busiest moment, by users who wait and think or as requests that come by themselves."""

    users: float | None
    think: float
    """Seconds between an answer and the next request."""
    rate: float | None
    """Requests per second; None: as many as the users bring about."""
    shape: Shape | None
    """None: replayed."""
    quiet: float
    """Load of the quietest moment, as a share of the busiest."""
    seconds: int = DAY
    replayed: tuple[float, ...] = ()
    """Requests per second, of each second."""
    source: str
    """Who says it."""
    assumptions: tuple[str, ...] = ()
    think_extent: tuple[float, float] | None = None
    """Where the think time is assumed: the shortest and the longest."""

    @property
    def written(self) -> str:
        """``50,000 users who think 10 s``."""
        if self.users is not None:
            return f"{self.users:,.0f} users who think {self.think:g} s"
        if self.replayed:
            return f"replayed: up to {max(self.replayed):,.4g} requests/s"
        return f"{self.rate or 0:,.4g} requests/s"

    def shares(self) -> list[float]:
        """Of each second, the load as a share of the busiest."""
        length, quiet = self.seconds, self.quiet
        if self.shape == "constant":
            return [1.0] * length
        if self.shape == "ramp":
            return [quiet + (1 - quiet) * second / max(length - 1, 1) for second in range(length)]
        if self.shape == "spike":
            begin = (length - min(SPIKE, length // 2)) // 2
            return [1.0 if begin <= second < begin + min(SPIKE, length // 2) else quiet for second in range(length)]
        return [quiet + (1 - quiet) * (1 - cos(2 * pi * (second - QUIETEST) / DAY)) / 2 for second in range(length)]

    def each_second(self) -> list[float]:
        """Users, or requests per second where there are none, of each second."""
        if self.replayed:
            return list(self.replayed)
        peak = self.users if self.users is not None else self.rate or 0.0
        return [peak * share for share in self.shares()]

    def lasting(self, hours: float) -> Demand:
        """The same, so many hours long."""
        return replace(self, seconds=max(60, round(hours * 3600)))


def demand(
    loaded: LoadedEnvironment,
    *,
    users: int | None = None,
    requests: float | None = None,
    shape: Shape | None = None,
    replay: Path | None = None,
) -> Demand | None:
    """What is asked: as given here, else ``traffic:``, else what the objectives demand; None where nobody says it.

    Raises InputError where two workloads are given at once, or a replayed file cannot be read.
    """
    if sum(given is not None for given in (users, requests, replay)) > 1:
        raise InputError("users, requests and a replayed file are three workloads; give one of them")
    traffic, objectives = loaded.blueprint.traffic, loaded.blueprint.objectives
    assumptions: tuple[str, ...] = ()
    think_extent = None
    taken = autoscaling.assumptions()["think_time"]
    think = taken.value if traffic.think_time is None else float(traffic.think_time.seconds)
    source = "given"
    if replay is not None:
        read = read_replay(replay)
        return Demand(
            users=None, think=think, rate=max(read.rates), shape=None, quiet=0.0, seconds=len(read.rates),
            replayed=read.rates, source=f"replayed from {replay.name}",
        )  # fmt: skip
    if users is None and requests is None:
        source = "traffic" if traffic.users or traffic.requests else "objectives"
        users, rate = (
            (traffic.users, traffic.requests) if source == "traffic" else (objectives.users, objectives.requests)
        )
        if users is None and rate is None:
            return None
        requests = float(rate.per_second) if rate and users is None else None
    if users is not None and traffic.think_time is None:
        assumptions, think_extent = (str(taken),), (taken.low, taken.high)
    return Demand(
        users=users, think=think, rate=requests, shape=shape or traffic.shape,
        quiet=float(traffic.quiet.fraction), source=source, assumptions=assumptions, think_extent=think_extent,
    )  # fmt: skip
