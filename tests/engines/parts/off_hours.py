"""Schedules that call AWS APIs at night and in the morning."""

from __future__ import annotations

from collections.abc import Iterator

from tests.engines.parts.messaging import NOT_STARTED
from tests.engines.parts.names import PRIMARY

from groundplan.resources import Resource
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.policies import InlinePolicy, PolicyDocument, Statement, service_trust
from groundplan.resources.schedules import ApiSchedule, ScheduleGroup
from groundplan.resources.security import Role
from groundplan.resources.values import JsonDocument, Ref

REPORTS = Ref(DatabaseInstance, "reports")
GROUP = Ref(ScheduleGroup, "off-hours")


def off_hours() -> Iterator[Resource]:
    """The database of the reports sleeps; another one is never told to, since its schedule is switched off."""
    yield ScheduleGroup(name="off-hours", concern="monitoring", group_name="sample-production-off-hours")
    databases = (REPORTS.arn, PRIMARY.arn)
    yield Role(
        name="off-hours",
        concern="monitoring",
        role_name="sample-production-off-hours",
        description="Lets EventBridge Scheduler stop and start databases",
        trust=service_trust("scheduler.amazonaws.com"),
        inline_policies=(
            InlinePolicy(
                "databases",
                PolicyDocument(
                    (
                        Statement(actions=("rds:StopDBInstance", "rds:StartDBInstance"), resources=databases),
                        Statement(actions=("sqs:SendMessage",), resources=(NOT_STARTED.arn,)),
                    )
                ),
            ),
        ),
    )
    yield ApiSchedule(
        name="stop-reports",
        concern="monitoring",
        schedule_name="sample-production-stop-reports",
        group=GROUP,
        description="Stops the database of the reports",
        schedule_expression="cron(0 20 * * ? *)",
        schedule_expression_timezone="Asia/Kolkata",
        role=Ref(Role, "off-hours"),
        service="rds",
        operation="stopDBInstance",
        input=JsonDocument({"DbInstanceIdentifier": REPORTS.attribute("id")}),
        acts_on=(REPORTS.arn,),
        maximum_retry_attempts=3,
        maximum_event_age=1800,
        dead_letter_queue=NOT_STARTED,
    )
    yield ApiSchedule(
        name="start-main",
        concern="monitoring",
        schedule_name="sample-production-start-main",
        group=GROUP,
        description="Starts the main database",
        schedule_expression="cron(45 6 ? * MON,TUE,WED,THU,FRI *)",
        state="DISABLED",
        role=Ref(Role, "off-hours"),
        service="rds",
        operation="startDBInstance",
        input=JsonDocument({"DbInstanceIdentifier": PRIMARY.attribute("id")}),
        acts_on=(PRIMARY.arn,),
    )
