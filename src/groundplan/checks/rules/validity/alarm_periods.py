"""GP-VAL-033."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.monitoring import Alarm

SHORT = (10, 20, 30)
MINUTE, HOUR, DAY = 60, 3_600, 86_400


class AlarmPeriods(Rule):
    id = "GP-VAL-033"
    title = "An alarm looks at whole periods within the time that CloudWatch allows"
    severity = "error"
    why = (
        "CloudWatch refuses other periods, more data points than periods, and a look back beyond a day (beyond a week "
        "from periods of an hour on)."
    )
    fix = Fix(
        blueprint="Set alarms.period to 10s, 20s, 30s or a multiple of 60s.",
        terraform="aws_cloudwatch_metric_alarm: period, evaluation_periods, datapoints_to_alarm",
        cloudformation="AWS::CloudWatch::Alarm: Period, EvaluationPeriods, DatapointsToAlarm",
    )
    source = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for alarm in architecture.of(Alarm):
            period, periods, points = alarm.period, alarm.evaluation_periods, alarm.datapoints_to_alarm
            if period not in SHORT and (period < MINUTE or period % MINUTE):
                yield self.violation(alarm, f"has period {period}; 10, 20, 30 or a multiple of 60 seconds is right")
            if not 1 <= points <= periods:
                yield self.violation(
                    alarm, f"has datapoints_to_alarm {points} of {periods} periods; 1 to {periods} is right"
                )
            longest = 7 * DAY if period >= HOUR else DAY
            if period * periods > longest:
                yield self.violation(alarm, f"looks back {period * periods} seconds; at most {longest} is right")
