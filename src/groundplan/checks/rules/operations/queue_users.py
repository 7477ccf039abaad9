"""GP-OPS-030."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import dead_letter_queues, role_statements
from groundplan.checks.rights import matches
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.checks.wording import spelled
from groundplan.resources.architecture import Architecture
from groundplan.resources.messaging import Queue, QueuePolicy
from groundplan.resources.policies import Statement

SEND, RECEIVE = "sqs:SendMessage", "sqs:ReceiveMessage"


class QueueUsers(Rule):
    id = "GP-OPS-030"
    title = "A queue has somebody who sends and somebody who receives"
    severity = "warning"
    why = "Without a receiver every message is lost in the end; without a sender the queue and its alarms are in vain."
    fix = Fix(
        blueprint="Write the queue under needs: of a service or job ({queue: write} sends, {queue: read} receives), "
        "remove it, or accept the finding where another system is the other side.",
        terraform="aws_iam_role_policy: sqs:SendMessage and sqs:ReceiveMessage on the queue",
        cloudformation="AWS::IAM::Role: sqs:SendMessage and sqs:ReceiveMessage on the queue",
    )
    source = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-basic-architecture.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        ends = dead_letter_queues(architecture)
        statements = [statement for _, _, statement in role_statements(architecture)]
        for policy in architecture.of(QueuePolicy):
            statements += [statement for statement in policy.policy.statements if statement.effect == "Allow"]
        for queue in architecture.of(Queue):
            if queue.ref in ends:
                continue
            sends, receives = (_allowed(statements, action, queue) for action in (SEND, RECEIVE))
            if not sends and not receives:
                yield self.violation(queue, "is needed by nobody; a sender and a receiver are right")
            elif not receives:
                yield self.violation(queue, "is only written to; somebody who receives is right")
            elif not sends:
                yield self.violation(queue, "is only read from; somebody who sends is right")


def _allowed(statements: list[Statement], action: str, queue: Queue) -> bool:
    name = spelled(queue.ref.arn)
    return any(
        any(matches(allowed, action) for allowed in statement.actions)
        and any(matches(spelled(resource), name) for resource in statement.resources)
        for statement in statements
    )
