"""Task definitions of Amazon ECS and the repositories of their images in Terraform."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from groundplan.engines.terraform.context import Context, label
from groundplan.engines.terraform.hcl import Argument, Block, Call, Expression, Value
from groundplan.engines.terraform.rows import Row
from groundplan.resources.containers import Container, ContainerRepository, RegistryReplication, TaskDefinition
from groundplan.resources.values import Pseudo


def _repository(repository: ContainerRepository, context: Context) -> Iterator[Block]:
    key = repository.kms_key
    yield context.block("image_scanning_configuration", {"scan_on_push": repository.scan_on_push})
    yield context.block(
        "encryption_configuration",
        {"encryption_type": "KMS" if key else "AES256", "kms_key": context.refer(key) if key else None},
    )


def _registry_replication(replication: RegistryReplication, context: Context) -> Iterator[Block]:
    filters = [
        context.block("repository_filter", {"filter": name, "filter_type": "PREFIX_MATCH"})
        for name in replication.repositories
    ]
    destination = {"region": replication.destination_region, "registry_id": Pseudo.ACCOUNT_ID}
    rule = context.block("rule", {}, context.block("destination", destination), *filters)
    yield context.block("replication_configuration", {}, rule)


def _lifecycle_policy(repository: ContainerRepository, context: Context) -> Iterator[Block]:
    rules: list[Value] = []
    if repository.expire_untagged_after_days is not None:
        days = repository.expire_untagged_after_days
        selection: dict[str, Value] = {
            "tagStatus": "untagged",
            "countType": "sinceImagePushed",
            "countUnit": "days",
            "countNumber": days,
        }
        rules.append(_lifecycle_rule(1, f"Untagged images go after {days} days", selection))
    if repository.keep_images is not None:
        count = repository.keep_images
        # AWS evaluates a rule for any status last, whatever stands before it.
        selection = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": count}
        rules.append(_lifecycle_rule(2, f"The newest {count} images stay", selection))
    if rules:
        yield context.resource(
            "aws_ecr_lifecycle_policy",
            label(repository.ref),
            Argument("repository", Expression(f"{context.address(repository.ref)}.name")),
            Argument("policy", Call("jsonencode", {"rules": rules})),
        )


def _lifecycle_rule(priority: int, description: str, selection: Mapping[str, Value]) -> Value:
    return {
        "rulePriority": priority, "description": description, "selection": selection, "action": {"type": "expire"},
    }  # fmt: skip


def _task_definition(task: TaskDefinition, context: Context) -> dict[str, object]:
    containers: list[Value] = [_container(container, context) for container in task.containers]
    return {
        "requires_compatibilities": list(task.requires_compatibilities),
        "network_mode": "awsvpc",
        "cpu": task.cpu,
        "memory": task.memory,
        "execution_role_arn": task.execution_role.arn,
        "task_role_arn": task.task_role.arn,
        "container_definitions": Call("jsonencode", containers),
    }


def _runtime_platform(task: TaskDefinition, context: Context) -> Iterator[Block]:
    yield context.block(
        "runtime_platform", {"operating_system_family": "LINUX", "cpu_architecture": task.cpu_architecture}
    )


def _container(container: Container, context: Context) -> Value:
    """Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html"""
    definition: dict[str, Value] = {
        "name": container.name,
        "image": context.value(container.image),
        "essential": container.essential,
    }
    if container.entry_point:
        definition["entryPoint"] = list(container.entry_point)
    if container.command:
        definition["command"] = list(container.command)
    for name, value in (
        ("user", container.user),
        ("cpu", container.cpu),
        ("memory", container.memory),
        ("memoryReservation", container.memory_reservation),
    ):
        if value is not None:
            definition[name] = value
    if container.port is not None:
        mapping: dict[str, Value] = {
            "containerPort": container.port,
            "hostPort": container.port,
            "protocol": "tcp",
        }
        if container.port_name:
            mapping = {"name": container.port_name, **mapping}
        definition["portMappings"] = [mapping]
    if container.environment:
        definition["environment"] = [
            {"name": name, "value": context.string(value)} for name, value in container.environment.items()
        ]
    if container.secrets:
        definition["secrets"] = [
            {"name": name, "valueFrom": context.value(value)} for name, value in container.secrets.items()
        ]
    definition["readonlyRootFilesystem"] = container.readonly_root_filesystem
    if check := container.health_check:
        definition["healthCheck"] = {
            "command": list(check.command),
            "interval": check.interval,
            "timeout": check.timeout,
            "retries": check.retries,
            "startPeriod": check.start_period,
        }
    definition["logConfiguration"] = _log_configuration(container, context)
    if container.depends_on:
        definition["dependsOn"] = [
            {"containerName": item.container_name, "condition": item.condition} for item in container.depends_on
        ]
    if router := container.firelens:
        definition["firelensConfiguration"] = {"type": router.type}
        if router.options:
            definition["firelensConfiguration"] = {"type": router.type, "options": dict(router.options)}
    return definition


def _log_configuration(container: Container, context: Context) -> Value:
    """Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html and firelens-taskdef.html

    Without options ECS writes no output of its own into the log router's configuration.
    """
    if container.log_group is None:
        return {"logDriver": "awsfirelens"}
    return {
        "logDriver": "awslogs",
        "options": {
            "awslogs-group": context.value(container.log_group.attribute("id")),
            "awslogs-region": context.value(Pseudo.REGION),
            "awslogs-stream-prefix": container.log_stream_prefix,
        },
    }


ROWS = (
    Row(
        ContainerRepository,
        "aws_ecr_repository",
        "ecr.tf",
        attributes={"id": "name", "arn": "arn", "url": "repository_url"},
        rename={"repository_name": "name"},
        blocks=_repository,
        beside=_lifecycle_policy,
        written=frozenset({"scan_on_push", "kms_key", "keep_images", "expire_untagged_after_days"}),
    ),
    Row(
        RegistryReplication,
        "aws_ecr_replication_configuration",
        "ecr.tf",
        attributes={"id": "id"},
        blocks=_registry_replication,
        written=frozenset({"destination_region", "repositories"}),
        section=1,
    ),
    Row(
        TaskDefinition,
        "aws_ecs_task_definition",
        "ecs.tf",
        # The id is the family; everything that takes a task definition asks for one revision.
        attributes={"id": "arn", "arn": "arn"},
        referred=("", "arn"),
        arguments=_task_definition,
        blocks=_runtime_platform,
        written=frozenset(
            {
                "requires_compatibilities",
                "cpu",
                "memory",
                "cpu_architecture",
                "execution_role",
                "task_role",
                "containers",
            }
        ),
        section=1,
    ),
)
