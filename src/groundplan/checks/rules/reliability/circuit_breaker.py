"""GP-REL-006."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import EcsService


class CircuitBreaker(Rule):
    id = "GP-REL-006"
    title = "A deployment that fails stops and goes back by itself"
    severity = "warning"
    why = "Without the circuit breaker ECS starts the broken revision again and again, for hours."
    fix = Fix(
        blueprint="Set services.<name>.deployment.rollback to true.",
        terraform="aws_ecs_service: deployment_circuit_breaker, enable = true and rollback = true",
        cloudformation="AWS::ECS::Service: DeploymentCircuitBreaker, Enable: true and Rollback: true",
    )
    source = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for service in architecture.of(EcsService):
            if not service.circuit_breaker:
                yield self.violation(service, "has circuit_breaker false; true is right")
            elif not service.circuit_breaker_rollback:
                yield self.violation(service, "has circuit_breaker_rollback false; true is right")
