"""GP-VAL-082."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import TaskDefinition


class TaskReservations(Rule):
    id = "GP-VAL-082"
    title = "What the containers of a task reserve fits into the task"
    severity = "error"
    why = "ECS refuses a task definition whose containers are sure of more CPU or memory than the task has."
    fix = Fix(
        blueprint="Set services.<name>.size to more, or leave tracing or logs.routes out.",
        terraform="aws_ecs_task_definition: cpu, memory; container_definitions, cpu and memoryReservation",
        cloudformation="AWS::ECS::TaskDefinition: Cpu, Memory; ContainerDefinitions, Cpu and MemoryReservation",
    )
    source = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html"
    references = References(pillar="Performance Efficiency")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for task in architecture.of(TaskDefinition):
            for field, whole, parts in (
                ("cpu", task.cpu, [container.cpu for container in task.containers]),
                ("memory", task.memory, [item.memory_reservation or item.memory for item in task.containers]),
            ):
                reserved = sum(part or 0 for part in parts)
                if reserved > whole:
                    yield self.violation(task, f"has {field} {whole}, and its containers reserve {reserved}")
            for container in task.containers:
                hard, soft = container.memory, container.memory_reservation
                if hard is not None and soft is not None and soft >= hard:
                    yield self.violation(
                        task,
                        f"container {container.name} has memory_reservation {soft}; less than memory {hard} is right",
                    )
