"""GP-SEC-062."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.delivery import Distribution


class DistributionFirewall(Rule):
    id = "GP-SEC-062"
    title = "A distribution stands behind a web application firewall"
    severity = "info"
    why = "Nothing keeps one address from asking without end, and each answer is paid for."
    fix = Fix(
        blueprint="Write firewall: {}, or firewall: {protects: [cdn]}; it is paid per web ACL, rule and request.",
        terraform="aws_cloudfront_distribution: web_acl_id",
        cloudformation="AWS::CloudFront::Distribution: WebACLId",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudfront-controls.html#cloudfront-6"
    references = References(pillar="Security", security_hub=("CloudFront.6",), checkov=("CKV_AWS_68",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for distribution in architecture.of(Distribution):
            if distribution.web_acl is None:
                yield self.violation(distribution, "has no web_acl; one is right")
