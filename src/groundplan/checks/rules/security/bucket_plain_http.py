"""GP-SEC-006."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.checks.wording import spelled
from groundplan.resources.architecture import Architecture
from groundplan.resources.policies import Statement
from groundplan.resources.storage import Bucket, BucketPolicy
from groundplan.resources.values import Ref, Textual, text


class BucketPlainHttp(Rule):
    id = "GP-SEC-006"
    title = "A bucket's policy denies requests without TLS"
    severity = "warning"
    why = "S3 answers plain HTTP unless a policy forbids it: keys, objects and signed addresses travel in clear."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform='aws_s3_bucket_policy: Deny s3:* for everyone where aws:SecureTransport is "false"',
        cloudformation='AWS::S3::BucketPolicy: Deny s3:* for everyone where aws:SecureTransport is "false"',
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-5"
    references = References(pillar="Security", security_hub=("S3.5",), cis=("2.1.1",), checkov=("CKV_AWS_379",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        denied: dict[Ref[Bucket], set[str]] = {}
        for policy in architecture.of(BucketPolicy):
            for statement in policy.policy.statements:
                if _denies_plain_http(statement):
                    denied.setdefault(policy.bucket, set()).update(map(spelled, statement.resources))
        for bucket in architecture.of(Bucket):
            of_this = denied.get(bucket.ref, set())
            whole: tuple[Textual, ...] = (bucket.ref.arn, text(bucket.ref.arn, "/*"))
            if not all(spelled(resource) in of_this or "*" in of_this for resource in whole):
                yield self.violation(
                    bucket,
                    "has no policy that denies s3:* on it and its objects without TLS; such a statement is right",
                )


def _denies_plain_http(statement: Statement) -> bool:
    return (
        statement.effect == "Deny"
        and any(action in ("s3:*", "*") for action in statement.actions)
        and any("*" in principal.identifiers or principal.type == "*" for principal in statement.principals)
        and len(statement.conditions) == 1
        and any(
            condition.operator == "Bool"
            and condition.key.lower() == "aws:securetransport"
            and condition.values == ("false",)
            for condition in statement.conditions
        )
    )
