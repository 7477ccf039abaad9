"""Amazon SQS and Amazon EventBridge Scheduler in CloudFormation."""

from __future__ import annotations

from groundplan.engines.cloudformation.rows import RETURNED, Kept, Row, present
from groundplan.resources import Architecture
from groundplan.resources.messaging import Queue, QueuePolicy
from groundplan.resources.schedules import ApiSchedule, Schedule, ScheduleGroup, universal_target
from groundplan.resources.values import Pseudo, text


def _queue(queue: Queue, _: Architecture) -> dict[str, object]:
    redrive = None
    if queue.dead_letter_queue:
        redrive = {"deadLetterTargetArn": queue.dead_letter_queue.arn, "maxReceiveCount": queue.max_receive_count}
    allowed: dict[str, object] = {"redrivePermission": "denyAll"}
    if queue.dead_letters_of:
        allowed = {"redrivePermission": "byQueue", "sourceQueueArns": queue.dead_letters_of}
    return present(
        # The API knows no false here.
        FifoQueue=queue.fifo_queue or None,
        ContentBasedDeduplication=queue.content_based_deduplication or None,
        SqsManagedSseEnabled=None if queue.kms_key else True,
        RedrivePolicy=redrive,
        RedriveAllowPolicy=allowed,
    )


def _queue_kept(_: Queue, __: Architecture) -> Kept:
    """Messages go with the environment; a queue that is only replaced stays until its messages are handled."""
    return Kept("Delete", "Retain")


def _queue_policy(policy: QueuePolicy, _: Architecture) -> dict[str, object]:
    return {"Queues": [policy.queue]}


def _schedule(schedule: Schedule, architecture: Architecture) -> dict[str, object]:
    minutes = schedule.maximum_window_in_minutes
    window = present(Mode="FLEXIBLE" if minutes else "OFF", MaximumWindowInMinutes=minutes)
    family = architecture[schedule.task_definition].family
    strategy = [
        {"CapacityProvider": share.capacity_provider, "Base": share.base, "Weight": share.weight}
        for share in schedule.capacity_providers
    ]
    network = {
        "AwsvpcConfiguration": {
            "Subnets": list(schedule.subnets),
            "SecurityGroups": list(schedule.security_groups),
            "AssignPublicIp": "ENABLED" if schedule.assign_public_ip else "DISABLED",
        }
    }
    parameters = present(
        # Without a revision: the newest, which a release registers.
        TaskDefinitionArn=text(
            "arn:", Pseudo.PARTITION, ":ecs:", Pseudo.REGION, ":", Pseudo.ACCOUNT_ID, f":task-definition/{family}"
        ),
        TaskCount=schedule.task_count,
        LaunchType=schedule.launch_type,
        CapacityProviderStrategy=strategy or None,
        NetworkConfiguration=network,
        EnableExecuteCommand=schedule.enable_execute_command,
        PropagateTags="TASK_DEFINITION",
    )
    dead_letters = schedule.dead_letter_queue
    return {
        "GroupName": schedule.group,
        "FlexibleTimeWindow": window,
        "Target": present(
            Arn=schedule.cluster.arn,
            RoleArn=schedule.role.arn,
            EcsParameters=parameters,
            RetryPolicy={
                "MaximumRetryAttempts": schedule.maximum_retry_attempts,
                "MaximumEventAgeInSeconds": schedule.maximum_event_age,
            },
            DeadLetterConfig={"Arn": dead_letters.arn} if dead_letters else None,
        ),
    }


def _api_schedule(schedule: ApiSchedule, _: Architecture) -> dict[str, object]:
    dead_letters = schedule.dead_letter_queue
    return {
        "GroupName": schedule.group,
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": present(
            Arn=universal_target(schedule.service, schedule.operation),
            RoleArn=schedule.role.arn,
            Input=schedule.input,
            RetryPolicy={
                "MaximumRetryAttempts": schedule.maximum_retry_attempts,
                "MaximumEventAgeInSeconds": schedule.maximum_event_age,
            },
            DeadLetterConfig={"Arn": dead_letters.arn} if dead_letters else None,
        ),
    }


ROWS = (
    Row(
        Queue,
        "AWS::SQS::Queue",
        attributes={"id": RETURNED, "arn": "Arn", "name": "QueueName"},
        rename={"receive_message_wait_time": "ReceiveMessageWaitTimeSeconds", "kms_key": "KmsMasterKeyId"},
        arns=frozenset({"kms_key"}),
        write=_queue,
        written=frozenset(
            {
                "fifo_queue", "content_based_deduplication", "dead_letter_queue", "max_receive_count",
                "dead_letters_of",
            }
        ),
        kept=_queue_kept,
    ),
    Row(
        QueuePolicy,
        "AWS::SQS::QueuePolicy",
        attributes={"id": RETURNED},
        rename={"policy": "PolicyDocument"},
        write=_queue_policy,
        written=frozenset({"queue"}),
    ),
    Row(
        ScheduleGroup,
        "AWS::Scheduler::ScheduleGroup",
        attributes={"id": RETURNED, "arn": "Arn"},
        rename={"group_name": "Name"},
    ),
    Row(
        Schedule,
        "AWS::Scheduler::Schedule",
        attributes={"id": RETURNED},
        rename={"schedule_name": "Name"},
        write=_schedule,
        written=frozenset(
            {
                "group", "maximum_window_in_minutes", "role", "cluster", "task_definition", "task_count", "launch_type",
                "capacity_providers", "subnets", "security_groups", "assign_public_ip", "enable_execute_command",
                "maximum_retry_attempts", "maximum_event_age", "dead_letter_queue",
            }
        ),
    ),
    Row(
        ApiSchedule,
        "AWS::Scheduler::Schedule",
        attributes={"id": RETURNED},
        rename={"schedule_name": "Name"},
        write=_api_schedule,
        written=frozenset(
            {
                "group", "role", "service", "operation", "input", "maximum_retry_attempts", "maximum_event_age",
                "dead_letter_queue",
            }
        ),
        not_rendered={"acts_on": "the policy of its role says it"},
    ),
)  # fmt: skip
