"""The steps from the loss of a region until users can work again, read from the architecture that carries them out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from groundplan.catalog.recovery import Time, time
from groundplan.resources import Architecture
from groundplan.resources.automation import AutomationDocument
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.dns import DnsRecord, HealthCheck
from groundplan.resources.monitoring import CompositeAlarm, MetricExpression
from groundplan.resources.schedules import Schedule
from groundplan.resources.workloads import JobWorkload

By = Literal["Route 53", "CloudWatch", "EventBridge", "Systems Manager", "the services", "a person"]


@dataclass(frozen=True, slots=True)
class Seconds:
    """A time at the least, as expected and at the most."""

    low: int
    expected: int
    high: int

    def __add__(self, other: Seconds) -> Seconds:
        return Seconds(self.low + other.low, self.expected + other.expected, self.high + other.high)

    def at_least(self, other: Seconds) -> Seconds:
        """The longer of both, in each case."""
        return Seconds(max(self.low, other.low), max(self.expected, other.expected), max(self.high, other.high))


@dataclass(frozen=True, slots=True)
class Step:
    """One step. It begins when all that it comes ``after`` have ended."""

    name: str
    what: str
    by: By
    seconds: Seconds | None
    """None: a person does it, and nobody knows how long that takes."""
    after: tuple[str, ...] = ()
    waited_for: bool = True
    """Whether users wait for it."""
    sources: tuple[str, ...] = ()
    """Page and date of each figure, and what was assumed."""


def promotion_steps(architecture: Architecture) -> tuple[Step, ...]:
    """The steps in order; empty where the environment has no standby."""
    if architecture.standby is None:
        return ()
    return tuple(_steps(architecture))


def _steps(architecture: Architecture) -> Iterator[Step]:
    yield from _domains(architecture)
    replicas = _replicas(architecture)
    document = next(iter(architecture.of(AutomationDocument)), None)
    if not replicas or document is None:
        return
    yield from _decision(architecture)
    names = [step["name"] for step in _main_steps(document)]
    event = time("event")
    automatic = _alarm(architecture) is not None
    if automatic:
        yield Step(
            "start",
            "The alarm starts the automation document",
            "EventBridge",
            _seconds(event),
            ("requests", "left behind"),
            sources=_sources(event),
        )
    else:
        yield Step("start", "Somebody starts the automation document", "a person", None, ("domains",))
    if any(name.startswith(("Nodes_", "UpdateService_", "RegisterScalableTarget_")) for name in names):
        capacity = time("capacity")
        yield Step(
            "capacity",
            "Nodes or tasks become as many as the environment had; users are served by those that run",
            "Systems Manager",
            _seconds(capacity),
            ("start",),
            waited_for=False,
            sources=_sources(capacity),
        )
    before: tuple[str, ...] = ("start",)
    if "TakeOver" in names:
        call = time("api_call")
        yield Step(
            "take over",
            "The standby says that it has taken over: the domains stay with it",
            "Systems Manager",
            _seconds(call),
            before,
            sources=_sources(call),
        )
        before = ("take over",)
    promotion = time("promotion")
    what = ", ".join(replica.identifier for replica in replicas)
    yield Step(
        "promote",
        f"{what}: promoted all at once, each then takes writes",
        "Systems Manager",
        _seconds(promotion),
        before,
        sources=_sources(promotion),
    )
    again = time("reconnect")
    yield Step(
        "reconnect",
        "The services write again; the databases' host names have stayed",
        "the services",
        _seconds(again),
        ("promote",),
        sources=_sources(again),
    )
    jobs = _jobs(architecture)
    if jobs:
        yield Step(
            "jobs",
            f"Somebody switches on what would have been done twice until now: {', '.join(jobs)}",
            "a person",
            None,
            ("promote",),
            waited_for=False,
        )
    if any(name.startswith("MultiAz_") for name in names):
        yield Step(
            "second zone",
            "The databases get their instance in a second zone; they work meanwhile",
            "Systems Manager",
            None,
            ("promote",),
            waited_for=False,
        )


def _domains(architecture: Architecture) -> Iterator[Step]:
    checks = [check for check in architecture.of(HealthCheck) if not check.inverted]
    if not checks or not any(record.failover == "SECONDARY" for record in architecture.of(DnsRecord)):
        yield Step("domains", "Somebody leads the domains to the standby's load balancer", "a person", None)
        return
    intervals = max(check.request_interval for check in checks)
    failures = max(check.failure_threshold for check in checks)
    rule = f"{failures} bad answers in a row, one every {intervals} seconds"
    page = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html"
    yield Step(
        "health",
        f"The environment counts as failed: {rule}",
        "Route 53",
        Seconds((failures - 1) * intervals, failures * intervals, (failures + 1) * intervals),
        sources=(page,),
    )
    answer = time("dns_answer")
    yield Step(
        "domains",
        "The domains lead to the standby, as soon as resolvers ask again; what only reads works there from now on",
        "Route 53",
        _seconds(answer),
        ("health",),
        sources=_sources(answer),
    )


def _decision(architecture: Architecture) -> Iterator[Step]:
    """What the composite alarm waits for: its parts are the requests, and a lag for each database."""
    composite = _alarm(architecture)
    if composite is None:
        return
    parts = [architecture[ref] for ref in composite.alarms]
    evaluated = time("alarm")
    for name, lag in (("requests", False), ("left behind", True)):
        ours = [alarm for alarm in parts if isinstance(alarm.metric, MetricExpression) is lag]
        lasting = max((alarm.period * alarm.evaluation_periods for alarm in ours), default=0)
        seconds = Seconds(lasting, lasting, lasting) + _seconds(evaluated)
        if not lag:
            what = f"Requests have arrived at the standby in each of {lasting // 60} minutes"
            yield Step(name, what, "CloudWatch", seconds, ("domains",), sources=_sources(evaluated))
            continue
        idle = time("idle_primary")
        yield Step(
            name,
            "No database gets anything from its primary any more: as long as one does, nothing is promoted",
            "CloudWatch",
            seconds + _seconds(idle),
            sources=(*_sources(idle), *_sources(evaluated)),
        )


def _alarm(architecture: Architecture) -> CompositeAlarm | None:
    """What starts the promotion: the composite alarm in the standby's region. None: a person does."""
    found = (item for item in architecture.of(CompositeAlarm) if item.region is not None and item.operator == "AND")
    return next(found, None)


