"""GP-SEC-022."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.base import Resource
from groundplan.resources.messaging import QueuePolicy
from groundplan.resources.monitoring import TopicPolicy
from groundplan.resources.policies import PolicyDocument
from groundplan.resources.security import Key, Role
from groundplan.resources.storage import BucketPolicy


class PublicPolicy(Rule):
    id = "GP-SEC-022"
    title = "No policy lets everyone in"
    severity = "error"
    why = "A statement for * without a condition gives the bucket, key, topic, queue or role to every AWS account."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_s3_bucket_policy, aws_kms_key, aws_sns_topic_policy, aws_sqs_queue_policy, aws_iam_role: "
        "name the principals",
        cloudformation="AWS::S3::BucketPolicy, AWS::KMS::Key, AWS::SNS::TopicPolicy, AWS::SQS::QueuePolicy, "
        "AWS::IAM::Role: name the principals",
    )
    source = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"
    references = References(
        pillar="Security",
        security_hub=("S3.2", "S3.3", "SNS.4", "SQS.3", "KMS.5"),
        checkov=("CKV_AWS_33", "CKV_AWS_60", "CKV_AWS_70", "CKV_AWS_169"),
    )

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for resource, document in _policies(architecture):
            for place, statement in enumerate(document.statements):
                everyone = any("*" in who.identifiers or who.type == "*" for who in statement.principals)
                if statement.effect == "Allow" and everyone and not statement.conditions:
                    name = statement.sid or f"number {place + 1}"
                    yield self.violation(resource, f"statement {name} allows principal *; named principals are right")


def _policies(architecture: Architecture) -> Iterator[tuple[Resource, PolicyDocument]]:
    for bucket_policy in architecture.of(BucketPolicy):
        yield bucket_policy, bucket_policy.policy
    for topic_policy in architecture.of(TopicPolicy):
        yield topic_policy, topic_policy.policy
    for queue_policy in architecture.of(QueuePolicy):
        yield queue_policy, queue_policy.policy
    for key in architecture.of(Key):
        yield key, key.policy
    for role in architecture.of(Role):
        yield role, role.trust
