"""GP-SEC-061."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.delivery import Distribution
from groundplan.resources.storage import BucketPolicy


class DistributionOriginAccess(Rule):
    id = "GP-SEC-061"
    title = "A distribution's bucket is reached with origin access control, by that distribution alone"
    severity = "error"
    why = (
        "Without it the bucket has to be public; with a policy that names no distribution, any account's CloudFront "
        "may read it."
    )
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_cloudfront_distribution: origin_access_control_id; aws_s3_bucket_policy: aws:SourceArn",
        cloudformation="AWS::CloudFront::Distribution: OriginAccessControlId; AWS::S3::BucketPolicy: aws:SourceArn",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudfront-controls.html#cloudfront-13"
    references = References(pillar="Security", security_hub=("CloudFront.13",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for distribution in architecture.of(Distribution):
            if distribution.origin_access_control is None:
                yield self.violation(distribution, "has no origin_access_control; one is right")
        for policy in architecture.of(BucketPolicy):
            for statement in policy.policy.statements:
                named = [name for principal in statement.principals for name in principal.identifiers]
                by_source = any(condition.key.lower() == "aws:sourcearn" for condition in statement.conditions)
                if statement.effect == "Allow" and "cloudfront.amazonaws.com" in named and not by_source:
                    yield self.violation(
                        policy, f"lets every distribution in (statement {statement.sid}); aws:SourceArn of one is right"
                    )  # fmt: skip
