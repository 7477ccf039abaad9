"""GP-VAL-080."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import ContainerDependency, TaskDefinition


class ContainerDependencies(Rule):
    id = "GP-VAL-080"
    title = "Containers of a task wait for each other as far as that can be"
    severity = "error"
    why = "ECS refuses containers that wait in a circle, for one that is not there, or for an end that ends the task."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_ecs_task_definition: container_definitions, dependsOn",
        cloudformation="AWS::ECS::TaskDefinition: ContainerDefinitions, DependsOn",
    )
    source = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for task in architecture.of(TaskDefinition):
            for container in task.containers:
                for item in container.depends_on:
                    problem = _problem(task, item)
                    if problem:
                        yield self.violation(task, f"container {container.name} waits for {problem}")
            if _has_circle(task):
                yield self.violation(task, "has containers that wait for each other in a circle; none is right")


def _problem(task: TaskDefinition, item: ContainerDependency) -> str | None:
    target = next((other for other in task.containers if other.name == item.container_name), None)
    if target is None:
        return f"{item.container_name}, which the task does not have"
    if item.condition == "HEALTHY" and target.health_check is None:
        return f"{target.name} to be healthy, which has no health_check; one is needed"
    if item.condition in ("COMPLETE", "SUCCESS") and target.essential:
        return f"the end of {target.name}, which is essential, so that the task ends with it; essential false is right"
    return None


def _has_circle(task: TaskDefinition) -> bool:
    """Takes away what waits for nothing that is left, until nothing more goes."""
    waiting = {item.name: {other.container_name for other in item.depends_on} for item in task.containers}
    while free := [name for name, others in waiting.items() if not others & waiting.keys()]:
        for name in free:
            del waiting[name]
    return bool(waiting)
