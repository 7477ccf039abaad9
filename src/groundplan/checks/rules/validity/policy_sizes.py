"""GP-VAL-108."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.catalog.quotas import quota
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.checks.wording import spelled
from groundplan.resources.architecture import Architecture
from groundplan.resources.policies import PolicyDocument
from groundplan.resources.security import Key, Role
from groundplan.resources.storage import BucketPolicy

BUCKET_POLICY, KEY_POLICY = 20 * 1024, 32 * 1024
"""Characters. Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html and
https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html"""
MARKS = 12
"""Quotation marks, commas and braces of a statement."""


class PolicySizes(Rule):
    id = "GP-VAL-108"
    title = "Policies are no longer than IAM, S3 and KMS take"
    severity = "error"
    why = "IAM counts the characters of all inline policies of a role together, and refuses the one that is too many."
    fix = Fix(
        blueprint="Give services.<name>.needs fewer entries, or split the service.",
        terraform="aws_iam_role_policy, aws_iam_role: assume_role_policy; aws_s3_bucket_policy; aws_kms_key: policy",
        cloudformation=(
            "AWS::IAM::Role: Policies, AssumeRolePolicyDocument; AWS::S3::BucketPolicy; AWS::KMS::Key: KeyPolicy"
        ),
    )
    source = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"
    references = References(pillar="Security")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for role in architecture.of(Role):
            written = sum(_characters(policy.document) for policy in role.inline_policies)
            for count, name in (
                (written, "inline_role_policy_characters"),
                (_characters(role.trust), "trust_policy_characters"),
                (len(role.managed_policy_arns), "managed_policies_per_role"),
            ):
                limit = quota(name)
                if count > limit.limit:
                    yield self.violation(role, f"has about {count} {limit.title}; {limit.limit} is the most")
        for policy in architecture.of(BucketPolicy):
            size = _characters(policy.policy)
            if size > BUCKET_POLICY:
                yield self.violation(policy, f"has about {size} characters; {BUCKET_POLICY} is the most")
        for key in architecture.of(Key):
            size = _characters(key.policy)
            if size > KEY_POLICY:
                yield self.violation(key, f"has a policy of about {size} characters; {KEY_POLICY} is the most")


def _characters(document: PolicyDocument) -> int:
    """How long a document is, with the names of this architecture in place of what AWS says only later."""
    total = len('{"Version":"2012-10-17","Statement":[]}')
    for statement in document.statements:
        total += MARKS + len('"Sid":""') + len(statement.sid) + len('"Effect":"Allow","Action":[]')
        total += sum(len(action) + 3 for action in statement.actions)
        total += sum(len(spelled(resource)) + 3 for resource in statement.resources)
        for principal in statement.principals:
            total += len('"Principal":{"Service":[]}') + sum(len(spelled(item)) + 3 for item in principal.identifiers)
        for condition in statement.conditions:
            total += len(condition.operator) + len(condition.key) + MARKS
            total += sum(len(spelled(value)) + 3 for value in condition.values)
    return total
