"""Amazon ECS, Amazon ECR and Application Auto Scaling in CloudFormation."""

from __future__ import annotations

import json
from collections.abc import Iterator

from groundplan.engines.cloudformation.rows import RETURNED, AtCreationOnly, Kept, Part, Row, present
from groundplan.resources import Architecture
from groundplan.resources.containers import (
    Container,
    ContainerRepository,
    EcsCluster,
    EcsService,
    ScalableTarget,
    ScalingPolicy,
    ServiceConnect,
    ServiceNamespace,
    TaskDefinition,
)
from groundplan.resources.edge import TargetGroup, balancer_of
from groundplan.resources.values import Attribute, Pseudo, Ref, text


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


def _cluster(cluster: EcsCluster, architecture: Architecture) -> dict[str, object]:
    configuration = None
    if cluster.execute_command_log_group:
        encrypted = architecture[cluster.execute_command_log_group].kms_key is not None
        configuration = {
            "ExecuteCommandConfiguration": {
                "Logging": "OVERRIDE",
                "LogConfiguration": present(
                    CloudWatchLogGroupName=cluster.execute_command_log_group,
                    CloudWatchEncryptionEnabled=encrypted or None,
                ),
            }
        }
    return present(
        ClusterSettings=[{"Name": "containerInsights", "Value": cluster.container_insights}],
        Configuration=configuration,
    )


def _cluster_parts(cluster: EcsCluster, _: Architecture) -> Iterator[Part]:
    if cluster.capacity_providers:
        yield Part(
            "CapacityProviders",
            "AWS::ECS::ClusterCapacityProviderAssociations",
            {
                "Cluster": cluster.ref,
                "CapacityProviders": cluster.capacity_providers,
                # For tasks that say nothing: the first provider, which is the one that is never interrupted.
                "DefaultCapacityProviderStrategy": [
                    {"CapacityProvider": cluster.capacity_providers[0], "Base": 0, "Weight": 1}
                ],
            },
        )


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
        Command=container.command or None,
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
        LogConfiguration={
            "LogDriver": "awslogs",
            "Options": {
                "awslogs-group": container.log_group,
                "awslogs-region": Pseudo.REGION,
                "awslogs-stream-prefix": container.log_stream_prefix,
            },
        },
    )


def _service(service: EcsService, architecture: Architecture) -> dict[str, object]:
    shares = [
        {"CapacityProvider": share.capacity_provider, "Base": share.base, "Weight": share.weight}
        for share in service.capacity_providers
    ]
    balancers = [
        {
            "TargetGroupArn": item.target_group.arn,
            "ContainerName": item.container_name,
            "ContainerPort": item.container_port,
        }
        for item in service.load_balancers
    ]
    return present(
        DesiredCount=_desired_count(service, architecture),
        CapacityProviderStrategy=shares or None,
        NetworkConfiguration={
            "AwsvpcConfiguration": {
                "AssignPublicIp": _enabled(service.assign_public_ip),
                "SecurityGroups": service.security_groups,
                "Subnets": service.subnets,
            }
        },
        LoadBalancers=balancers or None,
        ServiceConnectConfiguration=_service_connect(service.service_connect) if service.service_connect else None,
        DeploymentConfiguration={
            "DeploymentCircuitBreaker": {
                "Enable": service.circuit_breaker,
                "Rollback": service.circuit_breaker_rollback,
            },
            "MinimumHealthyPercent": service.minimum_healthy_percent,
            "MaximumPercent": service.maximum_percent,
        },
        AvailabilityZoneRebalancing=_enabled(service.availability_zone_rebalancing),
    )


def _service_connect(connect: ServiceConnect) -> dict[str, object]:
    """Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts.html"""
    offered = None
    if connect.port_name:
        alias = present(Port=connect.port, DnsName=connect.dns_name)
        offered = [present(PortName=connect.port_name, DiscoveryName=connect.dns_name, ClientAliases=[alias])]
    return present(Enabled=True, Namespace=connect.namespace.arn, Services=offered)


def _enabled(on: bool) -> str:
    return "ENABLED" if on else "DISABLED"


def _desired_count(service: EcsService, architecture: Architecture) -> int | AtCreationOnly:
    """The count at creation; afterwards it belongs to scaling, where the service scales.

    CloudFormation sends ``DesiredCount`` with every update of a service, and so would set a service that has scaled
    out back in the middle of its traffic. Left out, a new service starts with 1 task and an update changes nothing.
    Source: https://github.com/aws/containers-roadmap/issues/493 and the property's page,
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ecs-service.html
    """
    scaled = any(isinstance(user, ScalableTarget) for user in architecture.dependents.get(service.ref, ()))
    return AtCreationOnly(service.desired_count) if scaled else service.desired_count


