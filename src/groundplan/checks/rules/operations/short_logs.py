"""GP-OPS-080."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import WHOLE_ARCHITECTURE, Fix, References, Rule, Violation
from groundplan.checks.wording import listed
from groundplan.resources.architecture import Architecture
from groundplan.resources.monitoring import LogGroup

_YEAR = 365


class ShortLogs(Rule):
    id = "GP-OPS-080"
    title = "Logs are kept for a year or more"
    severity = "info"
    why = "An intrusion is often found after months; by then the logs that would show it are deleted."
    fix = Fix(
        blueprint="Set services.<name>.logs.retention, network.flow_logs and firewall.logs, like 365d; paid by volume.",
        terraform="aws_cloudwatch_log_group: retention_in_days",
        cloudformation="AWS::Logs::LogGroup: RetentionInDays",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-16"
    references = References(pillar="Operational Excellence", security_hub=("CloudWatch.16",), checkov=("CKV_AWS_338",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        # Of the whole: it is one decision, and a line for each log group would hide the other findings.
        by_days: dict[int, list[LogGroup]] = {}
        for group in architecture.of(LogGroup):
            if 0 < group.retention_in_days < _YEAR:
                by_days.setdefault(group.retention_in_days, []).append(group)
        if by_days:
            found = listed(f"{_counted(len(groups))} {days} days" for days, groups in sorted(by_days.items()))
            yield Violation(WHOLE_ARCHITECTURE, f"Of the log groups {found}; a year or more is right for inquiries")


def _counted(number: int) -> str:
    return "1 keeps its events" if number == 1 else f"{number} keep their events"
