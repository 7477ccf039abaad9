"""GP-VAL-123."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.checks.services import allows_service
from groundplan.resources.architecture import Architecture
from groundplan.resources.monitoring import LogGroup
from groundplan.resources.security import Key
from groundplan.resources.values import Ref


class LogGroupKey(Rule):
    id = "GP-VAL-123"
    title = "The key of a log group lets CloudWatch Logs use it"
    severity = "error"
    why = "CloudWatch Logs refuses to encrypt a log group with a key whose policy does not name it."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_kms_key: policy, logs.<region>.amazonaws.com",
        cloudformation="AWS::KMS::Key: KeyPolicy, logs.<region>.amazonaws.com",
    )
    source = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html"
    references = References(pillar="Security")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        lets: dict[Ref[Key], bool] = {}
        for group in architecture.of(LogGroup):
            ref = group.kms_key
            if ref is None or ref not in architecture:
                continue
            if ref not in lets:
                lets[ref] = allows_service(architecture[ref].policy, "logs.", "kms:GenerateDataKey")
            if not lets[ref]:
                yield self.violation(
                    group, f"is encrypted with {ref}, whose policy does not name logs.<region>.amazonaws.com"
                )
