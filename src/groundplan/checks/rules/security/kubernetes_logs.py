"""GP-SEC-065."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.checks.wording import listed
from groundplan.resources.architecture import Architecture
from groundplan.resources.kubernetes import KubernetesCluster

NEEDED = ("api", "audit", "authenticator")


class KubernetesLogs(Rule):
    id = "GP-SEC-065"
    title = "The control plane writes who asked it for what"
    severity = "warning"
    why = "Without these logs nobody can tell afterwards who did what in the cluster, or tried to."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_eks_cluster: enabled_cluster_log_types",
        cloudformation="AWS::EKS::Cluster: Logging, ClusterLogging, EnabledTypes",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/eks-controls.html#eks-8"
    references = References(pillar="Security", security_hub=("EKS.8",), checkov=("CKV_AWS_37",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for cluster in architecture.of(KubernetesCluster):
            missing = [name for name in NEEDED if name not in cluster.log_types]
            if missing:
                yield self.violation(cluster, f"has log_types without {listed(missing)}; {listed(NEEDED)} are right")
