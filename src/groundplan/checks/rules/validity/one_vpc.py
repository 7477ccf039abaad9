"""GP-VAL-102."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.checks.wording import listed
from groundplan.resources.architecture import Architecture
from groundplan.resources.base import Resource
from groundplan.resources.containers import EcsService
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance
from groundplan.resources.edge import LoadBalancer
from groundplan.resources.files import MountTarget
from groundplan.resources.kubernetes import KubernetesCluster
from groundplan.resources.network import SecurityGroup, Subnet, VpcEndpoint
from groundplan.resources.values import Ref


class OneVpc(Rule):
    id = "GP-VAL-102"
    title = "What has network interfaces has its subnets and security groups in one VPC"
    severity = "error"
    why = "AWS refuses a security group of another VPC, and subnets of two."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="vpc_security_group_ids, security_groups, subnet_ids: of one aws_vpc",
        cloudformation="SecurityGroups, SubnetIds: of one AWS::EC2::VPC",
    )
    source = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for resource, subnets, groups in _placed(architecture):
            found = {architecture[subnet].vpc.address for subnet in subnets} | {
                architecture[group].vpc.address for group in groups
            }
            if len(found) > 1:
                yield self.violation(
                    resource, f"has subnets and security groups in {listed(sorted(found))}; one is right"
                )


def _placed(
    architecture: Architecture,
) -> Iterator[tuple[Resource, tuple[Ref[Subnet], ...], tuple[Ref[SecurityGroup], ...]]]:
    """Who stands in which subnets with which security groups."""
    alike: tuple[EcsService | LoadBalancer | VpcEndpoint | KubernetesCluster, ...] = (
        *architecture.of(EcsService),
        *architecture.of(LoadBalancer),
        *architecture.of(VpcEndpoint),
        *architecture.of(KubernetesCluster),
    )
    for item in alike:
        yield item, item.subnets, item.security_groups
    for database in architecture.of(DatabaseInstance):
        if database.subnet_group:
            yield database, architecture[database.subnet_group].subnets, database.security_groups
    for cache in architecture.of(CacheReplicationGroup):
        yield cache, architecture[cache.subnet_group].subnets, cache.security_groups
    for target in architecture.of(MountTarget):
        yield target, (target.subnet,), target.security_groups
