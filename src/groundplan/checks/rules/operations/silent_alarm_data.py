"""GP-OPS-067."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.checks.wording import listed
from groundplan.resources.architecture import Architecture
from groundplan.resources.monitoring import Alarm, Metric

PRESENCE = {"HealthyHostCount", "RunningTaskCount", "HealthCheckStatus"}
"""Metrics that say how many are there."""


class SilentAlarmData(Rule):
    id = "GP-OPS-067"
    title = "An alarm on the absence of something rings when there are no data at all"
    severity = "warning"
    why = "What has stopped altogether sends no data points: an alarm that takes those for fine never rings."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_cloudwatch_metric_alarm: treat_missing_data = breaching",
        cloudformation="AWS::CloudWatch::Alarm: TreatMissingData: breaching",
    )
    source = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for alarm in architecture.of(Alarm):
            names = {alarm.metric.metric_name} if isinstance(alarm.metric, Metric) else set()
            if (
                names & PRESENCE
                and alarm.comparison_operator.startswith("Less")
                and alarm.treat_missing_data == "notBreaching"
            ):
                yield self.violation(
                    alarm,
                    f"rings when {listed(names)} is low and has treat_missing_data notBreaching; breaching is right",
                )
