"""GP-SEC-027."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.catalog import images
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import TaskDefinition


class ReadonlyRoot(Rule):
    id = "GP-SEC-027"
    title = "A container cannot write to its own root file system"
    severity = "info"
    why = "Whoever breaks into the process could otherwise change the program or leave tools behind."
    fix = Fix(
        blueprint="services.<name>.read_only: true, where the image does not write to its own files",
        terraform="aws_ecs_task_definition: container_definitions, readonlyRootFilesystem = true",
        cloudformation="AWS::ECS::TaskDefinition: ContainerDefinitions, ReadonlyRootFilesystem: true",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-5"
    references = References(pillar="Security", security_hub=("ECS.5",), checkov=("CKV_AWS_336",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for task in architecture.of(TaskDefinition):
            for container in task.containers:
                # What runs beside the application is Groundplan's: Fluent Bit's configuration is written at its start,
                # and no setting of a blueprint would change that.
                if not container.readonly_root_filesystem and not images.is_of_groundplan(container.image):
                    yield self.violation(
                        task, f"container {container.name} has readonly_root_filesystem false; true is right"
                    )
