"""GP-VAL-081."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.checks.wording import listed
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import TaskDefinition


class LogRouter(Rule):
    id = "GP-VAL-081"
    title = "Containers that log through FireLens have one log router in their task"
    severity = "error"
    why = "ECS refuses the log driver awsfirelens where no container is the router, or two are."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_ecs_task_definition: container_definitions, firelensConfiguration",
        cloudformation="AWS::ECS::TaskDefinition: ContainerDefinitions, FirelensConfiguration",
    )
    source = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/firelens-taskdef.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for task in architecture.of(TaskDefinition):
            routed = [container.name for container in task.containers if container.log_group is None]
            routers = [container for container in task.containers if container.firelens]
            if routed and not routers:
                yield self.violation(task, f"sends the logs of {listed(routed)} to a log router and has none")
            if len(routers) > 1:
                names = listed([container.name for container in routers])
                yield self.violation(task, f"has {len(routers)} log routers ({names}); one is right")
            for router in routers:
                if router.log_group is None:
                    yield self.violation(
                        task,
                        f"container {router.name} is the log router and sends its own logs to it; a log_group is right",
                    )
