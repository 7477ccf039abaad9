"""GP-SEC-103."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.checks.rules.security.secret_in_environment import SECRET_VALUE
from groundplan.resources.architecture import Architecture
from groundplan.resources.base import Resource
from groundplan.resources.compute import LaunchTemplate
from groundplan.resources.containers import TaskDefinition
from groundplan.resources.parameters import Parameter
from groundplan.resources.values import SecretValue, Text, Textual


class SecretInCommand(Rule):
    id = "GP-SEC-103"
    title = "No secret stands in a command, in user data or in a plain parameter"
    severity = "error"
    why = (
        "Everyone who may describe the task, the template or the parameter reads it, and old versions keep it for ever."
    )
    fix = Fix(
        blueprint="Write the value under secrets:, and read it from the environment.",
        terraform=(
            "aws_ecs_task_definition: command; aws_launch_template: user_data; aws_ssm_parameter: type = SecureString"
        ),
        cloudformation="AWS::ECS::TaskDefinition: Command; AWS::EC2::LaunchTemplate: UserData; AWS::SSM::Parameter",
    )
    source = "https://docs.aws.amazon.com/secretsmanager/latest/userguide/best-practices.html"
    references = References(pillar="Security", checkov=("CKV_AWS_46",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for resource, what, value in _texts(architecture):
            parts = value.parts if isinstance(value, Text) else (value,)
            written = "".join(part for part in parts if isinstance(part, str))
            if SECRET_VALUE.search(written) or any(isinstance(part, SecretValue) for part in parts):
                yield self.violation(
                    resource, f"has {what} that looks like a credential; a reference in secrets is right"
                )


def _texts(architecture: Architecture) -> Iterator[tuple[Resource, str, Textual]]:
    for task in architecture.of(TaskDefinition):
        for container in task.containers:
            for word in (*container.entry_point, *container.command):
                yield task, f"a word in the command of container {container.name}", word
    for template in architecture.of(LaunchTemplate):
        yield template, "something in user_data", template.user_data
    for parameter in architecture.of(Parameter):
        yield parameter, "a value", parameter.value
