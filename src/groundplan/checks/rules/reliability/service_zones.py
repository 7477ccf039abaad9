"""GP-REL-012."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import zones_of
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.checks.wording import listed
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import EcsService


class ServiceZones(Rule):
    id = "GP-REL-012"
    title = "A service's tasks spread over two zones"
    severity = "warning"
    why = "When the zone fails, all tasks fail with it, however many there are."
    fix = Fix(
        blueprint="Name at least two letters in network.zones.",
        terraform="aws_ecs_service: network_configuration, subnets",
        cloudformation="AWS::ECS::Service: AwsvpcConfiguration, Subnets",
    )
    source = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for service in architecture.of(EcsService):
            zones = zones_of(architecture, service.subnets)
            if len(zones) < 2:
                yield self.violation(service, f"has subnets in {listed(zones)}; two zones or more are right")
