"""GP-REL-043."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.kubernetes import KubernetesCluster


class ClusterDeletionProtection(Rule):
    id = "GP-REL-043"
    title = "A Kubernetes cluster is protected from deletion"
    severity = "warning"
    why = "One wrong command deletes the cluster, and with it everything that runs there and stands in no file."
    fix = Fix(
        blueprint="Set profile to production, which turns it on.",
        terraform="aws_eks_cluster: deletion_protection = true",
        cloudformation="AWS::EKS::Cluster: DeletionProtection: true",
    )
    source = "https://docs.aws.amazon.com/eks/latest/userguide/deletion-protection.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for cluster in architecture.of(KubernetesCluster):
            if not cluster.deletion_protection:
                yield self.violation(cluster, "has deletion_protection false; true is right")
