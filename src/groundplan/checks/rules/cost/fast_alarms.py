"""GP-COST-016."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.monitoring import Alarm

MINUTE = 60


class FastAlarms(Rule):
    id = "GP-COST-016"
    title = "Alarms look once a minute"
    severity = "info"
    why = (
        "An alarm with a period of less than a minute costs three times as much, and its metric is rarely "
        "written as often."
    )
    fix = Fix(
        blueprint="Set alarms.period to 60s or more.",
        terraform="aws_cloudwatch_metric_alarm: period",
        cloudformation="AWS::CloudWatch::Alarm: Period",
    )
    source = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_billing.html"
    references = References(pillar="Cost Optimization")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for alarm in architecture.of(Alarm):
            if alarm.period < MINUTE and not alarm.scales:
                yield self.violation(alarm, f"has period {alarm.period}; {MINUTE} or more is right")
