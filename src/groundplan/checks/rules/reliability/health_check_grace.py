"""GP-REL-017."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import EcsService


class HealthCheckGrace(Rule):
    id = "GP-REL-017"
    title = "A new task has time to start before the load balancer's verdict counts"
    severity = "warning"
    why = "A task that starts more slowly than the health check fails is stopped and started for ever."
    fix = Fix(
        blueprint="Set services.<name>.health.start to how long a task takes to start.",
        terraform="aws_ecs_service: health_check_grace_period_seconds",
        cloudformation="AWS::ECS::Service: HealthCheckGracePeriodSeconds",
    )
    source = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/load-balancer-healthcheck.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for service in architecture.of(EcsService):
            if not service.load_balancers:
                continue
            task = architecture[service.task_definition]
            checks = (container.health_check for container in task.containers)
            needed = max((check.start_period for check in checks if check), default=0)
            grace = service.health_check_grace_period or 0
            if grace < needed:
                yield self.violation(
                    service,
                    f"has health_check_grace_period {grace}, and its containers have {needed} seconds to start; "
                    f"{needed} or more is right",
                )
