"""GP-COST-009."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import region_of
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.checks.thrift import monthly, redundant
from groundplan.resources.architecture import Architecture
from groundplan.resources.network import NatGateway, Vpc, VpcEndpoint


class DearEndpoints(Rule):
    id = "GP-COST-009"
    title = "Interface endpoints beside a NAT gateway cost less than they save"
    severity = "info"
    why = (
        "Each endpoint is paid by the hour in each zone; the NAT gateway that is there anyway charges only "
        "what passes it."
    )
    fix = Fix(
        blueprint="Write network.endpoints as [s3].",
        terraform="aws_vpc_endpoint: remove those of type Interface",
        cloudformation="AWS::EC2::VPCEndpoint: remove those of type Interface",
    )
    source = "https://docs.aws.amazon.com/whitepapers/latest/aws-privatelink/aws-privatelink.html"
    references = References(pillar="Cost Optimization")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        with_nat = {architecture[gateway.subnet].vpc for gateway in architecture.of(NatGateway)}
        if redundant(architecture):
            return
        for vpc in architecture.of(Vpc):
            places = sum(
                len(endpoint.subnets)
                for endpoint in architecture.of(VpcEndpoint)
                if endpoint.vpc == vpc.ref and endpoint.vpc_endpoint_type == "Interface"
            )
            if vpc.ref in with_nat and places:
                cost = monthly("vpce.interface.hour", region_of(architecture, vpc), places)
                yield self.violation(
                    vpc, f"has interface endpoints in {places} subnets for {cost}, and a NAT gateway; one is enough"
                )
