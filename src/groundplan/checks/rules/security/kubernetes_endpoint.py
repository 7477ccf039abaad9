"""GP-SEC-063."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.kubernetes import KubernetesCluster
from groundplan.resources.network import ANYWHERE


class KubernetesEndpoint(Rule):
    id = "GP-SEC-063"
    title = "The Kubernetes API does not answer the whole internet"
    severity = "error"
    why = "Whoever reaches the API may try stolen credentials, and each hole that is found in it."
    fix = Fix(
        blueprint="Name in kubernetes.allow only addresses of your own, or leave it out: the API then answers the VPC "
        "alone.",
        terraform="aws_eks_cluster: vpc_config, public_access_cidrs, or endpoint_public_access = false",
        cloudformation="AWS::EKS::Cluster: ResourcesVpcConfig, PublicAccessCidrs, or EndpointPublicAccess: false",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/eks-controls.html#eks-1"
    references = References(pillar="Security", security_hub=("EKS.1",), checkov=("CKV_AWS_38", "CKV_AWS_39"))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for cluster in architecture.of(KubernetesCluster):
            open_to_all = not cluster.public_access_cidrs or ANYWHERE in cluster.public_access_cidrs
            if cluster.endpoint_public_access and open_to_all:
                yield self.violation(
                    cluster,
                    f"has public_access_cidrs {ANYWHERE}; addresses of your own, or no public endpoint, are right",
                )
