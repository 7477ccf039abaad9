"""IAM roles of services and jobs: rights for exactly what ``needs:`` names, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable

from groundplan.blueprint.workloads import Need, Workload
from groundplan.design import databases, queues
from groundplan.design.causes import caused
from groundplan.design.draft import Draft, identifier
from groundplan.design.encryption import bucket_key, main_key
from groundplan.design.secrets import parameters_path
from groundplan.resources.base import Concern
from groundplan.resources.containers import ContainerRepository
from groundplan.resources.monitoring import LogGroup
from groundplan.resources.parameters import SecureParameter
from groundplan.resources.policies import Cause, Condition, InlinePolicy, PolicyDocument, Statement, service_trust
from groundplan.resources.security import Role
from groundplan.resources.storage import Bucket
from groundplan.resources.values import Attribute, Pseudo, Ref, Text, Textual, text

__all__ = ["add_execution_role", "add_pod_role", "add_role", "add_task_role", "decrypt_statements", "secret_arns"]

ECS = service_trust("ecs-tasks.amazonaws.com")
OBJECT_ACTIONS = {
    "read": ("s3:GetObject",),
    "write": ("s3:PutObject",),
    "read-write": ("s3:GetObject", "s3:PutObject"),
}
KEY_ACTIONS = {
    "read": ("kms:Decrypt",),
    "write": ("kms:Decrypt", "kms:GenerateDataKey"),
    "read-write": ("kms:Decrypt", "kms:GenerateDataKey"),
}
"""What S3 asks of a key. Writing in parts needs kms:Decrypt too.
Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#require-sse-kms-permissions"""

_READ = ("sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage")
_LOOK = ("sqs:GetQueueAttributes", "sqs:GetQueueUrl")
QUEUE_ACTIONS = {
    "read": (*_READ, *_LOOK),
    "write": ("sqs:SendMessage", *_LOOK),
    "read-write": (*_READ, "sqs:SendMessage", *_LOOK),
}
"""Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-least-privilege-policy.html"""
QUEUE_KEY_ACTIONS = {
    "read": ("kms:Decrypt",),
    "write": ("kms:Decrypt", "kms:GenerateDataKey"),
    "read-write": ("kms:Decrypt", "kms:GenerateDataKey"),
}
"""A sender needs both, a receiver the first.
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html"""


def add_role(
    draft: Draft,
    name: str,
    called: str,
    description: str,
    statements: tuple[Statement, ...],
    trust: PolicyDocument,
    *,
    managed: tuple[str, ...] = (),
    concern: Concern = "services",
    path: str = "services",
    because: str = "",
) -> Ref[Role]:
    """A role with one policy of its own, and ``managed`` ones of AWS. No policy where nothing is allowed.

    ``because``: what asks for it, where that is not ``path``.
    """
    policy_name = draft.called("iam_policy", f"{called}-policy", path)
    return draft.add(
        Role(
            name=name,
            concern=concern,
            role_name=draft.called("iam_role", f"{called}-role", path),
            description=description,
            trust=trust,
            inline_policies=(InlinePolicy(policy_name, PolicyDocument(statements)),) if statements else (),
            managed_policy_arns=tuple(text("arn:", Pseudo.PARTITION, f":iam::aws:policy/{name}") for name in managed),
        ),
        because=because or path,
    )


