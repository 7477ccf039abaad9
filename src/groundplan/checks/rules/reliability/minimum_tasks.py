"""GP-REL-005."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import (
    EcsService,
)
from groundplan.resources.scaling import ScalableTarget

LEAST = 2


class MinimumTasks(Rule):
    id = "GP-REL-005"
    title = "A service runs at least two tasks"
    severity = "warning"
    why = "With one task every crash, and every loss of a zone, is an outage until a new one has started."
    fix = Fix(
        blueprint="Set services.<name>.tasks.min to 2 or more.",
        terraform="aws_appautoscaling_target: min_capacity; aws_ecs_service: desired_count",
        cloudformation="AWS::ApplicationAutoScaling::ScalableTarget: MinCapacity; AWS::ECS::Service: DesiredCount",
    )
    source = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        scaled = {target.service: target.min_capacity for target in architecture.of(ScalableTarget)}
        for service in architecture.of(EcsService):
            field, count = ("min_capacity", scaled[service.ref]) if service.ref in scaled else (
                "desired_count", service.desired_count)  # fmt: skip
            if count < LEAST:
                yield self.violation(service, f"has {field} {count}; {LEAST} or more is right")
