"""The off-hours of a running environment: when it stops and starts next, a pause, and both of them now.

A pause moves the moment from which a stop counts (``StartDate`` of a schedule, ``StartTime`` of a scheduled action), so
that AWS ends it by itself. Templates say nothing of that moment: no deployment takes a pause back unless it changes the
schedule itself, and none is shown as drift. What starts is never paused: it does nothing to what runs already.

Sources: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_UpdateSchedule.html and
https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScheduledAction.html
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from groundplan.errors import DeploymentError, EnvironmentalError, InputError
from groundplan.operations.events import Report
from groundplan.resources import Architecture, Resource
from groundplan.resources.containers import EcsCluster, EcsService
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance
from groundplan.resources.edge import LoadBalancer
from groundplan.resources.kubernetes import KubernetesCluster
from groundplan.resources.network import NatGateway
from groundplan.resources.scaling import ScalableTarget, ScheduledAction
from groundplan.resources.schedules import ApiSchedule, ScheduleGroup
from groundplan.resources.values import Ref
from groundplan.targets.connection import Connection, explained
from groundplan.targets.universal import call

if TYPE_CHECKING:
    from mypy_boto3_scheduler.type_defs import GetScheduleOutputTypeDef

Verb = Literal["stop", "start"]

_GROUP = Ref(ScheduleGroup, "off_hours")
_DIMENSION: Literal["ecs:service:DesiredCount"] = "ecs:service:DesiredCount"
_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_STOPS = ("stop", "silence")
_UNBOUNDED: tuple[tuple[type[Resource], str], ...] = (
    (KubernetesCluster, "an EKS control plane cannot be stopped"),
    (CacheReplicationGroup, "ElastiCache cannot be stopped"),
    (LoadBalancer, "a load balancer cannot be stopped"),
    (NatGateway, "a NAT gateway cannot be stopped"),
)
"""What costs by the hour and cannot be stopped."""
SEVEN_DAYS = (
    "RDS starts a stopped instance by itself after seven days. The stop runs every evening, also where nothing was "
    "started in the morning, so that none is stopped for that long"
)
"""Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_StopInstance.html"""
LONGEST = timedelta(days=31)
"""Of a pause: who wants more means off_hours: null."""
_STARTING = 1800.0
"""Seconds that databases may take to start."""


@dataclass(frozen=True)
class Entry:
    """One schedule or scheduled action."""

    name: str
    verb: Verb
    what: str
    """What it does, in a sentence."""
    expression: str
    """``cron(0 20 * * ? *)``."""
    timezone: str
    schedule: ApiSchedule | None = None
    target: ScalableTarget | None = None
    action: ScheduledAction | None = None


@dataclass(frozen=True)
class Shown:
    """An entry, and what AWS says of it."""

    entry: Entry
    deployed: bool
    disabled: bool
    """Whether somebody switched it off by hand."""
    paused_until: datetime | None
    next: datetime | None
    """When it acts next; None: not as things are."""


def entries(architecture: Architecture) -> tuple[Entry, ...]:
    """Every schedule of the environment's off-hours, stops first. Empty where it has none."""
    found = [
        Entry(
            item.schedule_name,
            "stop" if item.name.startswith(_STOPS) else "start",
            item.description,
            item.schedule_expression,
            item.schedule_expression_timezone,
            schedule=item,
        )
        for item in architecture.of(ApiSchedule)
        if item.group == _GROUP
    ]
    for target in architecture.of(ScalableTarget):
        service = architecture[target.service]
        for action in target.scheduled_actions:
            verb: Verb = "stop" if action.max_capacity == 0 else "start"
            what = f"Lets {service.service_name} have {action.min_capacity} to {action.max_capacity} tasks"
            name = f"{service.service_name}: {action.scheduled_action_name}"
            found.append(Entry(name, verb, what, action.schedule, action.timezone, target=target, action=action))
    return tuple(sorted(found, key=lambda entry: (entry.verb != "stop", entry.schedule is None, entry.name)))


def require(architecture: Architecture) -> tuple[Entry, ...]:
    """The schedules. Raises InputError where the environment is never stopped."""
    found = entries(architecture)
    if not found:
        raise InputError(
            f'{architecture.stage} has no off-hours: write off_hours: {{stop: "20:00", start: "07:00"}}, and deploy'
        )
    return found


def stays_on(architecture: Architecture) -> tuple[str, ...]:
    """What runs and costs all the time, with the reason."""
    found = []
    for kind, why in _UNBOUNDED:
        names = [item.address for item in architecture.of(kind)]
        if names:
            found.append(f"{', '.join(names)}: {why}")
    found.append("storage, secrets, keys, addresses and logs are paid for as long as they exist")
    if any(architecture.of(DatabaseInstance)):
        found.append(SEVEN_DAYS)
    return tuple(found)


def show(connection: Connection, architecture: Architecture, now: datetime) -> tuple[Shown, ...]:
    """Every schedule as it is deployed, and when it acts next."""
    return tuple(_shown(connection, architecture, entry, now) for entry in require(architecture))


