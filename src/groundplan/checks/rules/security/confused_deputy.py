"""GP-SEC-023."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.messaging import QueuePolicy
from groundplan.resources.monitoring import TopicPolicy
from groundplan.resources.policies import Statement
from groundplan.resources.security import Key
from groundplan.resources.storage import BucketPolicy

LIMITING = ("aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths", "kms:calleraccount")
CONTEXT = "kms:encryptioncontext:"
"""What a service says of whose data it encrypts, as CloudWatch Logs and CloudTrail do with an ARN."""
WITHOUT_CONDITION = frozenset({"logdelivery.elasticloadbalancing.amazonaws.com", "events.amazonaws.com"})
"""Services whose documented policy has no condition: Elastic Load Balancing has the account's number in the resource,
EventBridge sends none of the keys.
Source: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services"""


class ConfusedDeputy(Rule):
    id = "GP-SEC-023"
    title = "A service may act on a bucket, key, topic or queue only for this account"
    severity = "warning"
    why = "Without aws:SourceAccount or aws:SourceArn another customer can have the same AWS service write here."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_s3_bucket_policy, aws_kms_key, aws_sns_topic_policy, aws_sqs_queue_policy: "
        "Condition with aws:SourceAccount",
        cloudformation="AWS::S3::BucketPolicy, AWS::KMS::Key, AWS::SNS::TopicPolicy, AWS::SQS::QueuePolicy: "
        "Condition with aws:SourceAccount",
    )
    source = "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html"
    references = References(pillar="Security")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        policies: tuple[BucketPolicy | Key | TopicPolicy | QueuePolicy, ...] = (
            *architecture.of(BucketPolicy),
            *architecture.of(Key),
            *architecture.of(TopicPolicy),
            *architecture.of(QueuePolicy),
        )
        for policy in policies:
            for statement in policy.policy.statements:
                if statement.effect == "Allow" and not _is_limited(statement):
                    for service in _services(statement):
                        yield self.violation(
                            policy, f"lets {service} in for any account; a condition on aws:SourceAccount is right"
                        )


def _services(statement: Statement) -> list[str]:
    return [
        str(service)
        for principal in statement.principals
        if principal.type == "Service"
        for service in principal.identifiers
        if service not in WITHOUT_CONDITION
    ]


def _is_limited(statement: Statement) -> bool:
    keys = [condition.key.lower() for condition in statement.conditions]
    return any(key in LIMITING or key.startswith(CONTEXT) for key in keys)
