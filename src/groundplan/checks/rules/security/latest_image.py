"""GP-SEC-015."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.checks.wording import spelled
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import TaskDefinition
from groundplan.resources.values import InputValue, Text, Textual


class LatestImage(Rule):
    id = "GP-SEC-015"
    title = "A container runs an image with a version or digest, never latest"
    severity = "error"
    why = "Nobody can say what runs, two tasks can run different code, and there is nothing to roll back to."
    fix = Fix(
        blueprint="Set services.<name>.image.tag to a version or a commit, or leave it out and give it at deployment.",
        terraform="aws_ecs_task_definition: container_definitions, image",
        cloudformation="AWS::ECS::TaskDefinition: ContainerDefinitions, Image",
    )
    source = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-considerations.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        defaults = {given.name: given.default for given in architecture.inputs}
        for task in architecture.of(TaskDefinition):
            for container in task.containers:
                problem = _problem(container.image, defaults)
                if problem:
                    yield self.violation(
                        task,
                        f"container {container.name} runs {spelled(container.image)} {problem}; a version is right",
                    )


def _problem(image: Textual, defaults: dict[str, str | None]) -> str | None:
    last = image.parts[-1] if isinstance(image, Text) else image
    if isinstance(last, InputValue):
        return "with latest as default" if defaults.get(last.name) == "latest" else None
    if not isinstance(last, str):
        return "without a tag"
    if "@sha256:" in last:
        return None
    name, _, tag = last.rpartition("/")[2].rpartition(":")
    if tag == "latest":
        return "with the tag latest"
    return None if name or last.startswith(":") else "without a tag, which means latest"
