"""GP-VAL-100."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.messaging import Queue

LIMITS = {
    "visibility_timeout": (0, 43_200),
    "message_retention_period": (60, 1_209_600),
    "delay_seconds": (0, 900),
    "receive_message_wait_time": (0, 20),
}
"""Seconds."""


class QueueLimits(Rule):
    id = "GP-VAL-100"
    title = "A queue keeps, hides and delays messages within the limits of SQS"
    severity = "error"
    why = "SQS refuses other values, and the deployment stops half-way."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform=(
            "aws_sqs_queue: visibility_timeout_seconds, message_retention_seconds, delay_seconds, "
            "receive_wait_time_seconds"
        ),
        cloudformation=(
            "AWS::SQS::Queue: VisibilityTimeout, MessageRetentionPeriod, DelaySeconds, ReceiveMessageWaitTimeSeconds"
        ),
    )
    source = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for queue in architecture.of(Queue):
            for field, (least, most) in LIMITS.items():
                value = getattr(queue, field)
                if not least <= value <= most:
                    yield self.violation(queue, f"has {field} {value}; {least} to {most} seconds are right")
