"""GP-OPS-031."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import dead_letter_queues
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.checks.watched import watched
from groundplan.resources.architecture import Architecture
from groundplan.resources.messaging import Queue


class DeadLetterAlarm(Rule):
    id = "GP-OPS-031"
    title = "An alarm watches each dead-letter queue"
    severity = "warning"
    why = "What could not be handled or started waits there until it is deleted, and nobody knows."
    fix = Fix(
        blueprint="Remove alarms: null from the blueprint; alarms for dead letters are there by default.",
        terraform="aws_cloudwatch_metric_alarm on ApproximateNumberOfMessagesVisible of AWS/SQS",
        cloudformation="AWS::CloudWatch::Alarm on ApproximateNumberOfMessagesVisible of AWS/SQS",
    )
    source = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/dead-letter-queues-alarms-cloudwatch.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        seen = watched(architecture, "AWS/SQS")
        ends = dead_letter_queues(architecture)
        for queue in architecture.of(Queue):
            if queue.ref in ends and queue.ref not in seen:
                yield self.violation(queue, "has no alarm on a metric of AWS/SQS; one on its messages is right")
