"""GP-VAL-029."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.checks.wording import listed
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import TaskDefinition


class ContainerEnvironment(Rule):
    id = "GP-VAL-029"
    title = "Containers of a task have different names and ports, and no variable is both plain and secret"
    severity = "error"
    why = "ECS refuses a task definition in which a name, a port or an environment variable stands twice."
    fix = Fix(
        blueprint="Remove the variable from services.<name>.environment: what is needed or secret is set by itself.",
        terraform="aws_ecs_task_definition: container_definitions, environment and secrets",
        cloudformation="AWS::ECS::TaskDefinition: ContainerDefinitions, Environment and Secrets",
    )
    source = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for task in architecture.of(TaskDefinition):
            for container in task.containers:
                both = sorted(set(container.environment) & set(container.secrets))
                if both:
                    yield self.violation(
                        task,
                        f"container {container.name} has {listed(both)} both as environment and secret; one is right",
                    )
            for what, values in (
                ("name", [container.name for container in task.containers]),
                ("port", [container.port for container in task.containers if container.port is not None]),
            ):
                for value, count in Counter[object](values).items():
                    if count > 1:
                        yield self.violation(task, f"has {count} containers with {what} {value}; one is right")
            if not any(container.essential for container in task.containers):
                yield self.violation(task, "has no essential container; at least one is needed")
