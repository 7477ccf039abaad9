"""GP-SEC-040."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.checks.wording import spelled
from groundplan.resources.architecture import Architecture
from groundplan.resources.messaging import Queue, QueuePolicy
from groundplan.resources.policies import Statement


class QueuePlainHttp(Rule):
    id = "GP-SEC-040"
    title = "A queue's policy denies requests without TLS"
    severity = "warning"
    why = "SQS answers plain HTTP unless a policy forbids it: messages travel in clear."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform='aws_sqs_queue_policy: Deny sqs:* for everyone where aws:SecureTransport is "false"',
        cloudformation='AWS::SQS::QueuePolicy: Deny sqs:* for everyone where aws:SecureTransport is "false"',
    )
    source = (
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/"
        "sqs-security-best-practices.html#enforce-encryption-data-in-transit"
    )
    references = References(pillar="Security")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        guarded = {
            policy.queue
            for policy in architecture.of(QueuePolicy)
            for statement in policy.policy.statements
            if _denies_plain_http(statement) and _reaches(statement, policy)
        }
        for queue in architecture.of(Queue):
            if queue.ref not in guarded:
                yield self.violation(queue, "has no policy that denies sqs:* without TLS; such a statement is right")


def _reaches(statement: Statement, policy: QueuePolicy) -> bool:
    return any(spelled(resource) in ("*", spelled(policy.queue.arn)) for resource in statement.resources)


def _denies_plain_http(statement: Statement) -> bool:
    return (
        statement.effect == "Deny"
        and any(action in ("sqs:*", "*") for action in statement.actions)
        and any("*" in principal.identifiers or principal.type == "*" for principal in statement.principals)
        and [(item.operator, item.key.lower(), item.values) for item in statement.conditions]
        == [("Bool", "aws:securetransport", ("false",))]
    )