def _shown(connection: Connection, architecture: Architecture, entry: Entry, now: datetime) -> Shown:
    begins: datetime | None = None
    disabled = False
    if entry.schedule is not None:
        found = _schedule(connection, architecture, entry)
        if found is None:
            return Shown(entry, False, False, None, None)
        begins, disabled = found.get("StartDate"), found["State"] == "DISABLED"
    else:
        assert entry.action is not None
        begins = _actions(connection, architecture, entry).get(entry.action.scheduled_action_name)
        if begins is None:
            return Shown(entry, False, False, None, None)
    paused = begins.astimezone(ZoneInfo(entry.timezone)) if begins is not None and begins > now else None
    upcoming = None if disabled else following(entry.expression, entry.timezone, paused or now)
    return Shown(entry, True, disabled, paused, upcoming)


def _schedule(connection: Connection, architecture: Architecture, entry: Entry) -> GetScheduleOutputTypeDef | None:
    from botocore.exceptions import ClientError

    with explained(f"Reading the schedule {entry.name}"):
        try:
            return connection.scheduler(architecture.region).get_schedule(
                Name=entry.name, GroupName=architecture[_GROUP].group_name
            )
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") == "ResourceNotFoundException":
                return None
            raise


def _resource_id(architecture: Architecture, target: ScalableTarget) -> str:
    cluster: EcsCluster = architecture[target.cluster]
    service: EcsService = architecture[target.service]
    return f"service/{cluster.cluster_name}/{service.service_name}"


