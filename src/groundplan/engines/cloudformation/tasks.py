"""Task definitions of Amazon ECS and the repositories of their images in CloudFormation."""

from __future__ import annotations

import json

from groundplan.engines.cloudformation.rows import RETURNED, Kept, Row, present
from groundplan.resources import Architecture
from groundplan.resources.containers import Container, ContainerRepository, RegistryReplication, TaskDefinition
from groundplan.resources.values import Pseudo


def _repository(repository: ContainerRepository, _: Architecture) -> dict[str, object]:
    encryption: dict[str, object] = {"EncryptionType": "AES256"}
    if repository.kms_key:
        encryption = {"EncryptionType": "KMS", "KmsKey": repository.kms_key.arn}
    policy = _lifecycle_policy(repository)
    return present(
        ImageScanningConfiguration={"ScanOnPush": repository.scan_on_push},
        EncryptionConfiguration=encryption,
        LifecyclePolicy={"LifecyclePolicyText": policy} if policy else None,
    )


def _lifecycle_policy(repository: ContainerRepository) -> str | None:
    """Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html"""
    rules: list[dict[str, object]] = []
    if repository.expire_untagged_after_days is not None:
        days = repository.expire_untagged_after_days
        selection = {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": days}
        rules.append(_lifecycle_rule(1, f"Untagged images go after {days} days", selection))
    if repository.keep_images is not None:
        count = repository.keep_images
        # AWS evaluates a rule for any status last, whatever stands before it.
        selection = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": count}
        rules.append(_lifecycle_rule(2, f"The newest {count} images stay", selection))
    return json.dumps({"rules": rules}, indent=2) if rules else None


def _lifecycle_rule(priority: int, description: str, selection: dict[str, object]) -> dict[str, object]:
    return {
        "rulePriority": priority, "description": description, "selection": selection, "action": {"type": "expire"},
    }  # fmt: skip


def _repository_kept(_: ContainerRepository, __: Architecture) -> Kept:
    """AWS refuses to delete a repository that holds images, which is protection enough."""
    return Kept("Delete", "Retain")


def _registry_replication(replication: RegistryReplication, _: Architecture) -> dict[str, object]:
    rule = {
        "Destinations": [{"Region": replication.destination_region, "RegistryId": Pseudo.ACCOUNT_ID}],
        "RepositoryFilters": [{"Filter": name, "FilterType": "PREFIX_MATCH"} for name in replication.repositories],
    }
    return {"ReplicationConfiguration": {"Rules": [rule]}}


def _task_definition(task: TaskDefinition, _: Architecture) -> dict[str, object]:
    return {
        "RuntimePlatform": {"CpuArchitecture": task.cpu_architecture, "OperatingSystemFamily": "LINUX"},
        "ContainerDefinitions": [_container(container) for container in task.containers],
    }


def _container(container: Container) -> dict[str, object]:
    port = None
    if container.port is not None:
        port = [
            present(Name=container.port_name, ContainerPort=container.port, HostPort=container.port, Protocol="tcp")
        ]
    check = container.health_check
    return present(
        Name=container.name,
        Image=container.image,
        Essential=container.essential,
        EntryPoint=container.entry_point or None,
        Command=container.command or None,
        User=container.user,
        Cpu=container.cpu,
        Memory=container.memory,
        MemoryReservation=container.memory_reservation,
        PortMappings=port,
        Environment=[{"Name": name, "Value": value} for name, value in container.environment.items()] or None,
        Secrets=[{"Name": name, "ValueFrom": value} for name, value in container.secrets.items()] or None,
        ReadonlyRootFilesystem=container.readonly_root_filesystem,
        HealthCheck=None
        if check is None
        else {
            "Command": check.command,
            "Interval": check.interval,
            "Timeout": check.timeout,
            "Retries": check.retries,
            "StartPeriod": check.start_period,
        },
        LogConfiguration=_log_configuration(container),
        DependsOn=[{"ContainerName": item.container_name, "Condition": item.condition} for item in container.depends_on]
        or None,
        FirelensConfiguration=present(Type=container.firelens.type, Options=dict(container.firelens.options) or None)
        if container.firelens
        else None,
    )


def _log_configuration(container: Container) -> dict[str, object]:
    """Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html and firelens-taskdef.html

    Without options ECS writes no output of its own into the log router's configuration.
    """
    if container.log_group is None:
        return {"LogDriver": "awsfirelens"}
    return {
        "LogDriver": "awslogs",
        "Options": {
            "awslogs-group": container.log_group,
            "awslogs-region": Pseudo.REGION,
            "awslogs-stream-prefix": container.log_stream_prefix,
        },
    }


ROWS = (
    Row(
        ContainerRepository,
        "AWS::ECR::Repository",
        attributes={"id": RETURNED, "arn": "Arn", "url": "RepositoryUri"},
        write=_repository,
        written=frozenset({"scan_on_push", "kms_key", "keep_images", "expire_untagged_after_days"}),
        kept=_repository_kept,
    ),
    Row(
        RegistryReplication,
        "AWS::ECR::ReplicationConfiguration",
        attributes={"id": RETURNED},
        write=_registry_replication,
        written=frozenset({"destination_region", "repositories"}),
    ),
    Row(
        TaskDefinition,
        "AWS::ECS::TaskDefinition",
        attributes={"id": RETURNED, "arn": RETURNED},
        rename={"execution_role": "ExecutionRoleArn", "task_role": "TaskRoleArn"},
        arns=frozenset({"execution_role", "task_role"}),
        strings=frozenset({"cpu", "memory"}),
        fixed={"NetworkMode": "awsvpc"},
        write=_task_definition,
        written=frozenset({"cpu_architecture", "containers"}),
    ),
)
