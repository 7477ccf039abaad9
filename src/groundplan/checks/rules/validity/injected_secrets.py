"""GP-VAL-038."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import region_of
from groundplan.checks.rights import allows, is_known, may_use_key, names_of_secret, secret_behind
from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import TaskDefinition

READ = "secretsmanager:GetSecretValue"
DECRYPT = "kms:Decrypt"


class InjectedSecrets(Rule):
    id = "GP-VAL-038"
    title = "A task's execution role may read the secrets that are injected"
    severity = "error"
    why = "ECS fetches secrets with the execution role, not the task role. Without the right no task ever starts."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_iam_role_policy of the execution role: secretsmanager:GetSecretValue and kms:Decrypt",
        cloudformation="AWS::IAM::Role of the execution role: secretsmanager:GetSecretValue and kms:Decrypt",
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
                secret = architecture[ref]
                if not allows(role, READ, *names_of_secret(secret, region_of(architecture, secret))):
                    yield self.violation(
                        task, f"injects {ref}, and {role.address} lacks {READ} on it; that right is needed"
                    )
                elif secret.kms_key and not may_use_key(role, architecture[secret.kms_key], DECRYPT):
                    yield self.violation(
                        task,
                        f"injects {ref}, and {role.address} lacks {DECRYPT} on {secret.kms_key}; that right is needed",
                    )
