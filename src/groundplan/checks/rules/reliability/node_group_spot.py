"""GP-REL-042."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.kubernetes import KubernetesCluster, NodeGroup


class NodeGroupSpot(Rule):
    id = "GP-REL-042"
    title = "Pods that tolerate no taint find nodes that stay"
    severity = "warning"
    why = "AWS takes Spot instances back with two minutes of warning, all at once if need be, and CoreDNS with them."
    fix = Fix(
        blueprint="Leave spot out at one group of kubernetes.nodes without taints. Where work may be interrupted, "
        "accept this finding.",
        terraform="aws_eks_node_group: capacity_type = ON_DEMAND",
        cloudformation="AWS::EKS::Nodegroup: CapacityType: ON_DEMAND",
    )
    source = (
        "https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html#managed-node-group-capacity-types"
    )
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for cluster in architecture.of(KubernetesCluster):
            groups = [item for item in architecture.of(NodeGroup) if item.cluster == cluster.ref and not item.taints]
            if groups and all(item.capacity_type == "SPOT" for item in groups):
                names = ", ".join(item.nodegroup_name for item in groups)
                yield self.violation(
                    cluster,
                    f"has only Spot nodes without taints ({names}); a group with capacity_type ON_DEMAND is right",
                )
