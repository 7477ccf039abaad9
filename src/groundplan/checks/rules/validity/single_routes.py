"""GP-VAL-106."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.network import Route, RouteTableAssociation, Subnet
from groundplan.resources.values import Ref


class SingleRoutes(Rule):
    id = "GP-VAL-106"
    title = "A route table has one route for a destination, and a subnet has one route table"
    severity = "error"
    why = "EC2 refuses the second route (RouteAlreadyExists) and the second association of a subnet."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_route, aws_route_table_association",
        cloudformation="AWS::EC2::Route, AWS::EC2::SubnetRouteTableAssociation",
    )
    source = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        routes: dict[tuple[object, object], str] = {}
        for route in architecture.of(Route):
            first = routes.setdefault((route.route_table, route.destination_cidr_block), route.address)
            if first != route.address:
                yield self.violation(
                    route, f"leads to {route.destination_cidr_block}, as {first} of the table; one is right"
                )
        tables: dict[Ref[Subnet], str] = {}
        for link in architecture.of(RouteTableAssociation):
            first = tables.setdefault(link.subnet, link.address)
            if first != link.address:
                yield self.violation(link, f"gives {link.subnet} a second route table beside {first}; one is right")
