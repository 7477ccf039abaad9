"""GP-VAL-025."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.network import Subnet, Vpc
from groundplan.resources.values import Ref

LARGEST, SMALLEST = 16, 28
"""Prefix lengths."""


class SubnetRanges(Rule):
    id = "GP-VAL-025"
    title = "VPC and subnets are between /16 and /28, and subnets lie inside their VPC without overlap"
    severity = "error"
    why = "EC2 refuses other ranges (InvalidVpcRange, InvalidSubnet.Range, InvalidSubnet.Conflict)."
    fix = Fix(
        blueprint="Correct network.cidr or network.subnets, or leave subnets out: Groundplan plans them.",
        terraform="aws_vpc and aws_subnet: cidr_block",
        cloudformation="AWS::EC2::VPC and AWS::EC2::Subnet: CidrBlock",
    )
    source = "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        networks: tuple[Vpc | Subnet, ...] = (*architecture.of(Vpc), *architecture.of(Subnet))
        for resource in networks:
            if not LARGEST <= resource.cidr_block.prefixlen <= SMALLEST:
                yield self.violation(
                    resource, f"has cidr_block {resource.cidr_block}; /{LARGEST} to /{SMALLEST} is right"
                )
        by_vpc: dict[Ref[Vpc], list[Subnet]] = {}
        for subnet in architecture.of(Subnet):
            by_vpc.setdefault(subnet.vpc, []).append(subnet)
            whole = architecture[subnet.vpc].cidr_block
            if not subnet.cidr_block.subnet_of(whole):
                yield self.violation(subnet, f"has cidr_block {subnet.cidr_block}; a range inside {whole} is right")
        for subnets in by_vpc.values():
            # In order of addresses, a range that overlaps any earlier one overlaps the one that reaches furthest.
            ordered = sorted(subnets, key=lambda subnet: (subnet.cidr_block, subnet.address))
            furthest = ordered[0]
            for subnet in ordered[1:]:
                if subnet.cidr_block.overlaps(furthest.cidr_block):
                    yield self.violation(
                        subnet,
                        f"has cidr_block {subnet.cidr_block}, which overlaps {furthest.cidr_block} of "
                        f"{furthest.address}; a range of its own is right",
                    )
                if subnet.cidr_block.broadcast_address > furthest.cidr_block.broadcast_address:
                    furthest = subnet
