"""GP-VAL-113."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.checks.wording import listed
from groundplan.resources.architecture import Architecture
from groundplan.resources.delivery import CachePolicy, Distribution

ERRORS = (400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504)
"""Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/GeneratingCustomErrorResponses.html"""


class DeliveryValues(Rule):
    id = "GP-VAL-113"
    title = "What CloudFront answers has times in order, a root object without a slash and errors that it knows"
    severity = "error"
    why = (
        "CloudFront refuses a cache policy whose times are out of order, and error codes that no origin "
        "answer can have; a root object that starts with a slash is never found."
    )
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform=(
            "aws_cloudfront_cache_policy: min_ttl, default_ttl, max_ttl; aws_cloudfront_distribution: "
            "default_root_object, custom_error_response"
        ),
        cloudformation=(
            "AWS::CloudFront::CachePolicy: MinTTL, DefaultTTL, MaxTTL; Distribution: DefaultRootObject, "
            "CustomErrorResponses"
        ),
    )
    source = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DefaultRootObject.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for policy in architecture.of(CachePolicy):
            if not 0 <= policy.min_ttl <= policy.default_ttl <= policy.max_ttl:
                times = f"{policy.min_ttl}, {policy.default_ttl}, {policy.max_ttl}"
                yield self.violation(policy, f"has min_ttl, default_ttl, max_ttl {times}; rising ones are right")
        for distribution in architecture.of(Distribution):
            if distribution.default_root_object.startswith("/"):
                root = distribution.default_root_object
                yield self.violation(distribution, f'has default_root_object "{root}"; "{root.lstrip("/")}" is right')
            for response in distribution.error_responses:
                if response.error_code not in ERRORS:
                    yield self.violation(
                        distribution, f"answers error {response.error_code} otherwise; one of {listed(ERRORS)} is right"
                    )
