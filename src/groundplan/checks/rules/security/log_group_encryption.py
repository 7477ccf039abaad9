"""GP-SEC-030."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import region_of
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.monitoring import LogGroup


class LogGroupEncryption(Rule):
    id = "GP-SEC-030"
    title = "A log group is encrypted with a key of this environment"
    severity = "info"
    why = "Logs hold what programs should not have written; with an own key reading them takes a second right."
    fix = Fix(
        blueprint="Set keys to customer.",
        terraform="aws_cloudwatch_log_group: kms_key_id",
        cloudformation="AWS::Logs::LogGroup: KmsKeyId",
    )
    source = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html"
    references = References(pillar="Security", checkov=("CKV_AWS_158",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for group in architecture.of(LogGroup):
            # A key works in its own region only, and this environment's are all in one.
            if group.kms_key is None and region_of(architecture, group) == architecture.region:
                yield self.violation(group, "has no kms_key; a key of this environment is right")
