"""Off-hours: schedules that stop what AWS can stop, and start it again.

Sources: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html,
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_StopInstance.html,
https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdateNodegroupConfig.html and
https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-scheduled-scaling.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from groundplan.blueprint.calendar import Calendar
from groundplan.blueprint.off_hours import ALARMS_AGAIN, DATABASE_LEAD, STOP_AGAIN
from groundplan.blueprint.off_hours import OffHours as OffHoursSpec
from groundplan.design import queues
from groundplan.design.access import add_role
from groundplan.design.alarms import add_alarm
from groundplan.design.draft import Draft, identifier
from groundplan.design.encryption import same_account
from groundplan.record import replace
from groundplan.resources.base import Resource
from groundplan.resources.compute import AutoScalingGroup
from groundplan.resources.containers import EcsService
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.kubernetes import NodeGroup
from groundplan.resources.messaging import Queue
from groundplan.resources.monitoring import Alarm, CompositeAlarm, Metric, MetricExpression
from groundplan.resources.off_hours import OffHours
from groundplan.resources.policies import Condition, Statement, service_trust
from groundplan.resources.scaling import ScalableTarget, ScheduledAction
from groundplan.resources.schedules import ApiSchedule, ScheduleGroup
from groundplan.resources.security import Role
from groundplan.resources.values import Json, JsonDocument, Pseudo, Ref, Textual, text

GROUP = Ref(ScheduleGroup, "off_hours")
ROLE = Ref(Role, "off_hours")
NOT_STARTED = Ref(Queue, "off_hours_not_started")
"""Where EventBridge Scheduler tells what it could not start, and why."""
PATH = "off_hours"
STOPPED_NAMESPACES = frozenset(
    {"AWS/ECS", "ECS/ContainerInsights", "ContainerInsights", "AWS/EKS", "AWS/RDS", "AWS/SQS", "AWS/ApplicationELB"}
)
"""Whose metrics speak of what is stopped, or of what waits for it."""
ALARMS_OF_A_CALL = 100
"""Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DisableAlarmActions.html"""


@dataclass(frozen=True, slots=True)
class _Call:
    """One operation that a schedule calls."""

    name: str
    description: str
    expression: str
    service: str
    operation: str
    input: dict[str, Json]
    acts_on: tuple[Textual, ...]
    starts: bool = False


def add_off_hours(draft: Draft, spec: OffHoursSpec) -> None:
    """Every schedule, the one role of all of them, and what the architecture knows of its hours. After all else that
    it stops or silences."""
    calendar = spec.calendar
    running: dict[Ref[Resource], int] = {}
    calls = [
        *_services(draft, calendar, running),
        *_node_groups(draft, calendar, running),
        *_capacity(draft, calendar, running),
        *_databases(draft, calendar, running),
        *_alarms(draft, calendar),
    ]
    draft.off_hours = OffHours(calendar, draft.blueprint.profile, running)
    if not calls:
        return
    group_name = draft.called("schedule_group", "off-hours", "project")
    draft.add(
        ScheduleGroup(name=GROUP.name, concern="monitoring", group_name=group_name, tags=draft.name_tag("off-hours"))
    )
    _add_not_started(draft)
    _add_rights(draft, calls, group_name)
    for call in calls:
        draft.add(
            ApiSchedule(
                name=identifier(call.name),
                concern="monitoring",
                schedule_name=draft.called("schedule", call.name, PATH),
                group=GROUP,
                description=call.description,
                schedule_expression=call.expression,
                schedule_expression_timezone=calendar.timezone,
                role=ROLE,
                service=call.service,
                operation=call.operation,
                input=JsonDocument(call.input),
                acts_on=call.acts_on,
                dead_letter_queue=NOT_STARTED if call.starts else None,
            )
        )


def _services(draft: Draft, calendar: Calendar, running: dict[Ref[Resource], int]) -> Iterator[_Call]:
    """Tasks of ECS: by their scaling where they have some, else by their number."""
    scaled: set[Ref[EcsService]] = set()
    for target in draft.of(ScalableTarget):
        scaled.add(target.service)
        stop, start = (
            ScheduledAction(
                scheduled_action_name=name,
                schedule=schedule,
                timezone=calendar.timezone,
                min_capacity=least,
                max_capacity=most,
            )
            for name, schedule, least, most in (
                ("stop", calendar.stop_expression(), 0, 0),
                ("start", calendar.start_expression(), target.min_capacity, target.max_capacity),
            )
        )
        _change(draft, target, replace(target, scheduled_actions=(stop, start)))
    for service in draft.of(EcsService):
        running[service.ref] = calendar.minutes_on()
        if service.ref in scaled:
            continue
        for verb, expression, tasks in (
            ("stop", calendar.stop_expression(), 0),
            ("start", calendar.start_expression(), service.desired_count),
        ):
            yield _Call(
                f"{verb}-service-{service.name.replace('_', '-')}",
                f"Sets the tasks of {service.service_name} to {tasks}",
                expression,
                "ecs",
                "updateService",
                {
                    "Cluster": service.cluster.attribute("id"),
                    "Service": service.ref.attribute("name"),
                    "DesiredCount": tasks,
                },
                (service.ref.arn,),
                starts=verb == "start",
            )


def _node_groups(draft: Draft, calendar: Calendar, running: dict[Ref[Resource], int]) -> Iterator[_Call]:
    """Nodes to zero, and back to the blueprint's numbers. The most stays as it is: EKS wants 1 at least."""
    for group in draft.of(NodeGroup):
        _change(draft, group, replace(group, scheduled=True))
        running[group.ref] = calendar.minutes_on()
        none = {"MinSize": 0, "DesiredSize": 0}
        wanted = {"MinSize": group.min_size, "MaxSize": group.max_size, "DesiredSize": group.desired_size}
        times = [("stop", calendar.stop_expression(), none), ("start", calendar.start_expression(), wanted)]
        if draft.blueprint.kubernetes.autoscaler:
            times.append(("stop-again", calendar.stop_expression(STOP_AGAIN), none))
        for verb, expression, size in times:
            yield _Call(
                f"{verb}-nodes-{group.name.replace('_', '-')}",
                f"Sets the nodes of {group.nodegroup_name} to {size['DesiredSize']}",
                expression,
                "eks",
                "updateNodegroupConfig",
                {
                    "ClusterName": group.cluster.attribute("id"),
                    "NodegroupName": group.nodegroup_name,
                    "ScalingConfig": size,
                },
                (group.ref.arn,),
                starts=verb == "start",
            )


