"""What a day of traffic comes to: figures, reasons and what they rest on."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TypedDict

from groundplan.catalog import autoscaling
from groundplan.simulation.traffic.day import Day, simulate
from groundplan.simulation.traffic.demand import Demand
from groundplan.simulation.traffic.facts import Subject
from groundplan.simulation.traffic.latency import Latency, latency
from groundplan.simulation.traffic.requests import COPIES, responses
from groundplan.simulation.traffic.scaling import Decision

DRAWN = 250
"""Requests that are drawn for each copy of a task in the busiest minute."""
BUSIEST = 0.95
"""Share of the capacity up to which the busiest minute is drawn: beyond it no minute is long enough to settle."""


@dataclass(frozen=True)
class Drawn:
    """The busiest minute once more, request by request, without any formula."""

    requests: int
    p50: float
    p95: float
    p99: float
    """Seconds."""


@dataclass(frozen=True)
class Result:
    """A day of traffic at one service."""

    day: Day
    latency: Latency
    drawn: Drawn | None

    @property
    def requests(self) -> float:
        """Requests that came."""
        return float(self.day.arrivals.sum())

    @property
    def errors(self) -> float:
        """Requests that nobody answered in time."""
        return float(self.day.errors.sum())

    @property
    def error_percent(self) -> float:
        """Their share."""
        return 100 * self.errors / self.requests if self.requests else 0.0

    @property
    def cost(self) -> Decimal | None:
        """USD for the tasks, from their start; None where tasks have no price of their own."""
        hourly = self.day.subject.hourly
        if hourly is None:
            return None
        return (hourly * int(self.day.paid.sum()) / 3600).quantize(Decimal("0.01"))

    @property
    def cpu_mean(self) -> float:
        """Percent of all tasks' CPU in use, over the day."""
        running = self.day.running
        return float((self.day.cpu_percent * running).sum() / max(int(running.sum()), 1))

    @property
    def busiest_minute(self) -> int:
        """Second at which the minute with the most requests begins."""
        length = len(self.day.arrivals) // 60 * 60
        return int(self.day.arrivals[:length].reshape(-1, 60).sum(axis=1).argmax()) * 60

    @property
    def cpu_busiest(self) -> float:
        """Percent of all tasks' CPU in use in the busiest minute."""
        begin = self.busiest_minute
        return float(self.day.cpu_percent[begin : begin + 60].mean())

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What the figures rest on that nobody measured or wrote."""
        subject = self.day.subject
        found = (*self.day.demand.assumptions, *subject.assumptions)
        if not subject.targets or subject.platform == "pods":
            return found
        delay = autoscaling.constants()["metric_delay"]
        extent = f"{delay.value:g} ({delay.low:g} to {delay.high:g}) {delay.unit}, because {delay.assumed}"
        return (*found, f"{delay.title}: {extent}")


def run(subject: Subject, demand: Demand, seed: int = 0) -> Result:
    """Simulate a day at a service, and draw its busiest minute with the seed. Needs numpy."""
    day = simulate(subject, demand, seed)
    result = Result(day, latency(day), None)
    return Result(day, result.latency, _draw(result, seed))


def _draw(result: Result, seed: int) -> Drawn | None:
    import numpy as np

    day, begin = result.day, result.busiest_minute
    running = int(day.running[begin])
    rate = float(day.completions[begin : begin + 60].mean()) / max(running, 1)
    if not running or not rate:
        return None
    task = day.subject.task(running)
    if rate > task.capacity * BUSIEST or day.running[begin : begin + 60].min() != running:
        return None
    warm = int(10 / (1 - rate / task.capacity) ** 2) if task.capacity < 1e9 else 10
    took = responses(task, rate, requests=DRAWN, seed=seed, warm=min(warm, 1000))
    p50, p95, p99 = (float(each) for each in np.quantile(took, (0.5, 0.95, 0.99)))
    return Drawn(DRAWN * COPIES, p50, p95, p99)


class LatencyData(TypedDict):
    """Milliseconds; null where nobody was answered."""

    mean: float | None
    p50: float | None
    p95: float | None
    p99: float | None


class DrawnData(TypedDict):
    """The busiest minute, request by request."""

    requests: int
    seed: int
    p50: float
    p95: float
    p99: float


class MinuteData(TypedDict):
    """One minute."""

    minute: int
    requests: float
    errors: float
    tasks: float
    cpu_percent: float
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None


class DecisionData(TypedDict):
    """What scaling did, or did not do. Seconds since the start."""

    at: int
    until: int
    kind: str
    before: int
    after: int
    reason: str


class ResultData(TypedDict):
    """A day of traffic as JSON."""

    service: str
    demand: str
    hours: float
    requests: float
    completed: float
    errors: float
    in_flight: float
    error_percent: float
    latency_ms: LatencyData
    busiest_minute: DrawnData | None
    tasks: dict[str, float]
    cpu_percent: dict[str, float]
    cost_usd: float | None
    minutes: list[MinuteData]
    decisions: list[DecisionData]
    assumptions: list[str]


def to_data(result: Result) -> ResultData:
    """The result as JSON data. Scripts depend on its shape."""
    day, drawn = result.day, result.drawn
    told = {f"p{percent}": _ms(result.latency.percentile(percent)) for percent in (50, 95, 99)}
    return {
        "service": day.subject.name,
        "demand": day.demand.written,
        "hours": round(len(day.arrivals) / 3600, 4),
        "requests": round(result.requests, 1),
        "completed": round(float(day.completions.sum()), 1),
        "errors": round(result.errors, 1),
        "in_flight": round(float(day.in_flight[-1]), 1),
        "error_percent": round(result.error_percent, 4),
        "latency_ms": {"mean": _ms(result.latency.mean), "p50": told["p50"], "p95": told["p95"], "p99": told["p99"]},
        "busiest_minute": {
            "requests": drawn.requests, "seed": day.seed, "p50": _ms(drawn.p50) or 0.0, "p95": _ms(drawn.p95) or 0.0,
            "p99": _ms(drawn.p99) or 0.0,
        } if drawn else None,
        "tasks": {
            "least": int(day.running.min()), "mean": round(float(day.running.mean()), 2), "most": int(day.running.max())
        },
        "cpu_percent": {"mean": round(result.cpu_mean, 2), "busiest": round(result.cpu_busiest, 2)},
        "cost_usd": None if result.cost is None else float(result.cost),
        "minutes": _minutes(result),
        "decisions": [decision_data(each) for each in day.decisions],
        "assumptions": list(result.assumptions),
    }  # fmt: skip


def decision_data(decision: Decision) -> DecisionData:
    """A decision as JSON data."""
    return {
        "at": decision.at,
        "until": decision.until,
        "kind": decision.kind,
        "before": decision.before,
        "after": decision.after,
        "reason": decision.reason,
    }


def _minutes(result: Result) -> list[MinuteData]:
    day = result.day
    length = len(day.arrivals) // 60 * 60
    requests, errors = (each[:length].reshape(-1, 60).sum(axis=1) for each in (day.arrivals, day.errors))
    tasks, cpu = (each[:length].reshape(-1, 60).mean(axis=1) for each in (day.running, day.cpu_percent))
    over_time = result.latency.over_time
    return [
        {
            "minute": minute,
            "requests": round(float(requests[minute]), 1),
            "errors": round(float(errors[minute]), 1),
            "tasks": round(float(tasks[minute]), 2),
            "cpu_percent": round(float(cpu[minute]), 1),
            "p50_ms": _ms(over_time["p50"][minute]),
            "p95_ms": _ms(over_time["p95"][minute]),
            "p99_ms": _ms(over_time["p99"][minute]),
        }
        for minute in range(len(requests))
    ]


def _ms(seconds: float) -> float | None:
    return None if seconds != seconds else round(float(seconds) * 1000, 1)