def _jobs(architecture: Architecture) -> list[str]:
    """Jobs that the environment runs and the standby has switched off."""
    standby = architecture.standby
    assert standby is not None
    off = {item.name for item in standby.of(Schedule) if item.state == "DISABLED"}
    off |= {item.name for item in standby.workloads if isinstance(item, JobWorkload) and not item.enabled}
    on = {item.name for item in architecture.of(Schedule) if item.region is None and item.state == "ENABLED"}
    on |= {item.name for item in architecture.workloads if isinstance(item, JobWorkload) and item.enabled}
    return sorted(off & on)


def _replicas(architecture: Architecture) -> list[DatabaseInstance]:
    """The databases of the standby: replicas of another region's."""
    return [
        item
        for item in architecture.of(DatabaseInstance)
        if item.source is not None and item.region != architecture[item.source].region
    ]


def _main_steps(document: AutomationDocument) -> list[dict[str, str]]:
    steps = document.content.content["mainSteps"]
    assert isinstance(steps, list)
    return [{"name": str(step["name"])} for step in steps if isinstance(step, dict)]


def _seconds(known: Time) -> Seconds:
    return Seconds(known.low, known.expected, known.high)


def _sources(known: Time) -> tuple[str, ...]:
    said = f"{known.source.page} ({known.source.date})"
    return (f"{said}; assumed: {known.assumed}" if known.assumed else said,)
