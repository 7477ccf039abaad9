"""Queues with their dead letters, schedules that start tasks."""

from __future__ import annotations

from collections.abc import Iterator

from tests.engines.parts.names import CLUSTER, DATA_KEY, subnets

from groundplan.resources import Resource
from groundplan.resources.containers import CapacityProviderShare, TaskDefinition
from groundplan.resources.messaging import Queue, QueuePolicy
from groundplan.resources.network import SecurityGroup
from groundplan.resources.policies import (
    Condition,
    InlinePolicy,
    PolicyDocument,
    Principal,
    Statement,
    service_trust,
)
from groundplan.resources.schedules import Schedule, ScheduleGroup
from groundplan.resources.security import Role
from groundplan.resources.values import Pseudo, Ref, text

EMAILS, ORDERS, NOT_STARTED = Ref(Queue, "emails"), Ref(Queue, "orders"), Ref(Queue, "jobs-not-started")


def messaging() -> Iterator[Resource]:
    """Queues of the sample: encrypted with its own key, and in order with SQS's key."""
    emails = Queue(
        name="emails",
        concern="messaging",
        queue_name="sample-production-emails",
        visibility_timeout=90,
        message_retention_period=345_600,
        delay_seconds=15,
        receive_message_wait_time=20,
        kms_key=DATA_KEY,
        dead_letter_queue=Ref(Queue, "emails-dead-letters"),
        max_receive_count=25,
        tags={"Name": "sample-production-emails"},
    )
    orders = Queue(
        name="orders",
        concern="messaging",
        queue_name="sample-production-orders.fifo",
        fifo_queue=True,
        content_based_deduplication=True,
        message_retention_period=86_400,
        dead_letter_queue=Ref(Queue, "orders-dead-letters"),
        max_receive_count=3,
    )
    yield emails
    yield _dead_letters(emails)
    yield orders
    yield _dead_letters(orders)
    yield Queue(
        name="jobs-not-started",
        concern="messaging",
        queue_name="sample-production-jobs-not-started",
        message_retention_period=1_209_600,
    )
    for queue in ("emails", "emails-dead-letters", "orders", "orders-dead-letters", "jobs-not-started"):
        yield _only_tls(Ref(Queue, queue))
    yield Role(
        name="mailer",
        concern="services",
        role_name="sample-production-mailer",
        description="What sends and what receives",
        trust=service_trust("ecs-tasks.amazonaws.com"),
        inline_policies=(
            InlinePolicy(
                "queues",
                PolicyDocument(
                    (
                        Statement(
                            actions=("sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage"),
                            resources=(EMAILS.arn, ORDERS.arn),
                        ),
                        Statement(actions=("kms:Decrypt", "kms:GenerateDataKey"), resources=(DATA_KEY.arn,)),
                    )
                ),
            ),
        ),
    )


def _dead_letters(queue: Queue) -> Queue:
    stem = queue.queue_name.removesuffix(".fifo")
    return Queue(
        name=f"{queue.name}-dead-letters",
        concern="messaging",
        queue_name=f"{stem}-dead-letters{queue.queue_name.removeprefix(stem)}",
        fifo_queue=queue.fifo_queue,
        message_retention_period=1_209_600,
        kms_key=queue.kms_key,
        dead_letters_of=(queue.arn_by_name(),),
    )


def _only_tls(queue: Ref[Queue]) -> QueuePolicy:
    return QueuePolicy(
        name=queue.name,
        concern="messaging",
        queue=queue,
        policy=PolicyDocument(
            (
                Statement(
                    sid="TlsOnly",
                    effect="Deny",
                    actions=("sqs:*",),
                    resources=(queue.arn,),
                    principals=(Principal("*", ("*",)),),
                    conditions=(Condition(operator="Bool", key="aws:SecureTransport", values=("false",)),),
                ),
            )
        ),
    )


def schedules() -> Iterator[Resource]:
    """Schedules of the sample: at a time of day in some place, and now and then on spare capacity."""
    task = Ref(TaskDefinition, "worker")
    family = text("arn:", Pseudo.PARTITION, ":ecs:", Pseudo.REGION, ":", Pseudo.ACCOUNT_ID, ":task-definition/")
    source = text("arn:", Pseudo.PARTITION, ":scheduler:", Pseudo.REGION, ":", Pseudo.ACCOUNT_ID, ":schedule-group/")
    yield Role(
        name="schedules",
        concern="services",
        role_name="sample-production-schedules",
        description="Lets EventBridge Scheduler start the worker",
        trust=service_trust(
            "scheduler.amazonaws.com",
            conditions=(
                Condition(operator="StringEquals", key="aws:SourceAccount", values=(Pseudo.ACCOUNT_ID,)),
                Condition(operator="ArnEquals", key="aws:SourceArn", values=(text(source, "sample-production-jobs"),)),
            ),
        ),
        inline_policies=(
            InlinePolicy(
                "start",
                PolicyDocument(
                    (
                        Statement(
                            actions=("ecs:RunTask",), resources=(text(family, "sample-production-worker:*"),),
                            conditions=(Condition(operator="ArnEquals", key="ecs:cluster", values=(CLUSTER.arn,)),),
                        ),
                        Statement(
                            actions=("iam:PassRole",), resources=(Ref(Role, "api-execution").arn, Ref(Role, "api").arn)
                        ),
                        Statement(actions=("sqs:SendMessage",), resources=(NOT_STARTED.arn,)),
                    )
                ),
            ),
        ),
    )  # fmt: skip
    group = Ref(ScheduleGroup, "jobs")
    yield ScheduleGroup(
        name="jobs",
        concern="services",
        group_name="sample-production-jobs",
        tags={"Name": "sample-production-jobs"},
    )
    yield Schedule(
        name="nightly",
        concern="services",
        schedule_name="sample-production-nightly",
        group=group,
        description="Cleans up",
        schedule_expression="cron(30 2 ? * MON-FRI *)",
        schedule_expression_timezone="Asia/Kolkata",
        maximum_window_in_minutes=15,
        role=Ref(Role, "schedules"),
        cluster=CLUSTER,
        task_definition=task,
        task_count=2,
        subnets=subnets("private"),
        security_groups=(Ref(SecurityGroup, "api"),),
        enable_execute_command=True,
        maximum_retry_attempts=12,
        maximum_event_age=7200,
        dead_letter_queue=NOT_STARTED,
        depends_on=(task,),
    )
    yield Schedule(
        name="report",
        concern="services",
        schedule_name="sample-production-report",
        group=group,
        description="Writes the report",
        schedule_expression="rate(12 hours)",
        state="DISABLED",
        role=Ref(Role, "schedules"),
        cluster=CLUSTER,
        task_definition=task,
        launch_type=None,
        capacity_providers=(
            CapacityProviderShare(capacity_provider="FARGATE", weight=1, base=1),
            CapacityProviderShare(capacity_provider="FARGATE_SPOT", weight=3),
        ),
        subnets=subnets("private"),
        security_groups=(Ref(SecurityGroup, "api"),),
        depends_on=(task,),
    )
