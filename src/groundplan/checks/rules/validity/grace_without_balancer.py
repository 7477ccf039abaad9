"""GP-VAL-110."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import EcsService


class GraceWithoutBalancer(Rule):
    id = "GP-VAL-110"
    title = "Only a service behind a load balancer has a grace period"
    severity = "error"
    why = "ECS refuses a grace period where there are no health checks of a load balancer to wait for."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_ecs_service: health_check_grace_period_seconds",
        cloudformation="AWS::ECS::Service: HealthCheckGracePeriodSeconds",
    )
    source = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for service in architecture.of(EcsService):
            if service.health_check_grace_period is not None and not service.load_balancers:
                period = service.health_check_grace_period
                yield self.violation(
                    service, f"has health_check_grace_period {period} and no load balancer; none is right"
                )
