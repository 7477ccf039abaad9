"""GP-COST-011."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import log_buckets
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.delivery import LogDeliveryDestination


class AccessLogsForEver(Rule):
    id = "GP-COST-011"
    title = "Access logs are deleted some day"
    severity = "warning"
    why = "They grow with every request, and nobody reads last year's."
    fix = Fix(
        blueprint="Write buckets.logs.lifecycle with an expire.",
        terraform="aws_s3_bucket_lifecycle_configuration: rule, expiration",
        cloudformation="AWS::S3::Bucket: LifecycleConfiguration: Rules: ExpirationInDays",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-13"
    references = References(pillar="Cost Optimization", security_hub=("S3.13",), checkov=("CKV2_AWS_61",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        logs = log_buckets(architecture) | {item.bucket for item in architecture.of(LogDeliveryDestination)}
        for ref in sorted(logs, key=str):
            if ref in architecture and not any(rule.expiration_days for rule in architecture[ref].lifecycle_rules):
                yield self.violation(
                    architecture[ref], "takes access logs and has no rule with expiration_days; one is right"
                )
