"""GP-SEC-106."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import public_subnets
from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.checks.wording import listed
from groundplan.resources.architecture import Architecture
from groundplan.resources.compute import AutoScalingGroup
from groundplan.resources.kubernetes import NodeGroup


class NodeSubnets(Rule):
    id = "GP-SEC-106"
    title = "Nodes and instances stand in subnets without a way in from the internet"
    severity = "warning"
    why = "A node with a public address can be asked by everyone; what runs on it, too."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_eks_node_group: subnet_ids; aws_autoscaling_group: vpc_zone_identifier",
        cloudformation="AWS::EKS::Nodegroup: Subnets; AWS::AutoScaling::AutoScalingGroup: VPCZoneIdentifier",
    )
    source = "https://docs.aws.amazon.com/eks/latest/best-practices/subnets.html"
    references = References(pillar="Security")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        public = public_subnets(architecture)
        groups: tuple[NodeGroup | AutoScalingGroup, ...] = (
            *architecture.of(NodeGroup),
            *architecture.of(AutoScalingGroup),
        )
        for group in groups:
            found = [subnet.address for subnet in group.subnets if subnet in public]
            if found:
                yield self.violation(
                    group, f"has {listed(found)}, with a route to an internet gateway; private ones are right"
                )
