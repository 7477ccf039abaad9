"""GP-VAL-125."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rights import is_known, reach
from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.checks.wording import listed, spelled
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import ContainerRepository, TaskDefinition
from groundplan.resources.security import Role
from groundplan.resources.values import Attribute, Ref, Textual, dynamic_values

PULL = ("ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
WRITE = ("logs:CreateLogStream", "logs:PutLogEvents")
MANAGED = "service-role/AmazonECSTaskExecutionRolePolicy"
"""Gives all of these."""


class ExecutionRights(Rule):
    id = "GP-VAL-125"
    title = "A task's execution role may pull its images and write its logs"
    severity = "error"
    why = "The task stops before its container starts: CannotPullContainerError, or a log stream that cannot be made."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_iam_role_policy of the execution role: ecr:BatchGetImage, logs:PutLogEvents",
        cloudformation="AWS::IAM::Role of the execution role: ecr:BatchGetImage, logs:PutLogEvents",
    )
    source = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html"
    references = References(pillar="Security")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        reached: dict[tuple[Ref[Role], str], bool] = {}
        for task in architecture.of(TaskDefinition):
            ref = task.execution_role
            role = architecture[ref]
            if any(spelled(arn).endswith(MANAGED) for arn in role.managed_policy_arns) or not is_known(role):
                continue
            needed = [*PULL] if any(_is_ours(item.image) for item in task.containers) else []
            needed += [*WRITE] if any(item.log_group for item in task.containers) else []
            for action in needed:
                if (ref, action) not in reached:
                    reached[ref, action] = bool(reach(role, action))
            lacking = [action for action in needed if not reached[ref, action]]
            if lacking:
                yield self.violation(task, f"has the execution role {ref}, which lacks {listed(lacking)}")


def _is_ours(image: Textual) -> bool:
    """Whether an image lies in a repository of the architecture."""
    return any(isinstance(part, Attribute) and part.ref.kind is ContainerRepository for part in dynamic_values(image))