def _service_id(target: ScalableTarget) -> object:
    return text("service/", Attribute(target.cluster, "id"), "/", target.service.attribute("name"))


def _scalable_target(target: ScalableTarget, _: Architecture) -> dict[str, object]:
    return {"ResourceId": _service_id(target)}


def _scaling_policy(policy: ScalingPolicy, architecture: Architecture) -> dict[str, object]:
    label = None
    if policy.request_count_target_group:
        label = _resource_label(policy.request_count_target_group, architecture)
    metric = present(PredefinedMetricType=policy.predefined_metric, ResourceLabel=label)
    return {
        "TargetTrackingScalingPolicyConfiguration": {
            "PredefinedMetricSpecification": metric,
            "TargetValue": policy.target_value,
            "ScaleInCooldown": policy.scale_in_cooldown,
            "ScaleOutCooldown": policy.scale_out_cooldown,
        }
    }


def _resource_label(group: Ref[TargetGroup], architecture: Architecture) -> object:
    """``app/<load balancer>/<id>/targetgroup/<target group>/<id>``: whose requests are counted.

    Raises ValueError where no listener sends requests to the target group, so that nothing could be counted.
    Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html
    """
    balancer = balancer_of(architecture, group)
    if balancer is None:
        raise ValueError(f"no listener forwards to {group}, whose requests a scaling policy counts")
    return text(balancer.attribute("full_name"), "/", group.attribute("full_name"))


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
        EcsCluster,
        "AWS::ECS::Cluster",
        attributes={"id": RETURNED, "arn": "Arn"},
        write=_cluster,
        written=frozenset({"container_insights", "execute_command_log_group", "capacity_providers"}),
        parts=_cluster_parts,
        ready=("CapacityProviders",),
    ),
    Row(
        ServiceNamespace,
        "AWS::ServiceDiscovery::HttpNamespace",
        attributes={"id": RETURNED, "arn": "Arn"},
        rename={"namespace_name": "Name"},
    ),
    Row(
        TaskDefinition,
        "AWS::ECS::TaskDefinition",
        attributes={"id": RETURNED, "arn": RETURNED},
        rename={"execution_role": "ExecutionRoleArn", "task_role": "TaskRoleArn"},
        arns=frozenset({"execution_role", "task_role"}),
        strings=frozenset({"cpu", "memory"}),
        fixed={"NetworkMode": "awsvpc", "RequiresCompatibilities": ["FARGATE"]},
        write=_task_definition,
        written=frozenset({"cpu_architecture", "containers"}),
    ),
    Row(
        EcsService,
        "AWS::ECS::Service",
        attributes={"id": RETURNED, "arn": RETURNED, "name": "Name"},
        rename={
            "cluster": "Cluster",
            "task_definition": "TaskDefinition",
            "health_check_grace_period": "HealthCheckGracePeriodSeconds",
        },
        # Tasks carry no tags of their own, and without them no cost report and no budget sees what they cost.
        fixed={"PropagateTags": "SERVICE"},
        write=_service,
        written=frozenset(
            {
                "desired_count", "capacity_providers", "subnets", "security_groups", "assign_public_ip",
                "load_balancers", "service_connect", "circuit_breaker", "circuit_breaker_rollback",
                "minimum_healthy_percent", "maximum_percent", "availability_zone_rebalancing",
            }
        ),
    ),
    Row(
        ScalableTarget,
        "AWS::ApplicationAutoScaling::ScalableTarget",
        attributes={"id": RETURNED},
        fixed={"ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount"},
        write=_scalable_target,
        written=frozenset({"service", "cluster"}),
    ),
    Row(
        ScalingPolicy,
        "AWS::ApplicationAutoScaling::ScalingPolicy",
        attributes={"id": RETURNED, "arn": "Arn"},
        rename={"target": "ScalingTargetId"},
        fixed={"PolicyType": "TargetTrackingScaling"},
        write=_scaling_policy,
        written=frozenset(
            {
                "predefined_metric", "request_count_target_group", "target_value", "scale_in_cooldown",
                "scale_out_cooldown",
            }
        ),
    ),
)  # fmt: skip
