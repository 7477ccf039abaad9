"""GP-VAL-036."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import public_subnets
from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.edge import LoadBalancer
from groundplan.resources.network import NatGateway, Route


class RouteTargets(Rule):
    id = "GP-VAL-036"
    title = "A route leads to one gateway; NAT gateways and public load balancers stand where the internet is reached"
    severity = "error"
    why = "EC2 refuses a route with no target or two; without a route to an internet gateway nothing gets out or in."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_route: gateway_id or nat_gateway_id; aws_nat_gateway: subnet_id; aws_lb: subnets",
        cloudformation="AWS::EC2::Route: GatewayId or NatGatewayId; AWS::EC2::NatGateway: SubnetId",
    )
    source = "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for route in architecture.of(Route):
            targets = [target.address for target in (route.internet_gateway, route.nat_gateway) if target]
            if len(targets) != 1:
                found = " and ".join(targets) or "no gateway"
                yield self.violation(route, f"leads to {found}; exactly one gateway is right")
        public = public_subnets(architecture)
        for gateway in architecture.of(NatGateway):
            if gateway.subnet not in public:
                yield self.violation(gateway, f"stands in {gateway.subnet}, which has no route to an internet gateway")
        for balancer in architecture.of(LoadBalancer):
            if balancer.scheme == "internet-facing":
                for subnet in balancer.subnets:
                    if subnet not in public:
                        yield self.violation(
                            balancer, f"is internet-facing in {subnet}, which has no route to an internet gateway"
                        )
