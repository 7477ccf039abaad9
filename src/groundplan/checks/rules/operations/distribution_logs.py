"""GP-OPS-063."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.delivery import Distribution, LogDelivery, LogDeliverySource


class DistributionLogs(Rule):
    id = "GP-OPS-063"
    title = "A distribution writes access logs"
    severity = "warning"
    why = "Who asked for what, and what failed, is known to nobody."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_cloudwatch_log_delivery_source: resource_arn of the distribution",
        cloudformation="AWS::Logs::DeliverySource: ResourceArn of the distribution",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudfront-controls.html#cloudfront-5"
    references = References(pillar="Security", security_hub=("CloudFront.5",), checkov=("CKV_AWS_86",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        delivered = {item.source for item in architecture.of(LogDelivery)}
        logged = {item.distribution for item in architecture.of(LogDeliverySource) if item.ref in delivered}
        for distribution in architecture.of(Distribution):
            if distribution.ref not in logged:
                yield self.violation(distribution, "has no log_delivery; one is right")
