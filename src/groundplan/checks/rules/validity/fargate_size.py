"""GP-VAL-001."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.catalog import fargate
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import TaskDefinition


class FargateSize(Rule):
    id = "GP-VAL-001"
    title = "A task has a size that Fargate runs"
    severity = "error"
    why = "Fargate has fixed pairs of CPU and memory. ECS refuses a task definition with any other."
    fix = Fix(
        blueprint="Set services.<name>.size to a pair that exists, like {cpu: 512, memory: 1024}.",
        terraform="aws_ecs_task_definition: cpu and memory",
        cloudformation="AWS::ECS::TaskDefinition: Cpu and Memory",
    )
    source = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html"
    references = References(pillar="Performance Efficiency")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for task in architecture.of(TaskDefinition):
            if "FARGATE" not in task.requires_compatibilities:
                continue
            problem = fargate.problem(task.cpu, task.memory)
            if problem:
                yield self.violation(task, f"has cpu {task.cpu} and memory {task.memory}: {problem}")
