"""GP-VAL-006."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import zones_of
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.checks.wording import listed
from groundplan.resources.architecture import Architecture
from groundplan.resources.edge import LoadBalancer


class LoadBalancerZones(Rule):
    id = "GP-VAL-006"
    title = "A load balancer has one subnet in each of at least two zones"
    severity = "error"
    why = "An application load balancer is refused with fewer than two zones, or with two subnets in one zone."
    fix = Fix(
        blueprint="Name at least two letters in network.zones. A zone in which nothing else runs costs nothing.",
        terraform="aws_lb: subnets",
        cloudformation="AWS::ElasticLoadBalancingV2::LoadBalancer: Subnets",
    )
    source = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-subnets.html"
    references = References(pillar="Reliability", security_hub=("ELB.13",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for balancer in architecture.of(LoadBalancer):
            zones = zones_of(architecture, balancer.subnets)
            if len(zones) < 2:
                yield self.violation(balancer, f"has subnets in {listed(zones)}; at least two zones are needed")
            elif len(balancer.subnets) > len(zones):
                count = len(balancer.subnets)
                yield self.violation(balancer, f"has {count} subnets in {listed(zones)}; one in each zone is allowed")
