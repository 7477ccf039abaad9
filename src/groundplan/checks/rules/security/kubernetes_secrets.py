"""GP-SEC-064."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.kubernetes import KubernetesCluster


class KubernetesSecrets(Rule):
    id = "GP-SEC-064"
    title = "Secrets in Kubernetes are encrypted with a key of this environment"
    severity = "warning"
    why = "Who may use the key is decided and recorded here, and without it a copy of etcd is of no use."
    fix = Fix(
        blueprint="Set keys to customer.",
        terraform="aws_eks_cluster: encryption_config",
        cloudformation="AWS::EKS::Cluster: EncryptionConfig",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/eks-controls.html#eks-3"
    references = References(pillar="Security", security_hub=("EKS.3",), checkov=("CKV_AWS_58",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for cluster in architecture.of(KubernetesCluster):
            if cluster.secrets_key is None:
                yield self.violation(cluster, "has no secrets_key; a key of this environment is right")
