"""GP-VAL-060."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.messaging import Queue
from groundplan.resources.schedules import Schedule


class QueueTypes(Rule):
    id = "GP-VAL-060"
    title = "FIFO queues are called .fifo, and their dead letters go to FIFO queues"
    severity = "error"
    why = "SQS refuses a FIFO queue of another name, and dead letters of one type in a queue of the other."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_sqs_queue: fifo_queue, name, redrive_policy",
        cloudformation="AWS::SQS::Queue: FifoQueue, QueueName, RedrivePolicy",
    )
    source = (
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html"
    )  # fmt: skip
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for queue in architecture.of(Queue):
            if queue.queue_name.endswith(".fifo") != queue.fifo_queue:
                right = "ends with .fifo" if queue.fifo_queue else "has no .fifo at its end"
                yield self.violation(queue, f"has queue_name {queue.queue_name}; one that {right} is right")
            if queue.content_based_deduplication and not queue.fifo_queue:
                yield self.violation(queue, "has content_based_deduplication, which only FIFO queues know")
            end = architecture[queue.dead_letter_queue] if queue.dead_letter_queue else queue
            if end.fifo_queue != queue.fifo_queue:
                yield self.violation(queue, f"sends dead letters to {end.address}, a queue of the other type")
        for schedule in architecture.of(Schedule):
            if schedule.dead_letter_queue and architecture[schedule.dead_letter_queue].fifo_queue:
                yield self.violation(
                    schedule, f"tells of failures in {schedule.dead_letter_queue}; a queue that is not FIFO is right"
                )
