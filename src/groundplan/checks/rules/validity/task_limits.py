"""GP-VAL-143."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.catalog.quotas import quota
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.checks.wording import spelled
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import Container, TaskDefinition

OTHERS = 600
"""Bytes of what else is said of a container."""


class TaskLimits(Rule):
    id = "GP-VAL-143"
    title = "A task has up to ten containers, and says what they do in 64 KiB"
    severity = "error"
    why = "ECS refuses a longer task definition and an eleventh container."
    fix = Fix(
        blueprint="Move long values of services.<name>.environment into a file of the image or a secret.",
        terraform="aws_ecs_task_definition: container_definitions",
        cloudformation="AWS::ECS::TaskDefinition: ContainerDefinitions",
    )
    source = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        most, longest = quota("containers_per_task_definition").limit, quota("task_definition_bytes").limit
        for task in architecture.of(TaskDefinition):
            if len(task.containers) > most:
                yield self.violation(task, f"has {len(task.containers)} containers; {most} are the most")
            size = sum(_bytes(item) for item in task.containers)
            if size > longest:
                yield self.violation(task, f"has about {size} bytes; {longest} are the most")


def _bytes(container: Container) -> int:
    pairs = (*container.environment.items(), *container.secrets.items())
    size = sum(len(name) + len(spelled(value)) + len('{"name":"","value":""},') for name, value in pairs)
    return OTHERS + size + sum(len(word) + 3 for word in (*container.command, *container.entry_point))
