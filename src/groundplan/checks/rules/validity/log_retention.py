"""GP-VAL-018."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.catalog import logs
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.monitoring import LogGroup

FOREVER = 0


class LogRetention(Rule):
    id = "GP-VAL-018"
    title = "A log group keeps its events for a number of days that CloudWatch Logs has"
    severity = "error"
    why = "CloudWatch Logs has a fixed list of retentions and refuses any other number."
    fix = Fix(
        blueprint="Set services.<name>.logs or network.flow_logs to a duration of the list, like 30d or 90d.",
        terraform="aws_cloudwatch_log_group: retention_in_days",
        cloudformation="AWS::Logs::LogGroup: RetentionInDays",
    )
    source = "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for group in architecture.of(LogGroup):
            days = group.retention_in_days
            if days != FOREVER and not logs.is_valid(days):
                yield self.violation(group, f"has retention_in_days {days}; the next allowed is {logs.nearest(days)}")
