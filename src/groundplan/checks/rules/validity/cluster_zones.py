"""GP-VAL-083."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import zones_of
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.checks.wording import listed
from groundplan.resources.architecture import Architecture
from groundplan.resources.kubernetes import KubernetesCluster


class ClusterZones(Rule):
    id = "GP-VAL-083"
    title = "A Kubernetes cluster has subnets in two zones"
    severity = "error"
    why = "EKS refuses a cluster whose subnets lie in one zone, whatever its nodes do."
    fix = Fix(
        blueprint="Name at least two letters in network.zones; nodes may still stay in one.",
        terraform="aws_eks_cluster: vpc_config, subnet_ids",
        cloudformation="AWS::EKS::Cluster: ResourcesVpcConfig, SubnetIds",
    )
    source = "https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for cluster in architecture.of(KubernetesCluster):
            zones = zones_of(architecture, cluster.subnets)
            if len(zones) < 2:
                yield self.violation(cluster, f"has subnets in {listed(zones)}; two zones or more are right")
