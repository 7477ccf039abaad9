"""GP-VAL-142."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.edge import LoadBalancer

SMALLEST = 27


class BalancerSubnets(Rule):
    id = "GP-VAL-142"
    title = "The subnets of a load balancer are /27 or larger"
    severity = "error"
    why = "Elastic Load Balancing asks for eight free addresses in each of its subnets, and refuses smaller ones."
    fix = Fix(
        blueprint="Set network.subnets.public to ranges of /27 or larger.",
        terraform="aws_subnet: cidr_block",
        cloudformation="AWS::EC2::Subnet: CidrBlock",
    )
    source = (
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/"
        "application-load-balancers.html#subnets-load-balancer"
    )
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for balancer in architecture.of(LoadBalancer):
            for ref in balancer.subnets:
                block = architecture[ref].cidr_block
                if block.prefixlen > SMALLEST:
                    yield self.violation(balancer, f"stands in {ref} of {block}; /{SMALLEST} or larger is right")