def _capacity(draft: Draft, calendar: Calendar, running: dict[Ref[Resource], int]) -> Iterator[_Call]:
    """Managed scaling of ECS ends instances without tasks by itself, down to the least that the group keeps.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-scaling-behavior.html
    """
    for group in draft.of(AutoScalingGroup):
        running[group.ref] = calendar.minutes_on()
        if not group.min_size:
            continue
        _change(draft, group, replace(group, scheduled=True))
        for verb, expression, least in (
            ("stop", calendar.stop_expression(), 0),
            ("start", calendar.start_expression(), group.min_size),
        ):
            yield _Call(
                f"{verb}-capacity-{group.name.replace('_', '-')}",
                f"Lets {group.auto_scaling_group_name} keep {least} instances at least",
                expression,
                "autoscaling",
                "updateAutoScalingGroup",
                {"AutoScalingGroupName": group.ref.attribute("id"), "MinSize": least},
                (group.ref.arn,),
                starts=verb == "start",
            )


def _databases(draft: Draft, calendar: Calendar, running: dict[Ref[Resource], int]) -> Iterator[_Call]:
    """Before the rest starts and after it stopped, so that nothing asks a database that is not there."""
    for database in draft.of(DatabaseInstance):
        running[database.ref] = calendar.minutes_on(earlier=DATABASE_LEAD, later=DATABASE_LEAD)
        for verb, expression in (
            ("stop", calendar.stop_expression(DATABASE_LEAD)),
            ("start", calendar.start_expression(-DATABASE_LEAD)),
        ):
            yield _Call(
                f"{verb}-database-{database.name.replace('_', '-')}",
                f"{verb.capitalize()}s {database.identifier}",
                expression,
                "rds",
                f"{verb}DBInstance",
                # EventBridge Scheduler knows the parameter in this spelling only.
                {"DbInstanceIdentifier": database.ref.attribute("id")},
                (database.ref.arn,),
                starts=verb == "start",
            )


