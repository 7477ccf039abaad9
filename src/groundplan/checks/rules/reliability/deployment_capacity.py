"""GP-REL-016."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import EcsService


class DeploymentCapacity(Rule):
    id = "GP-REL-016"
    title = "A deployment leaves tasks running and has room for new ones"
    severity = "error"
    why = "ECS may otherwise stop every task before the new ones run, or can start none and hangs."
    fix = Fix(
        blueprint="Set services.<name>.deployment: minimum_healthy above 0%, maximum above it.",
        terraform="aws_ecs_service: deployment_minimum_healthy_percent, deployment_maximum_percent",
        cloudformation="AWS::ECS::Service: DeploymentConfiguration, MinimumHealthyPercent and MaximumPercent",
    )
    source = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for service in architecture.of(EcsService):
            count, least, most = service.desired_count, service.minimum_healthy_percent, service.maximum_percent
            # Other strategies than ROLLING start all new tasks beside the old ones.
            if not count or least is None or most is None:
                continue
            # ECS rounds the minimum up and the maximum down to whole tasks.
            stays, room = -(-count * least // 100), count * most // 100
            if stays == 0:
                yield self.violation(service, f"has minimum_healthy_percent {least}; more than 0 is right")
            elif room <= stays:
                yield self.violation(
                    service,
                    f"has minimum_healthy_percent {least} and maximum_percent {most}, which leave {count} tasks no "
                    "room for a new one; 100 and 200 are right",
                )
