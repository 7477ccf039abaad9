"""GP-REL-073."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.messaging import Queue

FEWEST = 3


class SingleReceive(Rule):
    id = "GP-REL-073"
    title = "A message is tried at least three times before it is a dead letter"
    severity = "warning"
    why = "A task that is stopped in the middle, as deployments do, makes a dead letter of a message that is fine."
    fix = Fix(
        blueprint="Set queues.<name>.retries to 3 or more.",
        terraform="aws_sqs_queue: redrive_policy, maxReceiveCount",
        cloudformation="AWS::SQS::Queue: RedrivePolicy: maxReceiveCount",
    )
    source = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for queue in architecture.of(Queue):
            if queue.max_receive_count is not None and queue.max_receive_count < FEWEST:
                yield self.violation(
                    queue, f"has max_receive_count {queue.max_receive_count}; {FEWEST} or more are right"
                )
