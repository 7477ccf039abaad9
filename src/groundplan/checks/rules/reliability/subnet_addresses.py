"""GP-REL-063."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import EcsService
from groundplan.resources.network import Subnet
from groundplan.resources.scaling import ScalableTarget
from groundplan.resources.values import Ref

RESERVED = 5
"""Addresses of a subnet that AWS keeps. Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html"""


class SubnetAddresses(Rule):
    id = "GP-REL-063"
    title = "Subnets have addresses for all tasks at their peak and for a deployment beside them"
    severity = "warning"
    why = "Each task takes an address. When a subnet has none left, scaling out and deployments stop."
    fix = Fix(
        blueprint="Set network.subnets.private to larger ranges, or lower services.<name>.tasks.max.",
        terraform="aws_subnet: cidr_block",
        cloudformation="AWS::EC2::Subnet: CidrBlock",
    )
    source = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        peak = {target.service: target.max_capacity for target in architecture.of(ScalableTarget)}
        needed: dict[Ref[Subnet], int] = {}
        for service in architecture.of(EcsService):
            most = peak.get(service.ref, service.desired_count) * (service.maximum_percent or 200) // 100
            for ref in service.subnets:
                needed[ref] = needed.get(ref, 0) + ceil(most / len(service.subnets))
        for subnet in architecture.of(Subnet):
            free = subnet.cidr_block.num_addresses - RESERVED
            if needed.get(subnet.ref, 0) > free:
                yield self.violation(
                    subnet,
                    f"has {free} addresses, and {needed[subnet.ref]} tasks at their peak; a larger range is right",
                )
