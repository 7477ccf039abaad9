"""GP-OPS-005."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.checks.watched import watched
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import EcsService


class ServiceAlarm(Rule):
    id = "GP-OPS-005"
    title = "An alarm watches each service"
    severity = "warning"
    why = "A service that is short of CPU or memory, or dies in a circle, is noticed by its users only."
    fix = Fix(
        blueprint="Remove alarms: null from the blueprint; alarms for services are there by default.",
        terraform="aws_cloudwatch_metric_alarm with namespace AWS/ECS",
        cloudformation="AWS::CloudWatch::Alarm with Namespace AWS/ECS",
    )
    source = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        seen = watched(architecture, "AWS/ECS") | watched(architecture, "ECS/ContainerInsights")
        for service in architecture.of(EcsService):
            if service.ref not in seen:
                yield self.violation(service, "has no alarm on a metric of AWS/ECS; at least one is right")
