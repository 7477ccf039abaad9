"""GP-OPS-003."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import EcsService
from groundplan.resources.monitoring import Alarm, CompositeAlarm
from groundplan.resources.workloads import ServiceWorkload


class AlarmActions(Rule):
    id = "GP-OPS-003"
    title = "An alarm tells somebody"
    severity = "warning"
    why = "An alarm without an action goes red in a console that nobody looks at."
    fix = Fix(
        blueprint="Set alarms.email to an address that is read.",
        terraform="aws_cloudwatch_metric_alarm: alarm_actions",
        cloudformation="AWS::CloudWatch::Alarm: AlarmActions",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-15"
    references = References(
        pillar="Operational Excellence", security_hub=("CloudWatch.15", "CloudWatch.17"), checkov=("CKV_AWS_319",)
    )

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        # What rolls a deployment back or scales acts by itself.
        rolls_back = {alarm for service in architecture.of(EcsService) for alarm in service.rollback_alarms}
        for workload in architecture.workloads:
            if isinstance(workload, ServiceWorkload) and workload.shift:
                rolls_back.update(workload.shift.rollback_alarms)
        # What is part of a composite alarm is told by that one.
        told = {alarm for item in architecture.of(CompositeAlarm) if item.actions for alarm in item.alarms}
        for alarm in architecture.of(Alarm):
            if not alarm.actions and not alarm.scales and alarm.ref not in rolls_back | told:
                yield self.violation(alarm, "has no actions; a topic is right")
