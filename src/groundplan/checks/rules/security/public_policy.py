"""GP-SEC-022."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.checks.wording import spelled
from groundplan.resources.architecture import Architecture
from groundplan.resources.base import Resource
from groundplan.resources.messaging import QueuePolicy
from groundplan.resources.monitoring import TopicPolicy
from groundplan.resources.policies import PolicyDocument, Statement
from groundplan.resources.security import Key, Role
from groundplan.resources.storage import BucketPolicy

LIMITING = frozenset(
    {
        "aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths",
        "aws:principalservicename", "aws:sourceaccount", "aws:sourcearn", "aws:sourceip", "aws:sourceorgid",
        "aws:sourceorgpaths", "aws:sourceowner", "aws:sourcevpc", "aws:sourcevpce", "aws:userid", "aws:username",
        "aws:vpceaccount", "aws:vpceorgid", "kms:calleraccount", "kms:viaservice", "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn", "sns:endpoint", "sts:externalid",
    }
)  # fmt: skip
"""Condition keys that keep a policy for everyone from being public.
Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status"""


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
                if statement.effect == "Allow" and everyone and not _is_limited(statement):
                    name = statement.sid or f"number {place + 1}"
                    yield self.violation(resource, f"statement {name} allows principal *; named principals are right")


def _is_limited(statement: Statement) -> bool:
    """Whether a condition says who, or from where. That it has to be HTTPS, or what a prefix is, keeps nobody out."""
    return any(
        condition.key.lower() in LIMITING and any(spelled(value).strip("*") for value in condition.values)
        for condition in statement.conditions
    )


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