_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""For an action that is not paused."""


def _actions(connection: Connection, architecture: Architecture, entry: Entry) -> dict[str, datetime]:
    """The scheduled actions of a service by name, with the moment from which they count."""
    assert entry.target is not None
    with explained(f"Reading the scheduled actions of {entry.name}"):
        answer = connection.application_autoscaling(architecture.region).describe_scheduled_actions(
            ServiceNamespace="ecs",
            ResourceId=_resource_id(architecture, entry.target),
            ScalableDimension=_DIMENSION,
        )
    return {item["ScheduledActionName"]: item.get("StartTime", _NEVER) for item in answer["ScheduledActions"]}


def moment(written: str, timezone: str, now: datetime) -> datetime:
    """The moment that ``8h``, ``3d`` or ``2026-12-01T18:00`` stands for, by the clock of a time zone.

    Raises InputError for anything else.
    """
    zone = ZoneInfo(timezone)
    found = re.fullmatch(r"(\d{1,4})([mhd])", written)
    if found:
        length = int(found[1])
        passing = {"m": timedelta(minutes=length), "h": timedelta(hours=length), "d": timedelta(days=length)}
        return (now + passing[found[2]]).astimezone(zone).replace(microsecond=0)
    try:
        read = datetime.fromisoformat(written)
    except ValueError:
        raise InputError(f'"{written}" is no time: write 8h, 3d, or 2026-12-01T18:00') from None
    return (read if read.tzinfo else read.replace(tzinfo=zone)).astimezone(zone)


def pause(connection: Connection, architecture: Architecture, until: datetime, now: datetime) -> int:
    """Let nothing stop before ``until``. Returns how many stops were moved.

    Raises InputError where ``until`` has passed or is too far away, DeploymentError where a schedule is not deployed.
    """
    if until <= now:
        raise InputError(f"{until.isoformat(timespec='minutes')} has passed")
    if until - now > LONGEST:
        raise InputError(f"a pause lasts {LONGEST.days} days at most; for longer write off_hours: null, and deploy")
    return _move(connection, architecture, until)


def resume(connection: Connection, architecture: Architecture) -> int:
    """End a pause. Returns how many stops count again from now on."""
    return _move(connection, architecture, None)


def _move(connection: Connection, architecture: Architecture, until: datetime | None) -> int:
    moved = 0
    for entry in require(architecture):
        if entry.verb != "stop":
            continue
        if entry.schedule is not None:
            _move_schedule(connection, architecture, entry, until)
        else:
            _move_action(connection, architecture, entry, until)
        moved += 1
    return moved


def _move_schedule(connection: Connection, architecture: Architecture, entry: Entry, until: datetime | None) -> None:
    found = _schedule(connection, architecture, entry)
    if found is None:
        raise DeploymentError(f"the schedule {entry.name} is not deployed: `groundplan deploy` makes it")
    kept = {
        key: value
        for key, value in found.items()
        if key
        in ("Description", "EndDate", "FlexibleTimeWindow", "GroupName", "KmsKeyArn", "Name", "ScheduleExpression",
            "ScheduleExpressionTimezone", "State", "Target", "ActionAfterCompletion")
    }  # fmt: skip
    if until is not None:
        kept["StartDate"] = until
    with explained(f"Changing the schedule {entry.name}"):
        connection.scheduler(architecture.region).update_schedule(**kept)  # type: ignore[arg-type]  # what EventBridge Scheduler has told


def _move_action(connection: Connection, architecture: Architecture, entry: Entry, until: datetime | None) -> None:
    """What is not said of a scheduled action when it is put again is deleted: the start time ends so."""
    assert entry.target is not None
    assert entry.action is not None
    action = entry.action
    if action.scheduled_action_name not in _actions(connection, architecture, entry):
        raise DeploymentError(f"the scheduled action {entry.name} is not deployed: `groundplan deploy` makes it")
    client = connection.application_autoscaling(architecture.region)
    with explained(f"Changing the scheduled action {entry.name}"):
        begins = {} if until is None else {"StartTime": until}
        client.put_scheduled_action(
            ServiceNamespace="ecs",
            ScheduledActionName=action.scheduled_action_name,
            ResourceId=_resource_id(architecture, entry.target),
            ScalableDimension=_DIMENSION,
            Schedule=action.schedule,
            Timezone=action.timezone,
            ScalableTargetAction={"MinCapacity": action.min_capacity, "MaxCapacity": action.max_capacity},
            **begins,
        )


def act(
    connection: Connection,
    architecture: Architecture,
    verb: Verb,
    report: Report,
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> tuple[str, ...]:
    """Stop or start now, by the very calls that the schedules make. Returns what was done, in order.

    Databases stop last, and start first: what asks them is started once they are there. Raises DeploymentError where a
    schedule is not deployed or a database does not start, EnvironmentalError where AWS refuses.
    """
    chosen = [entry for entry in require(architecture) if entry.verb == verb and "-again-" not in entry.name]
    chosen.sort(key=lambda entry: _is_database(entry) is (verb == "stop"))
    done, waited = [], False
    for entry in chosen:
        if verb == "start" and not waited and not _is_database(entry):
            _wait_for_databases(connection, architecture, report, sleep)
            waited = True
        done.append(_call(connection, architecture, entry))
        report(done[-1])
    return tuple(done)


def _is_database(entry: Entry) -> bool:
    return entry.schedule is not None and entry.schedule.service == "rds"


def _call(connection: Connection, architecture: Architecture, entry: Entry) -> str:
    if entry.schedule is None:
        assert entry.target is not None
        assert entry.action is not None
        with explained(f"Scaling {entry.name}"):
            connection.application_autoscaling(architecture.region).register_scalable_target(
                ServiceNamespace="ecs",
                ResourceId=_resource_id(architecture, entry.target),
                ScalableDimension=_DIMENSION,
                MinCapacity=entry.action.min_capacity,
                MaxCapacity=entry.action.max_capacity,
            )
        return entry.what
    found = _schedule(connection, architecture, entry)
    if found is None:
        raise DeploymentError(f"the schedule {entry.name} is not deployed: `groundplan deploy` makes it")
    from botocore.exceptions import ClientError

    with explained(entry.what):
        try:
            parameters = json.loads(found["Target"].get("Input", "{}"))
            call(connection, architecture.region, entry.schedule.service, entry.schedule.operation, parameters)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in ("InvalidDBInstanceState", "InvalidDBInstanceStateFault"):
                return f"{entry.what}: it is so already, or on its way"
            raise
    return entry.what


def _wait_for_databases(
    connection: Connection, architecture: Architecture, report: Report, sleep: Callable[[float], None]
) -> None:
    names = [item.identifier for item in architecture.of(DatabaseInstance) if item.region is None]
    if not names:
        return
    begun = time.monotonic()
    while True:
        with explained("Reading the databases"):
            pages = connection.rds(architecture.region).get_paginator("describe_db_instances").paginate()
            found = [item for page in pages for item in page["DBInstances"]]
        states = {item["DBInstanceIdentifier"]: item["DBInstanceStatus"] for item in found}
        missing = [name for name in names if states.get(name) != "available"]
        if not missing:
            return
        if time.monotonic() - begun > _STARTING:
            raise DeploymentError(f"{', '.join(missing)}: not available after {_STARTING / 60:.0f} minutes")
        report(f"waiting: {', '.join(f'{name} is {states.get(name)}' for name in missing)}", passing=True)
        sleep(connection.poll_seconds)


def following(expression: str, timezone: str, after: datetime) -> datetime | None:
    """When an expression of ours is due next after a moment: ``cron(0 7 ? * MON,TUE *)`` or ``cron(0 20 * * ? *)``.

    A time that the clock leaves out in spring is skipped, as EventBridge Scheduler does. Raises EnvironmentalError for
    an expression of another form.
    """
    found = re.fullmatch(r"cron\((\d+) (\d+) (?:\*|\?) \* (\?|[A-Z,]+) \*\)", expression)
    if not found:
        raise EnvironmentalError(f"{expression} is no schedule of off-hours")
    days = set(range(7)) if found[3] == "?" else {_DAYS.index(day) for day in found[3].split(",")}
    zone = ZoneInfo(timezone)
    for local in _days(after.astimezone(zone).date(), int(found[2]), int(found[1])):
        if local.weekday() not in days:
            continue
        aware = local.replace(tzinfo=zone)
        real = aware.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local
        if real and aware.astimezone(UTC) > after.astimezone(UTC):
            return aware
    return None


def _days(first: date, hour: int, minute: int) -> Iterator[datetime]:
    for offset in range(16):
        yield datetime(first.year, first.month, first.day, hour, minute) + timedelta(days=offset)
