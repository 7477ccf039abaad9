"""GP-VAL-101."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.edge import LoadBalancer, TargetGroup

LONGEST_IDLE, LONGEST_DELAY = 4_000, 3_600
"""Seconds."""


class BalancerTimes(Rule):
    id = "GP-VAL-101"
    title = "Load balancers and target groups wait as long as Elastic Load Balancing lets them"
    severity = "error"
    why = (
        "Elastic Load Balancing refuses an idle timeout beyond 4,000 seconds and a deregistration delay beyond an hour."
    )
    fix = Fix(
        blueprint="Set services.<name>.public.deregistration to 0s to 1h.",
        terraform="aws_lb: idle_timeout; aws_lb_target_group: deregistration_delay",
        cloudformation=(
            "AWS::ElasticLoadBalancingV2::LoadBalancer: idle_timeout.timeout_seconds; TargetGroup: "
            "deregistration_delay.timeout_seconds"
        ),
    )
    source = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for balancer in architecture.of(LoadBalancer):
            if not 1 <= balancer.idle_timeout <= LONGEST_IDLE:
                yield self.violation(
                    balancer, f"has idle_timeout {balancer.idle_timeout}; 1 to {LONGEST_IDLE} is right"
                )
        for group in architecture.of(TargetGroup):
            delay = group.deregistration_delay
            if not 0 <= delay <= LONGEST_DELAY:
                yield self.violation(group, f"has deregistration_delay {delay}; 0 to {LONGEST_DELAY} is right")
