"""GP-OPS-002."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.monitoring import LogGroup


class LogGroupRetention(Rule):
    id = "GP-OPS-002"
    title = "A log group forgets its events some day"
    severity = "warning"
    why = "Logs are paid for as long as they are kept, and personal data in them must not be kept for ever."
    fix = Fix(
        blueprint="Set services.<name>.logs or network.flow_logs, like 30d.",
        terraform="aws_cloudwatch_log_group: retention_in_days",
        cloudformation="AWS::Logs::LogGroup: RetentionInDays",
    )
    source = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html"
    references = References(pillar="Cost Optimization", security_hub=("CloudWatch.16",), checkov=("CKV_AWS_66",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for group in architecture.of(LogGroup):
            if group.retention_in_days == 0:
                yield self.violation(group, "has retention_in_days 0, which keeps events for ever; 30 is usual")
