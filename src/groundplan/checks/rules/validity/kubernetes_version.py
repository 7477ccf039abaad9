"""GP-VAL-127."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.catalog import engines
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.kubernetes import KubernetesCluster, NodeGroup

SKEW = 3
"""Versions that nodes may be behind. Source: https://kubernetes.io/releases/version-skew-policy/"""


class KubernetesVersion(Rule):
    id = "GP-VAL-127"
    title = "A cluster has a Kubernetes version that EKS creates, its nodes none that is newer"
    severity = "error"
    why = (
        "EKS refuses versions outside of extended support, and nodes newer than the control plane or more "
        "than three versions behind it."
    )
    fix = Fix(
        blueprint="Set kubernetes.version to a version in standard support.",
        terraform="aws_eks_cluster, aws_eks_node_group: version",
        cloudformation="AWS::EKS::Cluster, AWS::EKS::Nodegroup: Version",
    )
    source = "https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html"
    references = References(pillar="Reliability", security_hub=("EKS.2",), checkov=("CKV_AWS_339",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for cluster in architecture.of(KubernetesCluster):
            problem = engines.kubernetes.find(cluster.version).problem()
            if problem:
                yield self.violation(cluster, f"has version {cluster.version}: {problem}")
        for group in architecture.of(NodeGroup):
            of_cluster = architecture[group.cluster].version
            behind = _minor(of_cluster) - _minor(group.version)
            if not 0 <= behind <= SKEW:
                yield self.violation(
                    group, f"has version {group.version}, and its cluster {of_cluster}; the same is right"
                )


def _minor(version: str) -> int:
    number = version.partition(".")[2].partition(".")[0]
    return int(number) if number.isdigit() else 0
