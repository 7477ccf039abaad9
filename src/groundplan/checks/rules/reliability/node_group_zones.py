"""GP-REL-041."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import zones_of
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.checks.wording import listed
from groundplan.resources.architecture import Architecture
from groundplan.resources.kubernetes import NodeGroup


class NodeGroupZones(Rule):
    id = "GP-REL-041"
    title = "The nodes of a group spread over two zones"
    severity = "warning"
    why = "When the zone fails, all pods of the group fail with it, however many nodes there are."
    fix = Fix(
        blueprint="Leave out kubernetes.nodes.<name>.zones, or name two letters at least. Where one zone is meant to "
        "save money, accept this finding.",
        terraform="aws_eks_node_group: subnet_ids",
        cloudformation="AWS::EKS::Nodegroup: Subnets",
    )
    source = "https://docs.aws.amazon.com/eks/latest/best-practices/data-plane.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for group in architecture.of(NodeGroup):
            zones = zones_of(architecture, group.subnets)
            if len(zones) < 2:
                yield self.violation(group, f"has subnets in {listed(zones)}; two zones or more are right")
