"""GP-VAL-038."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import region_of
from groundplan.checks.rights import (
    allows,
    is_known,
    may_use_key,
    names_of_parameter,
    names_of_secret,
    secret_behind,
)
from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import TaskDefinition
from groundplan.resources.parameters import SecureParameter
from groundplan.resources.security import Key, Secret
from groundplan.resources.values import Ref

READ = "secretsmanager:GetSecretValue"
READ_PARAMETER = "ssm:GetParameters"
DECRYPT = "kms:Decrypt"


class InjectedSecrets(Rule):
    id = "GP-VAL-038"
    title = "A task's execution role may read the secrets that are injected"
    severity = "error"
    why = "ECS fetches secrets with the execution role, not the task role. Without the right no task ever starts."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform=f"aws_iam_role_policy of the execution role: {READ} or {READ_PARAMETER}, and {DECRYPT}",
        cloudformation=f"AWS::IAM::Role of the execution role: {READ} or {READ_PARAMETER}, and {DECRYPT}",
    )
    source = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html"
    references = References(pillar="Security")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for task in architecture.of(TaskDefinition):
            role = architecture[task.execution_role]
            if not is_known(role):
                continue
            injected = (value for container in task.containers for value in container.secrets.values())
            for ref in dict.fromkeys(map(secret_behind, injected)):
                if ref is None:
                    continue
                read, names, key = _needed(architecture, ref)
                if not allows(role, read, *names):
                    yield self.violation(
                        task, f"injects {ref}, and {role.address} lacks {read} on it; that right is needed"
                    )
                elif key and not may_use_key(role, architecture[key], DECRYPT):
                    yield self.violation(
                        task,
                        f"injects {ref}, and {role.address} lacks {DECRYPT} on {key}; that right is needed",
                    )


def _needed(
    architecture: Architecture, ref: Ref[Secret] | Ref[SecureParameter]
) -> tuple[str, tuple[str, ...], Ref[Key] | None]:
    """The right that reads a secret, how policies can call it, and its key."""
    found = architecture[ref]
    if isinstance(found, SecureParameter):
        return READ_PARAMETER, names_of_parameter(found, region_of(architecture, found)), found.kms_key
    assert isinstance(found, Secret)
    return READ, names_of_secret(found, region_of(architecture, found)), found.kms_key
