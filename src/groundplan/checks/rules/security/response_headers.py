"""GP-SEC-108."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.delivery import ResponseHeadersPolicy

YEAR = 31_536_000


class ResponseHeaders(Rule):
    id = "GP-SEC-108"
    title = "Browsers are told to ask for HTTPS only, for a year or more"
    severity = "warning"
    why = "The first request after each expiry travels in clear, and can be led elsewhere."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_cloudfront_response_headers_policy: strict_transport_security, content_type_options",
        cloudformation="AWS::CloudFront::ResponseHeadersPolicy: SecurityHeadersConfig",
    )
    source = (
        "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/"
        "understanding-response-headers-policies.html"
    )
    references = References(pillar="Security", checkov=("CKV_AWS_259",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for policy in architecture.of(ResponseHeadersPolicy):
            if policy.strict_transport_security < YEAR:
                found = policy.strict_transport_security
                yield self.violation(policy, f"has strict_transport_security {found}; {YEAR} seconds or more are right")
            if not policy.content_type_options:
                yield self.violation(policy, "has content_type_options false; true is right")
