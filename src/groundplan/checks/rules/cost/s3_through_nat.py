"""GP-COST-008."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.network import Route, VpcEndpoint


class S3ThroughNat(Rule):
    id = "GP-COST-008"
    title = "What goes to S3 goes through a gateway endpoint, not through a NAT gateway"
    severity = "warning"
    why = "A NAT gateway charges each GB, of every image that a task pulls too; the endpoint is free."
    fix = Fix(
        blueprint="Write s3 under network.endpoints.",
        terraform="aws_vpc_endpoint: service s3, vpc_endpoint_type = Gateway, route_table_ids",
        cloudformation="AWS::EC2::VPCEndpoint: ServiceName s3, VpcEndpointType: Gateway, RouteTableIds",
    )
    source = "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-s3.html"
    references = References(pillar="Cost Optimization")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        free = {
            table
            for endpoint in architecture.of(VpcEndpoint)
            if endpoint.service == "s3" and endpoint.vpc_endpoint_type == "Gateway"
            for table in endpoint.route_tables
        }
        for route in architecture.of(Route):
            if route.nat_gateway and route.route_table not in free:
                yield self.violation(
                    route,
                    f"sends what {route.route_table} has for S3 through {route.nat_gateway}; "
                    "a gateway endpoint is right",
                )
