"""GP-REL-004."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.checks.wording import listed
from groundplan.resources.architecture import Architecture
from groundplan.resources.network import NatGateway, Route, RouteTable, RouteTableAssociation
from groundplan.resources.values import Ref


class SingleNatGateway(Rule):
    id = "GP-REL-004"
    title = "Each zone has a NAT gateway of its own"
    severity = "warning"
    why = "With the NAT gateway's zone all zones lose the internet: tasks can neither start nor call anyone."
    fix = Fix(
        blueprint="Set network.nat to per-zone.",
        terraform="aws_nat_gateway and aws_route: one for each zone",
        cloudformation="AWS::EC2::NatGateway and AWS::EC2::Route: one for each zone",
    )
    source = "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        zones_of_table: dict[Ref[RouteTable], set[str]] = {}
        for link in architecture.of(RouteTableAssociation):
            zones_of_table.setdefault(link.route_table, set()).add(architecture[link.subnet].availability_zone)
        served: dict[Ref[NatGateway], set[str]] = {}
        for route in architecture.of(Route):
            if route.nat_gateway:
                served.setdefault(route.nat_gateway, set()).update(zones_of_table.get(route.route_table, set()))
        for gateway in architecture.of(NatGateway):
            own = architecture[gateway.subnet].availability_zone
            foreign = sorted(served.get(gateway.ref, set()) - {own})
            if foreign:
                yield self.violation(
                    gateway, f"in {own} is the way out of {listed(foreign)} too; a NAT gateway in each zone is right"
                )
