"""GP-REL-030."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import dead_letter_queues
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.messaging import Queue


class QueueDeadLetters(Rule):
    id = "GP-REL-030"
    title = "A queue has a dead-letter queue"
    severity = "warning"
    why = "A message that no worker can handle comes back again and again, keeps workers busy, and is lost in the end."
    fix = Fix(
        blueprint="Remove dead_letters: null from the queue.",
        terraform="aws_sqs_queue: redrive_policy",
        cloudformation="AWS::SQS::Queue: RedrivePolicy",
    )
    source = (
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html"
    )  # fmt: skip
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        ends = dead_letter_queues(architecture)
        for queue in architecture.of(Queue):
            if queue.dead_letter_queue is None and queue.ref not in ends:
                yield self.violation(queue, "has no dead_letter_queue; one that keeps messages for 14 days is right")