def _alarms(draft: Draft, calendar: Calendar) -> Iterator[_Call]:
    """Alarms on what is stopped say nothing until it had time to start.

    Those that move scaling steps speak to nobody and are left alone.
    """
    silenced: list[Alarm | CompositeAlarm] = []
    ringing = set[Ref[Alarm]]()
    for alarm in draft.of(Alarm):
        if alarm.region is None and _namespaces(alarm) & STOPPED_NAMESPACES:
            ringing.add(alarm.ref)
            if alarm.actions:
                silenced.append(alarm)
    silenced += [item for item in draft.of(CompositeAlarm) if item.actions and ringing & set(item.alarms)]
    for item in silenced:
        _change(draft, item, replace(item, silenced=True))
    for first in range(0, len(silenced), ALARMS_OF_A_CALL):
        names = [alarm.alarm_name for alarm in silenced[first : first + ALARMS_OF_A_CALL]]
        which = "alarms" if len(silenced) <= ALARMS_OF_A_CALL else f"alarms-{first // ALARMS_OF_A_CALL + 1}"
        for verb, what, operation, expression in (
            ("silence", "Switches off", "disableAlarmActions", calendar.stop_expression()),
            ("unsilence", "Switches on", "enableAlarmActions", calendar.start_expression(ALARMS_AGAIN)),
        ):
            yield _Call(
                f"{verb}-{which}",
                f"{what} whom {len(names)} alarms tell",
                expression,
                "cloudwatch",
                operation,
                {"AlarmNames": tuple(names)},
                tuple(_alarm_arn(name) for name in names),
                starts=verb == "unsilence",
            )


def _alarm_arn(name: str) -> Textual:
    return text("arn:", Pseudo.PARTITION, ":cloudwatch:", Pseudo.REGION, ":", Pseudo.ACCOUNT_ID, f":alarm:{name}")


def _namespaces(alarm: Alarm) -> set[str]:
    if isinstance(alarm.metric, MetricExpression):
        return {metric.namespace for metric in alarm.metric.metrics.values()}
    return {alarm.metric.namespace}


def _add_not_started(draft: Draft) -> None:
    """As for jobs, but for starts only: what did not stop shows on the bill, and is stopped the next evening."""
    draft.add(
        Queue(
            name=NOT_STARTED.name,
            concern="messaging",
            queue_name=queues.queue_name(draft, "off-hours-not-started", "project"),
            message_retention_period=14 * 86_400,
            receive_message_wait_time=queues.RECEIVE_WAIT_OF_DEAD_LETTERS,
            tags=draft.name_tag("off-hours-not-started"),
        )
    )
    queues.add_policy(draft, NOT_STARTED, PATH)
    if draft.blueprint.alarms is None:
        return
    add_alarm(
        draft,
        draft.blueprint.alarms,
        "off-hours-not-started",
        "Off-hours: something did not start; the queue off-hours-not-started says what and why",
        Metric(
            namespace="AWS/SQS",
            metric_name="ApproximateNumberOfMessagesVisible",
            dimensions={"QueueName": NOT_STARTED.attribute("name")},
            statistic="Maximum",
        ),
        0,
        missing="notBreaching",
    )


def _add_rights(draft: Draft, calls: list[_Call], group_name: str) -> None:
    """Exactly these operations on exactly these things, for the schedules of this group.

    Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
    """
    wanted: dict[tuple[str, str], dict[Textual, None]] = {}
    for call in calls:
        wanted.setdefault((call.service, call.operation), {}).update(dict.fromkeys(call.acts_on))
    statements = [
        Statement(sid=_action(operation), actions=(f"{service}:{_action(operation)}",), resources=tuple(arns))
        for (service, operation), arns in wanted.items()
    ]
    statements.append(Statement(sid="TellOfFailure", actions=("sqs:SendMessage",), resources=(NOT_STARTED.arn,)))
    arn = text(
        "arn:", Pseudo.PARTITION, ":scheduler:", Pseudo.REGION, ":", Pseudo.ACCOUNT_ID, f":schedule-group/{group_name}"
    )  # fmt: skip
    of_group = Condition(operator="ArnEquals", key="aws:SourceArn", values=(arn,))
    add_role(
        draft,
        ROLE.name,
        "off-hours",
        "Lets EventBridge Scheduler stop and start what is not needed at night",
        tuple(statements),
        service_trust("scheduler.amazonaws.com", conditions=(same_account(), of_group)),
        concern="monitoring",
        path=PATH,
    )


def _action(operation: str) -> str:
    return operation[:1].upper() + operation[1:]


def _change(draft: Draft, old: Resource, new: Resource) -> None:
    draft.resources[draft.resources.index(old)] = new
