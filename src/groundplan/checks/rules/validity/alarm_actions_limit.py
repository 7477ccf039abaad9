"""GP-VAL-140."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.monitoring import Alarm, CompositeAlarm

MOST, LONGEST = 5, 1_024


class AlarmActionsLimit(Rule):
    id = "GP-VAL-140"
    title = "An alarm tells at most five, and is described in 1,024 characters"
    severity = "error"
    why = "CloudWatch refuses a sixth action and a longer description."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_cloudwatch_metric_alarm: alarm_actions, alarm_description",
        cloudformation="AWS::CloudWatch::Alarm: AlarmActions, AlarmDescription",
    )
    source = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        alarms: tuple[Alarm | CompositeAlarm, ...] = (*architecture.of(Alarm), *architecture.of(CompositeAlarm))
        for alarm in alarms:
            count = len(alarm.actions) + (len(alarm.scales) if isinstance(alarm, Alarm) else 0)
            if count > MOST:
                yield self.violation(alarm, f"has {count} actions; {MOST} are the most")
            if len(alarm.description) > LONGEST:
                yield self.violation(
                    alarm, f"has a description of {len(alarm.description)} characters; {LONGEST} are the most"
                )
