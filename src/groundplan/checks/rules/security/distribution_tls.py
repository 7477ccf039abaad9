"""GP-SEC-060."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.delivery import Distribution


class DistributionTls(Rule):
    id = "GP-SEC-060"
    title = "A distribution sends viewers to HTTPS, with TLS 1.2 at least"
    severity = "error"
    why = "What goes over plain HTTP or old TLS can be read and changed on its way."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_cloudfront_distribution: viewer_protocol_policy, minimum_protocol_version",
        cloudformation="AWS::CloudFront::Distribution: ViewerProtocolPolicy, MinimumProtocolVersion",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudfront-controls.html#cloudfront-3"
    references = References(
        pillar="Security", security_hub=("CloudFront.3", "CloudFront.15"), checkov=("CKV_AWS_34", "CKV_AWS_174")
    )

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for distribution in architecture.of(Distribution):
            oldest = distribution.minimum_protocol_version
            if distribution.viewer_protocol_policy == "allow-all":
                yield self.violation(
                    distribution, "has viewer_protocol_policy allow-all; redirect-to-https is right"
                )  # fmt: skip
            if distribution.certificate is not None and not (oldest or "").startswith(("TLSv1.2_", "TLSv1.3_")):
                yield self.violation(
                    distribution, f"has minimum_protocol_version {oldest}; TLSv1.2_2021 is right"
                )  # fmt: skip
