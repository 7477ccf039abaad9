"""GP-VAL-021."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import Container, TaskDefinition

LIMITS = {"interval": (5, 300), "timeout": (2, 60), "retries": (1, 10), "start_period": (0, 300)}
"""Seconds, seconds, checks, seconds."""
FORMS = ("CMD", "CMD-SHELL", "NONE")


class ContainerHealthCheckTimes(Rule):
    id = "GP-VAL-021"
    title = "A container's health check keeps to the limits of ECS"
    severity = "error"
    why = "ECS refuses a task definition whose health check is off its limits or whose command has no form."
    fix = Fix(
        blueprint="Set services.<name>.health: interval 5s to 300s, timeout 2s to 60s, retries 1 to 10, start to 300s.",
        terraform="aws_ecs_task_definition: container_definitions, healthCheck",
        cloudformation="AWS::ECS::TaskDefinition: ContainerDefinitions, HealthCheck",
    )
    source = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for task in architecture.of(TaskDefinition):
            for container in task.containers:
                for problem in _problems(container):
                    yield self.violation(task, f"container {container.name} has a health check with {problem}")


def _problems(container: Container) -> Iterator[str]:
    check = container.health_check
    if check is None:
        return
    for field, (least, most) in LIMITS.items():
        value = getattr(check, field)
        if not least <= value <= most:
            yield f"{field} {value}; {least} to {most} is right"
    if not check.command or check.command[0] not in FORMS:
        found = check.command[0] if check.command else "nothing"
        yield f"a command that starts with {found}; {', '.join(FORMS)} is right"
