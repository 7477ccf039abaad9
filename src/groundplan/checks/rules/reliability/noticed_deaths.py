"""GP-REL-072."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import EcsService


class NoticedDeaths(Rule):
    id = "GP-REL-072"
    title = "Somebody notices when a task no longer works"
    severity = "info"
    why = "A process that hangs is neither restarted nor taken out: ECS sees only that it has not ended."
    fix = Fix(
        blueprint="Set services.<name>.health with a command, or a path where the service has a port.",
        terraform="aws_ecs_task_definition: container_definitions, healthCheck",
        cloudformation="AWS::ECS::TaskDefinition: ContainerDefinitions, HealthCheck",
    )
    source = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for service in architecture.of(EcsService):
            task = architecture[service.task_definition]
            if not service.load_balancers and not any(item.health_check for item in task.containers):
                yield self.violation(
                    service, "has neither a load balancer nor a health_check in its task; one is right"
                )
