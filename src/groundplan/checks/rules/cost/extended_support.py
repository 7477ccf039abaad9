"""GP-COST-010."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.kubernetes import KubernetesCluster


class ExtendedSupport(Rule):
    id = "GP-COST-010"
    title = "A cluster leaves a Kubernetes version before extended support begins"
    severity = "warning"
    why = "The control plane then costs six times as much, and nobody is asked: 0.60 instead of 0.10 USD an hour."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_eks_cluster: upgrade_policy, support_type = STANDARD",
        cloudformation="AWS::EKS::Cluster: UpgradePolicy: SupportType: STANDARD",
    )
    source = "https://docs.aws.amazon.com/eks/latest/userguide/view-upgrade-policy.html"
    references = References(pillar="Cost Optimization")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for cluster in architecture.of(KubernetesCluster):
            if cluster.support_type != "STANDARD":
                yield self.violation(cluster, f"has support_type {cluster.support_type}; STANDARD is right")
