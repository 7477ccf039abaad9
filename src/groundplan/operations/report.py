"""An environment on one screen: each part is read by itself, and one that cannot be read does not take the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Generic, TypeVar

from groundplan.errors import GroundplanError
from groundplan.operations.drills.looks import describe_services, ecs_services
from groundplan.operations.stacks import DeployedStack, collected_outputs, survey
from groundplan.resources import Architecture
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.monitoring import Alarm, Budget, CompositeAlarm
from groundplan.targets.connection import Connection, explained

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch.literals import AlarmTypeType
    from mypy_boto3_ecs.type_defs import ServiceTypeDef

    from groundplan.blueprint.loading import LoadedEnvironment
    from groundplan.checks import Summary
    from groundplan.engines.cloudformation import Rendering
    from groundplan.operations.backup.found import Backups
    from groundplan.operations.lock import Holder
    from groundplan.operations.off_hours import Shown
    from groundplan.operations.record import Record

T = TypeVar("T")
_AT_ONCE = 8
DEPLOYS = 5
"""How many of the last operations are shown."""
_ALARMS_OF_A_CALL = 100
"""Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html"""


@dataclass(frozen=True)
class Part(Generic[T]):
    """One part of the report."""

    value: T | None
    unknown: str = ""
    """Why it is not known; empty: it is."""


@dataclass(frozen=True)
class Stacks:
    """The stacks of the blueprint, and those that it no longer asks for."""

    wanted: tuple[DeployedStack, ...]
    left: tuple[DeployedStack, ...]
    outputs: Mapping[str, str]


@dataclass(frozen=True)
class Service:
    """A service of ECS."""

    name: str
    running: int
    desired: int
    pending: int
    images: tuple[str, ...]
    """Of its containers."""
    rollout: str
    """``COMPLETED``, ``IN_PROGRESS`` or ``FAILED``."""


@dataclass(frozen=True)
class Alarms:
    """How many alarms are in which state, and which of them are on."""

    on: tuple[str, ...]
    ok: int
    without_data: int
    missing: tuple[str, ...]
    """Not deployed."""


@dataclass(frozen=True)
class Cost:
    """What this month has cost until now."""

    actual: float
    budget: float
    forecast: float | None
    """For the whole month; None: AWS has too little to go by."""


@dataclass(frozen=True)
class Status:
    """Everything."""

    stacks: Part[Stacks]
    services: Part[tuple[Service, ...]]
    databases: Part[Mapping[str, str]]
    alarms: Part[Alarms]
    backups: Part[Backups]
    cost: Part[Cost]
    findings: Part[Summary]
    deploys: Part[tuple[Record, ...]]
    working: Part[tuple[Holder, ...]]
    """Who is at work on it just now; no value: nobody."""
    beside: Part[tuple[str, ...]]
    """What is left to do beside the stacks."""
    schedules: Part[tuple[Shown, ...]] = field(default_factory=lambda: Part(()))

    @property
    def unknown(self) -> Mapping[str, str]:
        """The parts that are not known, with the reason."""
        return {name: part.unknown for name, part in vars(self).items() if isinstance(part, Part) and part.unknown}


def collect(
    connection: Connection,
    loaded: LoadedEnvironment,
    architecture: Architecture,
    rendering: Rendering | None,
    now: datetime,
    *,
    costs: Callable[[], Part[Cost]] | None = None,
) -> Status:
    """Read every part. ``rendering`` is None where Terraform deploys: it has no stacks.

    ``costs`` answers instead of AWS Budgets, which is asked where it is None. Budgets and everything else that is read
    here has no charge.
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:

        def part(read: Callable[[], T]) -> Callable[[], Part[T]]:
            return pool.submit(_part, read).result

        stacks = part(lambda: _stacks(connection, architecture, rendering))
        services = part(lambda: _services(connection, architecture))
        databases = part(lambda: _databases(connection, architecture))
        alarms = part(lambda: _alarms(connection, architecture))
        backups = part(lambda: _backups(connection, architecture))
        findings = part(lambda: _findings(loaded, architecture))
        deploys = part(lambda: _deploys(connection, architecture))
        working = part(lambda: _working(connection, architecture))
        beside = part(lambda: _beside(connection, architecture, rendering))
        schedules = part(lambda: _schedules(connection, architecture, now))
        cost = costs() if costs else _part(lambda: _cost(connection, architecture))
        return Status(
            stacks=stacks(),
            services=services(),
            databases=databases(),
            alarms=alarms(),
            backups=backups(),
            cost=cost,
            findings=findings(),
            deploys=deploys(),
            working=working(),
            beside=beside(),
            schedules=schedules(),
        )


class _UnknownError(Exception):
    """A part that nothing can be said of, with the reason."""


def _part(read: Callable[[], T]) -> Part[T]:
    try:
        return Part(read())
    except (GroundplanError, _UnknownError) as error:
        return Part(None, str(error))


def _stacks(connection: Connection, architecture: Architecture, rendering: Rendering | None) -> Stacks:
    if rendering is None:
        raise _UnknownError("Terraform deploys this environment, and makes no stacks")
    found = survey(connection, architecture, rendering.stacks)
    outputs = collected_outputs(architecture, {name: stack.outputs for name, stack in found.wanted.items()})
    return Stacks(tuple(found.wanted.values()), tuple(found.leftover), outputs)


