"""Amazon SQS and Amazon EventBridge Scheduler in Terraform."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.engines.terraform.context import Context
from groundplan.engines.terraform.hcl import Block, Call
from groundplan.engines.terraform.rows import Row
from groundplan.engines.terraform.security import after_policies
from groundplan.resources.messaging import Queue, QueuePolicy
from groundplan.resources.schedules import ApiSchedule, Schedule, ScheduleGroup, universal_target
from groundplan.resources.values import Pseudo, text

SQS, SCHEDULER = "sqs.tf", "scheduler.tf"


def _queue(queue: Queue, context: Context) -> dict[str, object]:
    redrive: object = None
    if queue.dead_letter_queue:
        redrive = Call(
            "jsonencode",
            {"deadLetterTargetArn": context.refer(queue.dead_letter_queue), "maxReceiveCount": queue.max_receive_count},
        )
    allowed = (
        {"redrivePermission": "byQueue", "sourceQueueArns": context.value(queue.dead_letters_of)}
        if queue.dead_letters_of
        else {"redrivePermission": "denyAll"}
    )
    return {
        # The API knows no false here.
        "fifo_queue": queue.fifo_queue or None,
        "content_based_deduplication": queue.content_based_deduplication or None,
        "sqs_managed_sse_enabled": None if queue.kms_key else True,
        "redrive_policy": redrive,
        "redrive_allow_policy": Call("jsonencode", allowed),
    }


def _schedule(schedule: Schedule, context: Context) -> dict[str, object]:
    return {"group_name": context.value(schedule.group.attribute("id"))}


def _schedule_blocks(schedule: Schedule, context: Context) -> Iterator[Block]:
    minutes = schedule.maximum_window_in_minutes
    yield context.block(
        "flexible_time_window",
        {"mode": "FLEXIBLE" if minutes else "OFF", "maximum_window_in_minutes": minutes},
    )
    task = context.architecture[schedule.task_definition]
    family = text("arn:", Pseudo.PARTITION, ":ecs:", Pseudo.REGION, ":", Pseudo.ACCOUNT_ID, ":task-definition/")
    yield context.block(
        "target",
        {"arn": schedule.cluster.arn, "role_arn": context.refer(schedule.role)},
        context.block(
            "ecs_parameters",
            {
                # Without a revision: the newest, which a release registers.
                "task_definition_arn": text(family, task.family),
                "task_count": schedule.task_count,
                "launch_type": schedule.launch_type,
                "enable_execute_command": schedule.enable_execute_command,
                "propagate_tags": "TASK_DEFINITION",
            },
            *(
                context.block(
                    "capacity_provider_strategy",
                    {
                        "capacity_provider": context.value(share.capacity_provider),
                        "base": share.base,
                        "weight": share.weight,
                    },
                )
                for share in schedule.capacity_providers
            ),
            context.block(
                "network_configuration",
                {
                    "subnets": [context.refer(subnet) for subnet in schedule.subnets],
                    "security_groups": [context.refer(group) for group in schedule.security_groups],
                    "assign_public_ip": schedule.assign_public_ip,
                },
            ),
        ),
        context.block(
            "retry_policy",
            {
                "maximum_retry_attempts": schedule.maximum_retry_attempts,
                "maximum_event_age_in_seconds": schedule.maximum_event_age,
            },
        ),
        context.block("dead_letter_config", {"arn": schedule.dead_letter_queue.arn})
        if schedule.dead_letter_queue
        else None,
    )


def _api_schedule(schedule: ApiSchedule, context: Context) -> dict[str, object]:
    return {"group_name": context.value(schedule.group.attribute("id"))}


def _api_schedule_blocks(schedule: ApiSchedule, context: Context) -> Iterator[Block]:
    yield context.block("flexible_time_window", {"mode": "OFF"})
    yield context.block(
        "target",
        {
            "arn": universal_target(schedule.service, schedule.operation),
            "role_arn": context.refer(schedule.role),
            "input": context.value(schedule.input),
        },
        context.block(
            "retry_policy",
            {
                "maximum_retry_attempts": schedule.maximum_retry_attempts,
                "maximum_event_age_in_seconds": schedule.maximum_event_age,
            },
        ),
        context.block("dead_letter_config", {"arn": schedule.dead_letter_queue.arn})
        if schedule.dead_letter_queue
        else None,
    )


def _before_api_schedule(schedule: ApiSchedule, context: Context) -> Iterator[str]:
    yield from after_policies((schedule.role,), context)


def _before_schedule(schedule: Schedule, context: Context) -> Iterator[str]:
    """What the first start needs: rights."""
    task = context.architecture[schedule.task_definition]
    yield from after_policies(dict.fromkeys((schedule.role, task.execution_role, task.task_role)), context)


ROWS = (
    Row(
        Queue,
        "aws_sqs_queue",
        SQS,
        attributes={"id": "url", "arn": "arn", "name": "name"},
        referred=("arn", "arn"),
        rename={
            "queue_name": "name",
            "visibility_timeout": "visibility_timeout_seconds",
            "message_retention_period": "message_retention_seconds",
            "receive_message_wait_time": "receive_wait_time_seconds",
            "kms_key": "kms_master_key_id",
        },
        arguments=_queue,
        paragraphs=(("redrive_policy", "redrive_allow_policy"),),
        written=frozenset(
            {
                "fifo_queue", "content_based_deduplication", "dead_letter_queue", "max_receive_count",
                "dead_letters_of",
            }
        ),
    ),
    Row(
        QueuePolicy,
        "aws_sqs_queue_policy",
        SQS,
        attributes={"id": "id"},
        first=("queue_url",),
        arguments=lambda policy, context: {"queue_url": context.value(policy.queue.attribute("id"))},
        written=frozenset({"queue"}),
        group=lambda policy: policy.queue.name,
    ),
    Row(
        ScheduleGroup,
        "aws_scheduler_schedule_group",
        SCHEDULER,
        attributes={"id": "name", "arn": "arn"},
        rename={"group_name": "name"},
    ),
    Row(
        Schedule,
        "aws_scheduler_schedule",
        SCHEDULER,
        attributes={"id": "id"},
        first=("name", "group_name"),
        rename={"schedule_name": "name"},
        arguments=_schedule,
        blocks=_schedule_blocks,
        written=frozenset(
            {
                "group", "maximum_window_in_minutes", "role", "cluster", "task_definition", "task_count", "launch_type",
                "capacity_providers", "subnets", "security_groups", "assign_public_ip", "enable_execute_command",
                "maximum_retry_attempts", "maximum_event_age", "dead_letter_queue",
            }
        ),
        waits_for=_before_schedule,
        section=1,
    ),
    Row(
        ApiSchedule,
        "aws_scheduler_schedule",
        SCHEDULER,
        attributes={"id": "id"},
        first=("name", "group_name"),
        rename={"schedule_name": "name"},
        arguments=_api_schedule,
        blocks=_api_schedule_blocks,
        written=frozenset(
            {
                "group", "role", "service", "operation", "input", "maximum_retry_attempts", "maximum_event_age",
                "dead_letter_queue",
            }
        ),
        not_rendered={"acts_on": "the policy of its role says it"},
        ignore_changes=("start_date",),
        ignored_because="`groundplan schedule pause` moves it.",
        waits_for=_before_api_schedule,
        section=1,
    ),
)  # fmt: skip
