"""GP-SEC-102."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import TaskDefinition


class ContainerRootUser(Rule):
    id = "GP-SEC-102"
    title = "No container asks to run as root"
    severity = "warning"
    why = "Whoever breaks out of the application is root in its container at once."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_ecs_task_definition: container_definitions, user",
        cloudformation="AWS::ECS::TaskDefinition: ContainerDefinitions, User",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-20"
    references = References(pillar="Security", security_hub=("ECS.20",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for task in architecture.of(TaskDefinition):
            for container in task.containers:
                if (
                    container.user is not None
                    and container.user.partition(":")[0] in ("root", "0")
                    and container.firelens is None
                ):
                    yield self.violation(
                        task, f"container {container.name} has user {container.user}; another one is right"
                    )
