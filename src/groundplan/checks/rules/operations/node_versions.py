"""GP-OPS-066."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.kubernetes import NodeGroup


class NodeVersions(Rule):
    id = "GP-OPS-066"
    title = "Nodes have the version of their cluster"
    severity = "info"
    why = "Nodes that stay behind block the next upgrade, and miss mended faults."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_eks_node_group: version",
        cloudformation="AWS::EKS::Nodegroup: Version",
    )
    source = "https://docs.aws.amazon.com/eks/latest/userguide/update-managed-node-group.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for group in architecture.of(NodeGroup):
            version = architecture[group.cluster].version
            if _numbers(group.version) < _numbers(version):
                yield self.violation(
                    group, f"has version {group.version}, and its cluster {version}; the same is right"
                )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
