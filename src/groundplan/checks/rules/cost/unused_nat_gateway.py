"""GP-COST-007."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import region_of
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.checks.thrift import monthly
from groundplan.resources.architecture import Architecture
from groundplan.resources.network import NatGateway, Route


class UnusedNatGateway(Rule):
    id = "GP-COST-007"
    title = "A route leads to each NAT gateway"
    severity = "warning"
    why = "It is paid by the hour, and no packet passes it."
    fix = Fix(
        blueprint="Set network.nat to single, per-zone or none.",
        terraform="aws_route: nat_gateway_id",
        cloudformation="AWS::EC2::Route: NatGatewayId",
    )
    source = "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-pricing.html"
    references = References(pillar="Cost Optimization")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        used = {route.nat_gateway for route in architecture.of(Route)}
        for gateway in architecture.of(NatGateway):
            if gateway.ref not in used:
                cost = monthly("nat.hour", region_of(architecture, gateway))
                yield self.violation(gateway, f"is the way of no route and costs {cost}; a route is right, or none")
