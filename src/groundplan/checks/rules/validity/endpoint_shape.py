"""GP-VAL-103."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import zones_of
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.network import VpcEndpoint

GATEWAYS = "s3 or dynamodb"


class EndpointShape(Rule):
    id = "GP-VAL-103"
    title = "A gateway endpoint has route tables, an interface endpoint one subnet in each zone and a security group"
    severity = "error"
    why = (
        "EC2 refuses gateway endpoints for other services than S3 and DynamoDB, and two subnets of one zone; "
        "without routes or a security group that lets in, an endpoint serves nobody."
    )
    fix = Fix(
        blueprint="Write network.endpoints as a list of service names like s3 and ecr.api: their shape follows.",
        terraform="aws_vpc_endpoint: vpc_endpoint_type, route_table_ids, subnet_ids, security_group_ids",
        cloudformation="AWS::EC2::VPCEndpoint: VpcEndpointType, RouteTableIds, SubnetIds, SecurityGroupIds",
    )
    source = "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for endpoint in architecture.of(VpcEndpoint):
            if endpoint.vpc_endpoint_type == "Gateway":
                if endpoint.service not in GATEWAYS:
                    yield self.violation(
                        endpoint, f"is a gateway endpoint for {endpoint.service}; one for {GATEWAYS} is right"
                    )
                elif not endpoint.route_tables:
                    yield self.violation(endpoint, "has no route_tables; those of the subnets that use it are right")
            elif not endpoint.subnets or not endpoint.security_groups:
                yield self.violation(endpoint, "lacks subnets or security_groups; an interface endpoint has both")
            elif len(zones_of(architecture, endpoint.subnets)) < len(endpoint.subnets):
                yield self.violation(endpoint, "has two subnets in one zone; one in each zone is right")
