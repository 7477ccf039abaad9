"""GP-VAL-085."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.kubernetes import NodeGroup


class NodeGroupSizes(Rule):
    id = "GP-VAL-085"
    title = "A node group starts with a size between its fewest and its most"
    severity = "error"
    why = "EKS refuses a node group whose wanted size lies outside of its bounds."
    fix = Fix(
        blueprint="Let kubernetes.nodes.<name>.desired lie between min and max.",
        terraform="aws_eks_node_group: scaling_config",
        cloudformation="AWS::EKS::Nodegroup: ScalingConfig",
    )
    source = "https://docs.aws.amazon.com/eks/latest/APIReference/API_NodegroupScalingConfig.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for group in architecture.of(NodeGroup):
            least, wanted, most = group.min_size, group.desired_size, group.max_size
            if not (0 <= least <= wanted <= most and most):
                yield self.violation(
                    group, f"has min_size {least}, desired_size {wanted}, max_size {most}; min ≤ desired ≤ max is right"
                )
