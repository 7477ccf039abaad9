"""GP-REL-071."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import zones_of
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.checks.wording import listed
from groundplan.resources.architecture import Architecture
from groundplan.resources.compute import AutoScalingGroup


class InstanceZones(Rule):
    id = "GP-REL-071"
    title = "Instances of a group spread over two zones"
    severity = "warning"
    why = "With the zone all instances are gone, and Auto Scaling starts new ones nowhere else."
    fix = Fix(
        blueprint="Leave capacity.<name> to network.zones.",
        terraform="aws_autoscaling_group: vpc_zone_identifier",
        cloudformation="AWS::AutoScaling::AutoScalingGroup: VPCZoneIdentifier",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/autoscaling-controls.html#autoscaling-2"
    references = References(pillar="Reliability", security_hub=("AutoScaling.2",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for group in architecture.of(AutoScalingGroup):
            zones = zones_of(architecture, group.subnets)
            if len(zones) < 2:
                yield self.violation(group, f"has subnets in {listed(zones)}; two zones or more are right")
