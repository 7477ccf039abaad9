"""GP-VAL-052."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import EcsCapacityProvider


class ProtectedInstances(Rule):
    id = "GP-VAL-052"
    title = "Managed termination protection has protected instances to work with"
    severity = "error"
    why = "ECS refuses managed termination protection for a group whose new instances are not protected from scale-in."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_autoscaling_group: protect_from_scale_in = true",
        cloudformation="AWS::AutoScaling::AutoScalingGroup: NewInstancesProtectedFromScaleIn: true",
    )
    source = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-termination-protection.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for provider in architecture.of(EcsCapacityProvider):
            group = architecture[provider.auto_scaling_group]
            if provider.managed_termination_protection and not group.new_instances_protected_from_scale_in:
                yield self.violation(
                    provider,
                    f"has managed_termination_protection true, and {group.address} "
                    "new_instances_protected_from_scale_in false; true is right",
                )