def add_execution_role(
    draft: Draft, name: str, workload: Workload, injected: Iterable[Textual], logs: Ref[LogGroup]
) -> Ref[Role]:
    """What ECS itself does for a task: pull the image, write logs, read the injected secrets (C-09).

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
    """
    repository, place = Ref(ContainerRepository, identifier(workload.image.repository)), place_of(draft, name, workload)
    image, logged = (draft.cause(f"{place}.image"),), (draft.cause(f"{place}.logs"),)
    statements = [
        Statement(sid="RegistryLogin", actions=("ecr:GetAuthorizationToken",), resources=("*",), because=image),
        Statement(
            sid="PullImage",
            actions=("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
            resources=(repository.arn,),
            because=image,
        ),
        Statement(
            sid="WriteLogs",
            actions=("logs:CreateLogStream", "logs:PutLogEvents"),
            resources=(text(logs.arn, ":*"),),
            because=logged,
        ),
    ]
    secrets = secret_arns(injected)
    if secrets:
        # Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-ssm-paramstore.html
        parameters, others = by_store(secrets)
        reading: list[Statement] = []
        if others:
            reading.append(
                Statement(sid="ReadInjectedSecrets", actions=("secretsmanager:GetSecretValue",), resources=others)
            )
        if parameters:
            reading.append(
                Statement(sid="ReadInjectedParameters", actions=("ssm:GetParameters",), resources=parameters)
            )
        reading += decrypt_statements(draft, "DecryptInjectedSecrets")
        statements += caused(reading, *causes_of_secrets(draft, place, workload))
    description = f"Lets ECS pull the image, write the logs and read the secrets of {name}"
    called = f"{workload.role}-execution" if workload.role else f"{name}-execution"
    return add_role(draft, f"{identifier(name)}_execution", called, description, tuple(statements), ECS, because=place)


def secret_arns(injected: Iterable[Textual]) -> tuple[Textual, ...]:
    """The ARNs of the secrets behind injected values, each once."""
    return tuple(dict.fromkeys(_secret_arn(value) for value in injected))


def by_store(secrets: Iterable[Textual]) -> tuple[tuple[Textual, ...], tuple[Textual, ...]]:
    """ARNs in Parameter Store, and those in Secrets Manager."""
    parameters, others = list[Textual](), list[Textual]()
    for arn in secrets:
        stored = isinstance(arn, Attribute) and arn.ref.kind is SecureParameter
        (parameters if stored else others).append(arn)
    return tuple(parameters), tuple(others)


def _secret_arn(value: Textual) -> Textual:
    """The ARN in front of a ``:json-key::``."""
    if isinstance(value, Text) and isinstance(value.parts[-1], str) and value.parts[-1].endswith("::"):
        return text(*value.parts[:-1])
    return value


def add_task_role(draft: Draft, name: str, workload: Workload, beside: Iterable[Statement] = ()) -> Ref[Role]:
    """What the application itself may do, and (``beside``) what runs beside it: a task has one role."""
    place = place_of(draft, name, workload)
    statements = [*_needed(draft, place, workload), *beside]
    if workload.execute_command:
        statements += caused(_execute_command_statements(), draft.cause(f"{place}.execute_command"))
    called, description = workload.role or f"{name}-task", f"What {name} itself may do"
    return add_role(draft, f"{identifier(name)}_task", called, description, tuple(statements), ECS, because=place)


def add_pod_role(draft: Draft, name: str, workload: Workload, trust: PolicyDocument) -> Ref[Role]:
    """What the application itself may do on EKS: the same as the role of an ECS task says."""
    place = place_of(draft, name, workload)
    called, statements = workload.role or f"{name}-pod", tuple(_needed(draft, place, workload))
    description = f"What {name} itself may do"
    return add_role(draft, f"{identifier(name)}_pod", called, description, statements, trust, because=place)


def place_of(draft: Draft, name: str, workload: Workload) -> str:
    """The place of a workload in the blueprint."""
    return f"{'services' if draft.blueprint.services.get(name) is workload else 'jobs'}.{name}"


def causes_of_secrets(draft: Draft, place: str, workload: Workload) -> tuple[Cause, ...]:
    """What makes a workload get secrets: the needs that come with a password, and the secrets that it names."""
    stores = {**draft.blueprint.databases, **draft.blueprint.caches}
    needed = (f"needs[{number}]" for number, need in enumerate(workload.needs) if need.name in stores)
    return tuple(draft.cause(f"{place}.{path}") for path in (*needed, *(["secrets"] if workload.secrets else [])))


def _needed(draft: Draft, place: str, workload: Workload) -> list[Statement]:
    """Rights for what ``needs:`` names."""
    statements = list[Statement]()
    for number, need in enumerate(workload.needs):
        rights = [
            *queue_statements(draft, need),
            *_managed_secret_statements(draft, need),
            *_bucket_statements(draft, need),
        ]
        statements += caused(rights, draft.cause(f"{place}.needs[{number}]"))
    if workload.reads_secrets:
        statements += caused(_secret_statements(draft), draft.cause(f"{place}.reads_secrets"))
    return statements


def _bucket_statements(draft: Draft, need: Need) -> list[Statement]:
    if need.name not in draft.blueprint.buckets:
        return []
    bucket, label = Ref(Bucket, identifier(need.name)), _sid(need.name)
    statements = [
        Statement(sid=f"Objects{label}", actions=OBJECT_ACTIONS[need.access], resources=(text(bucket.arn, "/*"),))
    ]
    key = bucket_key(draft, need.name)
    if key is not None:
        statements.append(Statement(sid=f"Key{label}", actions=KEY_ACTIONS[need.access], resources=(key.arn,)))
    return statements


def _secret_statements(draft: Draft) -> list[Statement]:
    """Every secret of the environment."""
    of_owner = f"{draft.stage}/" if draft.blueprint.owner_id else ""
    every = text(
        "arn:", Pseudo.PARTITION, ":secretsmanager:", Pseudo.REGION, ":", Pseudo.ACCOUNT_ID,
        f":secret:{draft.title}/{of_owner}*",
    )  # fmt: skip
    statements = [Statement(sid="ReadSecrets", actions=("secretsmanager:GetSecretValue",), resources=(every,))]
    if any(secret.store == "parameter-store" for secret in draft.blueprint.secrets.values()):
        below = text(
            "arn:", Pseudo.PARTITION, ":ssm:", Pseudo.REGION, ":", Pseudo.ACCOUNT_ID,
            f":parameter{parameters_path(draft)}/*",
        )  # fmt: skip
        read = ("ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath")
        statements.append(Statement(sid="ReadParameters", actions=read, resources=(below,)))
    return [*statements, *decrypt_statements(draft, "DecryptSecrets")]


def queue_statements(draft: Draft, need: Need) -> list[Statement]:
    """What a task may do with a queue that it needs, and with the queue's key through SQS alone."""
    if need.name not in draft.blueprint.queues:
        return []
    target, label = queues.queue(need.name), _sid(need.name)
    statements = [Statement(sid=f"Queue{label}", actions=QUEUE_ACTIONS[need.access], resources=(target.arn,))]
    key = main_key(draft)
    if key and draft.blueprint.queues[need.name].encryption == "kms":
        via = Condition(
            operator="StringEquals", key="kms:ViaService", values=(text("sqs.", Pseudo.REGION, ".amazonaws.com"),)
        )
        statements.append(
            Statement(
                sid=f"Key{label}", actions=QUEUE_KEY_ACTIONS[need.access], resources=(key.arn,), conditions=(via,)
            )
        )
    return statements


def _managed_secret_statements(draft: Draft, need: Need) -> list[Statement]:
    """A task reads the password that RDS manages anew after a rotation; what ECS injected is stale then.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
    """
    spec = draft.blueprint.databases.get(need.name)
    if spec is None or spec.credentials != "managed":
        return []
    label, secret = _sid(need.name), databases.primary(need.name).attribute("master_user_secret_arn")
    return [
        Statement(sid=f"Password{label}", actions=("secretsmanager:GetSecretValue",), resources=(secret,)),
        *decrypt_statements(draft, f"DecryptPassword{label}"),
    ]


def decrypt_statements(draft: Draft, sid: str) -> list[Statement]:
    """The right to the key of the secrets. AWS's own key for secrets lets everybody use it who may read the secret."""
    key = main_key(draft)
    return [Statement(sid=sid, actions=("kms:Decrypt",), resources=(key.arn,))] if key else []


def _sid(name: str) -> str:
    return "".join(part.capitalize() for part in identifier(name).split("_"))


def _execute_command_statements() -> list[Statement]:
    """Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html#ecs-exec-required-iam-permissions

    The four ssmmessages actions know no resources; logs:DescribeLogGroups neither.
    """
    logs = Ref(LogGroup, "ecs_exec")
    return [
        Statement(
            sid="ExecuteCommand",
            actions=(
                "ssmmessages:CreateControlChannel",
                "ssmmessages:CreateDataChannel",
                "ssmmessages:OpenControlChannel",
                "ssmmessages:OpenDataChannel",
                "logs:DescribeLogGroups",
            ),
            resources=("*",),
        ),
        Statement(
            sid="ExecuteCommandLogs",
            actions=("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
            resources=(text(logs.arn, ":*"),),
        ),
    ]
