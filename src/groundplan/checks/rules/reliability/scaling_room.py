"""GP-REL-069."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.scaling import ScalingPolicy, StepScalingPolicy


class ScalingRoom(Rule):
    id = "GP-REL-069"
    title = "A service that scales has room to scale"
    severity = "warning"
    why = "Its policies and alarms move nothing: at the peak it stays as small as at night."
    fix = Fix(
        blueprint="Set services.<name>.tasks.max above tasks.min, or leave scaling out.",
        terraform="aws_appautoscaling_target: max_capacity",
        cloudformation="AWS::ApplicationAutoScaling::ScalableTarget: MaxCapacity",
    )
    source = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        policies: tuple[ScalingPolicy | StepScalingPolicy, ...] = (
            *architecture.of(ScalingPolicy),
            *architecture.of(StepScalingPolicy),
        )
        for ref in dict.fromkeys(policy.target for policy in policies):
            target = architecture[ref]
            if target.min_capacity == target.max_capacity and not target.scheduled_actions:
                yield self.violation(
                    target, f"has min_capacity and max_capacity {target.max_capacity}; a higher max is right"
                )
