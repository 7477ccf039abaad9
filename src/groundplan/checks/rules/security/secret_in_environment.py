"""GP-SEC-010."""

from __future__ import annotations

import re
from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import TaskDefinition
from groundplan.resources.values import SecretValue, Text, Textual

SECRET_NAME = re.compile(
    r"(^|_)(PASSWORD|PASSWD|PWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|SECRET_?KEY|CREDENTIALS?)(_\d+)?$", re.I
)
"""Names that end in what they hold: ``DB_PASSWORD``, but not ``TOKEN_LIFETIME`` or ``SECRET_NAME``."""
SECRET_VALUE = re.compile(
    r"\b(AKIA|ASIA)[A-Z0-9]{16}\b"  # an access key id of AWS
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|\bgh[pousr]_[A-Za-z0-9]{36}\b"  # a token of GitHub
    r"|\bsk_live_[A-Za-z0-9]{16,}"  # a key of Stripe
    r"|\bxox[abprs]-[A-Za-z0-9-]{10,}"  # a token of Slack
    r"|\b[a-z][a-z0-9+.-]*://[^/\s:@]*:[^/\s@]+@"  # user and password in an address
)
HARMLESS = re.compile(r"|true|false|\d{1,5}|none|disabled|arn:aws[a-z-]*:.*", re.I)
"""Values that keep no secret whatever the name: empty, switches, small numbers, the ARN of a secret."""


class SecretInEnvironment(Rule):
    id = "GP-SEC-010"
    title = "No secret stands in a container's plain environment"
    severity = "error"
    why = "Everyone who may describe a task definition reads its environment, and each revision keeps it for ever."
    fix = Fix(
        blueprint="Move the variable from services.<name>.environment to services.<name>.secrets.",
        terraform="aws_ecs_task_definition: secrets instead of environment",
        cloudformation="AWS::ECS::TaskDefinition: Secrets instead of Environment",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-8"
    references = References(pillar="Security", security_hub=("ECS.8",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for task in architecture.of(TaskDefinition):
            for container in task.containers:
                for name, value in container.environment.items():
                    found = _found(name, value)
                    if found:
                        yield self.violation(
                            task,
                            f"container {container.name} has environment variable {name}, {found}; "
                            "a reference in secrets is right",
                        )


def _found(name: str, value: Textual) -> str | None:
    """What gives a secret away. The value itself never stands in a message."""
    parts = value.parts if isinstance(value, Text) else (value,)
    if any(isinstance(part, SecretValue) for part in parts):
        return "whose value is read out of Secrets Manager while deploying"
    written = "".join(part for part in parts if isinstance(part, str))
    if SECRET_VALUE.search(written):
        return "whose value looks like a credential"
    if isinstance(value, str) and SECRET_NAME.search(name) and not HARMLESS.fullmatch(value):
        return "whose name says that it holds a secret"
    return None
