"""The steps from the loss of a region until users can work again, read from the architecture that carries them out."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.recovery.steps import NOTHING_GIVEN, Given, Seconds, Step
from groundplan.resources import Architecture
from groundplan.resources.automation import AutomationDocument
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.dns import DnsRecord, HealthCheck
from groundplan.resources.monitoring import CompositeAlarm, MetricExpression
from groundplan.resources.schedules import Schedule
from groundplan.resources.workloads import JobWorkload


def promotion_steps(architecture: Architecture, given: Given = NOTHING_GIVEN) -> tuple[Step, ...]:
    """The steps in order; empty where the environment has no standby."""
    if architecture.standby is None:
        return ()
    return tuple(_steps(architecture, given))


def _steps(architecture: Architecture, given: Given) -> Iterator[Step]:
    yield from _domains(architecture, given)
    replicas = _replicas(architecture)
    document = next(iter(architecture.of(AutomationDocument)), None)
    if not replicas or document is None:
        return
    yield from _decision(architecture, given)
    names = [step["name"] for step in _main_steps(document)]
    if _alarm(architecture) is not None:
        what = "The alarm starts the automation document"
        yield given.step("start", what, "EventBridge", "event", after=("requests", "left behind"))
    else:
        by_hand = "standby.promote: true, which needs nobody"
        yield given.person("start", "Somebody starts the automation document", after=("domains",), remedy=by_hand)
    if any(name.startswith(("Nodes_", "UpdateService_", "RegisterScalableTarget_")) for name in names):
        what = "Nodes or tasks become as many as the environment had; users are served by those that run"
        yield given.step("capacity", what, "Systems Manager", "capacity", after=("start",), waited_for=False)
    before: tuple[str, ...] = ("start",)
    if "TakeOver" in names:
        what = "The standby says that it has taken over: the domains stay with it"
        yield given.step("take over", what, "Systems Manager", "api_call", after=before)
        before = ("take over",)
    what = ", ".join(replica.identifier for replica in replicas)
    yield given.step(
        "promote",
        f"{what}: promoted all at once, each then takes writes",
        "Systems Manager",
        "promotion",
        after=before,
        remedy="objectives.measured.promotion, once a drill has measured it",
    )
    what = "The services write again; the databases' host names have stayed"
    yield given.step("reconnect", what, "the services", "reconnect", after=("promote",))
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


def _domains(architecture: Architecture, given: Given) -> Iterator[Step]:
    checks = [check for check in architecture.of(HealthCheck) if not check.inverted]
    if not checks or not any(record.failover == "SECONDARY" for record in architecture.of(DnsRecord)):
        yield given.person("domains", "Somebody leads the domains to the standby's load balancer")
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
        remedy="standby.health: 10s" if intervals > 10 else "",
    )
    what = "The domains lead to the standby, as soon as resolvers ask again; what only reads works there from now on"
    yield given.step("domains", what, "Route 53", "dns_answer", after=("health",))


def _decision(architecture: Architecture, given: Given) -> Iterator[Step]:
    """What the composite alarm waits for: its parts are the requests, and a lag for each database."""
    composite = _alarm(architecture)
    if composite is None:
        return
    parts = [architecture[ref] for ref in composite.alarms]
    for name, lag in (("requests", False), ("left behind", True)):
        ours = [alarm for alarm in parts if isinstance(alarm.metric, MetricExpression) is lag]
        lasting = max((alarm.period * alarm.evaluation_periods for alarm in ours), default=0)
        seconds = Seconds(lasting, lasting, lasting) + given.time("alarm")
        if not lag:
            what = f"Requests have arrived at the standby in each of {lasting // 60} minutes"
            remedy = "standby.after shorter" if lasting > 60 else ""
            sources = given.sources("alarm")
            yield Step(name, what, "CloudWatch", seconds, ("domains",), sources=sources, remedy=remedy, keys=("alarm",))
            continue
        yield Step(
            name,
            "No database gets anything from its primary any more: as long as one does, nothing is promoted",
            "CloudWatch",
            seconds + given.time("idle_primary"),
            sources=given.sources("idle_primary", "alarm"),
            keys=("idle_primary", "alarm"),
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
