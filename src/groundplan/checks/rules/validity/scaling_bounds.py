"""GP-VAL-032."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.scaling import ScalableTarget, ScalingPolicy


class ScalingBounds(Rule):
    id = "GP-VAL-032"
    title = "A service scales between a lower and an upper bound, and starts within them"
    severity = "error"
    why = "Application Auto Scaling refuses bounds in the wrong order, and at once moves a count that starts outside."
    fix = Fix(
        blueprint="Set services.<name>.tasks: min at most desired, desired at most max.",
        terraform="aws_appautoscaling_target: min_capacity, max_capacity; aws_ecs_service: desired_count",
        cloudformation="AWS::ApplicationAutoScaling::ScalableTarget: MinCapacity, MaxCapacity; "
        "AWS::ECS::Service: DesiredCount",
    )
    source = "https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for target in architecture.of(ScalableTarget):
            least, most = target.min_capacity, target.max_capacity
            desired = architecture[target.service].desired_count
            if not 0 <= least <= most:
                yield self.violation(
                    target, f"has min_capacity {least} and max_capacity {most}; 0 <= min <= max is right"
                )
            elif not least <= desired <= most:
                yield self.violation(
                    target,
                    f"scales {target.service} between {least} and {most}, which starts with {desired}; a "
                    "desired_count within the bounds is right",
                )
        for policy in architecture.of(ScalingPolicy):
            counts_requests = policy.predefined_metric == "ALBRequestCountPerTarget"
            if counts_requests and policy.request_count_target_group is None:
                yield self.violation(policy, "tracks requests per target and names no target group; one is needed")
            if (policy.predefined_metric is None) == (policy.metric is None):
                yield self.violation(policy, "tracks a predefined metric and metric math, or neither; one is right")
            if policy.predefined_metric and not counts_requests and not 0 < policy.target_value <= 100:
                yield self.violation(policy, f"has target_value {policy.target_value} percent; above 0 to 100 is right")