def _services(connection: Connection, architecture: Architecture) -> tuple[Service, ...]:
    if architecture.workloads:
        raise _UnknownError("they run on EKS: `groundplan kubernetes status` shows them")
    described = describe_services(connection, architecture, ecs_services(architecture))
    missing = [
        Service(name, 0, item.desired_count, 0, (), "not deployed")
        for item in ecs_services(architecture)
        if (name := item.name.replace("_", "-")) not in described
    ]
    return (*(_service(connection, architecture, name, item) for name, item in described.items()), *missing)


def _service(connection: Connection, architecture: Architecture, name: str, item: ServiceTypeDef) -> Service:
    images: tuple[str, ...] = ()
    definition = item.get("taskDefinition")
    if definition:
        with explained(f"Reading the task definition of {name}"):
            answer = connection.ecs(architecture.region).describe_task_definition(taskDefinition=definition)
        images = tuple(
            container.get("image", "") for container in answer["taskDefinition"].get("containerDefinitions", ())
        )
    rollout = next((one.get("rolloutState", "") for one in item.get("deployments", ())), "")
    return Service(name, item["runningCount"], item["desiredCount"], item.get("pendingCount", 0), images, rollout)


def _databases(connection: Connection, architecture: Architecture) -> Mapping[str, str]:
    ours = {item.identifier: item for item in architecture.of(DatabaseInstance)}
    states: dict[str, str] = {}
    for region in sorted({item.region or architecture.region for item in ours.values()}):
        with explained("Reading the databases"):
            pages = connection.rds(region).get_paginator("describe_db_instances").paginate()
            for page in pages:
                for item in page["DBInstances"]:
                    states[item["DBInstanceIdentifier"]] = item["DBInstanceStatus"]
    return {item.name.replace("_", "-"): states.get(name, "not deployed") for name, item in ours.items()}


def _alarms(connection: Connection, architecture: Architecture) -> Alarms:
    wanted: dict[tuple[str, AlarmTypeType], list[str]] = {}
    for alarm in architecture.of(Alarm):
        wanted.setdefault((alarm.region or architecture.region, "MetricAlarm"), []).append(alarm.alarm_name)
    for composite in architecture.of(CompositeAlarm):
        wanted.setdefault((composite.region or architecture.region, "CompositeAlarm"), []).append(composite.alarm_name)
    states: dict[str, str] = {}
    for (region, kind), names in wanted.items():
        for first in range(0, len(names), _ALARMS_OF_A_CALL):
            with explained("Reading the alarms"):
                answer = connection.cloudwatch(region).describe_alarms(
                    AlarmNames=names[first : first + _ALARMS_OF_A_CALL], AlarmTypes=[kind]
                )
            for found in (*answer.get("MetricAlarms", ()), *answer.get("CompositeAlarms", ())):
                states[found.get("AlarmName", "")] = found.get("StateValue", "")
    values = list(states.values())
    return Alarms(
        on=tuple(sorted(name for name, state in states.items() if state == "ALARM")),
        ok=values.count("OK"),
        without_data=values.count("INSUFFICIENT_DATA"),
        missing=tuple(name for names in wanted.values() for name in names if name not in states),
    )


def _backups(connection: Connection, architecture: Architecture) -> Backups:
    from groundplan.operations.backup.found import find_backups

    return find_backups(connection, architecture)


def _cost(connection: Connection, architecture: Architecture) -> Cost:
    """AWS Budgets counts what carries the environment's tags, and is asked without a charge.

    Source: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_DescribeBudget.html
    """
    if connection.target == "local":
        raise _UnknownError("the local AWS charges nothing")
    budget = next(iter(architecture.of(Budget)), None)
    if budget is None:
        raise _UnknownError("there is no budget; `groundplan cost --actual` asks Cost Explorer, for about 0.02 USD")
    account = _account(connection, architecture)
    with explained("Reading the budget"):
        spend = (
            connection.budgets(architecture.region)
            .describe_budget(AccountId=account, BudgetName=budget.budget_name)["Budget"]
            .get("CalculatedSpend")
        )
    if spend is None:
        raise _UnknownError("AWS Budgets has counted nothing yet")
    forecast = spend.get("ForecastedSpend")
    return Cost(
        actual=float(spend["ActualSpend"]["Amount"]),
        budget=float(budget.limit_usd),
        forecast=float(forecast["Amount"]) if forecast else None,
    )


def _account(connection: Connection, architecture: Architecture) -> str:
    with explained("Asking AWS who you are"):
        return connection.sts(architecture.region).get_caller_identity()["Account"]


def _findings(loaded: LoadedEnvironment, architecture: Architecture) -> Summary:
    from groundplan.checks import examine

    return examine(loaded, architecture).summary


def _deploys(connection: Connection, architecture: Architecture) -> tuple[Record, ...]:
    from groundplan.operations.record import history

    return tuple(history(connection, architecture)[:DEPLOYS])


def _working(connection: Connection, architecture: Architecture) -> tuple[Holder, ...]:
    from groundplan.operations.lock import look

    return tuple(look(connection, architecture))


def _beside(connection: Connection, architecture: Architecture, rendering: Rendering | None) -> tuple[str, ...]:
    if rendering is None or not rendering.beside:
        return ()
    from groundplan.operations.direct.step import Reach
    from groundplan.operations.direct.steps import plan

    regions = {architecture.region, *(stack.region for stack in rendering.stacks)}
    return tuple(f"{step.address}: {step.why}" for step in plan(Reach(connection, architecture), regions))


def _schedules(connection: Connection, architecture: Architecture, now: datetime) -> tuple[Shown, ...]:
    from groundplan.operations import off_hours

    return off_hours.show(connection, architecture, now) if off_hours.entries(architecture) else ()
