"""GP-COST-001."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.checks.thrift import monthly, redundant
from groundplan.resources.architecture import Architecture
from groundplan.resources.network import NatGateway


class NeedlessNatGateways(Rule):
    id = "GP-COST-001"
    title = "What does not survive the loss of a zone has one NAT gateway"
    severity = "info"
    why = (
        "Each gateway costs as much as a small database; here nothing else is there twice that would need its "
        "zone's own."
    )
    fix = Fix(
        blueprint="Set network.nat to single.",
        terraform="aws_nat_gateway: one",
        cloudformation="AWS::EC2::NatGateway: one",
    )
    source = "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-pricing.html"
    references = References(pillar="Cost Optimization")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        gateways = [item for item in architecture.of(NatGateway) if item.region is None]
        if len(gateways) > 1 and not redundant(architecture):
            saved = monthly("nat.hour", architecture.region, len(gateways) - 1)
            yield self.violation(
                gateways[-1], f"is one of {len(gateways)}, and nothing else is there twice; one gateway saves {saved}"
            )
