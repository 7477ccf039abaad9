"""GP-SEC-107."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.delivery import Distribution


class DistributionRootObject(Rule):
    id = "GP-SEC-107"
    title = "A distribution answers its root with an object"
    severity = "warning"
    why = "Without one the root lists the bucket, or answers an error that says what is behind it."
    fix = Fix(
        blueprint="Set buckets.<name>.cdn.root to index.html.",
        terraform="aws_cloudfront_distribution: default_root_object",
        cloudformation="AWS::CloudFront::Distribution: DefaultRootObject",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudfront-controls.html#cloudfront-1"
    references = References(pillar="Security", security_hub=("CloudFront.1",), checkov=("CKV_AWS_305",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for distribution in architecture.of(Distribution):
            if not distribution.default_root_object:
                yield self.violation(distribution, "has no default_root_object; index.html is usual")
