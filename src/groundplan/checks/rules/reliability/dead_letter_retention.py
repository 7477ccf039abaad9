"""GP-REL-031."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.messaging import Queue


class DeadLetterRetention(Rule):
    id = "GP-REL-031"
    title = "A dead-letter queue keeps messages at least as long as its queue"
    severity = "warning"
    why = "A message keeps its age when it is moved: in a queue that keeps less, it may be gone before anyone sees it."
    fix = Fix(
        blueprint="Write dead_letters.keep as long as keep of the queue, or longer.",
        terraform="aws_sqs_queue: message_retention_seconds",
        cloudformation="AWS::SQS::Queue: MessageRetentionPeriod",
    )
    source = (
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html"
    )  # fmt: skip
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for queue in architecture.of(Queue):
            if queue.dead_letter_queue is None:
                continue
            end = architecture[queue.dead_letter_queue]
            if end.message_retention_period < queue.message_retention_period:
                yield self.violation(
                    end,
                    f"keeps messages for {end.message_retention_period} seconds, and {queue.address} for "
                    f"{queue.message_retention_period}; as many or more are right",
                )
