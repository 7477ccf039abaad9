"""Amazon ECS, Amazon ECR and Application Auto Scaling in Terraform."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from groundplan.engines.terraform.context import CannotExpressError, Context, label
from groundplan.engines.terraform.hcl import Argument, Block, Call, Expression, Value
from groundplan.engines.terraform.rows import Row
from groundplan.engines.terraform.security import after_policies, after_values
from groundplan.resources import Resource
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
from groundplan.resources.network import Route, RouteTableAssociation, Subnet
from groundplan.resources.values import Attribute, Pseudo, Ref, Text, dynamic_values, text

CAPACITY_PROVIDERS = "aws_ecs_cluster_capacity_providers"


def _repository(repository: ContainerRepository, context: Context) -> Iterator[Block]:
    key = repository.kms_key
    yield context.block("image_scanning_configuration", {"scan_on_push": repository.scan_on_push})
    yield context.block(
        "encryption_configuration",
        {"encryption_type": "KMS" if key else "AES256", "kms_key": context.refer(key) if key else None},
    )


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


def _cluster(cluster: EcsCluster, context: Context) -> Iterator[Block]:
    yield context.block("setting", {"name": "containerInsights", "value": cluster.container_insights})
    if cluster.execute_command_log_group:
        group = context.architecture[cluster.execute_command_log_group]
        log = {
            "cloud_watch_log_group_name": group.ref.attribute("id"),
            "cloud_watch_encryption_enabled": True if group.kms_key else None,
        }
        execute_command = context.block(
            "execute_command_configuration", {"logging": "OVERRIDE"}, context.block("log_configuration", log)
        )
        yield context.block("configuration", {}, execute_command)


def _capacity_providers(cluster: EcsCluster, context: Context) -> Iterator[Block]:
    if cluster.capacity_providers:
        # For tasks that say nothing: the first provider, which is the one that is never interrupted.
        default = {"capacity_provider": cluster.capacity_providers[0], "base": 0, "weight": 1}
        arguments: dict[str, object] = {
            "cluster_name": cluster.ref.attribute("id"),
            "capacity_providers": cluster.capacity_providers,
        }
        yield context.resource(
            CAPACITY_PROVIDERS,
            label(cluster.ref),
            *context.arguments(arguments),
            context.block("default_capacity_provider_strategy", default),
        )


def _task_definition(task: TaskDefinition, context: Context) -> dict[str, object]:
    containers: list[Value] = [_container(container, context) for container in task.containers]
    return {
        "requires_compatibilities": ["FARGATE"],
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
    if container.command:
        definition["command"] = list(container.command)
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
    definition["logConfiguration"] = {
        "logDriver": "awslogs",
        "options": {
            "awslogs-group": context.value(container.log_group.attribute("id")),
            "awslogs-region": context.value(Pseudo.REGION),
            "awslogs-stream-prefix": container.log_stream_prefix,
        },
    }
    return definition


def _service(service: EcsService, _: Context) -> dict[str, object]:
    return {
        "deployment_minimum_healthy_percent": service.minimum_healthy_percent,
        "deployment_maximum_percent": service.maximum_percent,
        "health_check_grace_period_seconds": service.health_check_grace_period,
        "availability_zone_rebalancing": "ENABLED" if service.availability_zone_rebalancing else "DISABLED",
        "enable_execute_command": service.enable_execute_command,
        # Tasks carry no tags of their own, and without them no cost report and no budget sees what they cost.
        "propagate_tags": "SERVICE",
    }


def _service_blocks(service: EcsService, context: Context) -> Iterator[Block]:
    for share in service.capacity_providers:
        yield context.block(
            "capacity_provider_strategy",
            {"capacity_provider": share.capacity_provider, "base": share.base, "weight": share.weight},
        )
    yield context.block(
        "network_configuration",
        {
            "subnets": [context.refer(subnet) for subnet in service.subnets],
            "security_groups": [context.refer(group) for group in service.security_groups],
            "assign_public_ip": service.assign_public_ip,
        },
    )
    for balancer in service.load_balancers:
        yield context.block(
            "load_balancer",
            {
                "target_group_arn": context.refer(balancer.target_group),
                "container_name": balancer.container_name,
                "container_port": balancer.container_port,
            },
        )
    if service.service_connect:
        yield _service_connect(service.service_connect, context)
    yield context.block(
        "deployment_circuit_breaker",
        {"enable": service.circuit_breaker, "rollback": service.circuit_breaker_rollback},
    )


def _service_connect(connect: ServiceConnect, context: Context) -> Block:
    """Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts.html"""
    settings = {"enabled": True, "namespace": connect.namespace.arn}
    if not connect.port_name:
        return context.block("service_connect_configuration", settings)
    alias = context.block("client_alias", {"port": connect.port, "dns_name": connect.dns_name})
    named = {"port_name": connect.port_name, "discovery_name": connect.dns_name}
    return context.block("service_connect_configuration", settings, context.block("service", named, alias))


def _before_service(service: EcsService, context: Context) -> Iterator[str]:
    """What the first task needs: rights, values in the secrets that are injected, and a way to its image."""
    task = context.architecture[service.task_definition]
    yield from after_policies(dict.fromkeys((task.execution_role, task.task_role)), context)
    injected = [item for container in task.containers for item in dynamic_values(container.secrets)]
    refs: list[Ref[Resource]] = [item.ref for item in injected if isinstance(item, Attribute)]
    yield from after_values(dict.fromkeys(refs), context)
    for subnet in service.subnets:
        yield from _routes(subnet, context)
    if service.capacity_providers and context.architecture[service.cluster].capacity_providers:
        yield f"{CAPACITY_PROVIDERS}.{label(service.cluster)}"


def _routes(subnet: Ref[Subnet], context: Context) -> Iterator[str]:
    dependents = context.architecture.dependents
    for association in dependents.get(subnet, ()):
        if isinstance(association, RouteTableAssociation):
            yield context.address(association.ref)
            routes = dependents.get(association.route_table, ())
            yield from (context.address(route.ref) for route in routes if isinstance(route, Route))


def _scalable_target(target: ScalableTarget, _: Context) -> dict[str, object]:
    cluster, service = target.cluster.attribute("id"), target.service.attribute("name")
    return {
        "resource_id": text("service/", cluster, "/", service),
        "min_capacity": target.min_capacity,
        "max_capacity": target.max_capacity,
    }


def _scaling_policy(policy: ScalingPolicy, context: Context) -> dict[str, object]:
    target = context.address(policy.target)
    same = ("service_namespace", "scalable_dimension", "resource_id")
    return {name: Expression(f"{target}.{name}") for name in same}


def _target_tracking(policy: ScalingPolicy, context: Context) -> Iterator[Block]:
    group = policy.request_count_target_group
    metric = {
        "predefined_metric_type": policy.predefined_metric,
        "resource_label": _resource_label(group, context) if group else None,
    }
    yield context.block(
        "target_tracking_scaling_policy_configuration",
        {
            "target_value": policy.target_value,
            "scale_in_cooldown": policy.scale_in_cooldown,
            "scale_out_cooldown": policy.scale_out_cooldown,
        },
        context.block("predefined_metric_specification", metric),
    )


def _resource_label(group: Ref[TargetGroup], context: Context) -> Text:
    """``app/<load balancer>/<id>/targetgroup/<target group>/<id>``: whose requests are counted.

    Raises CannotExpressError where no listener sends requests to the target group, so that nothing could be counted.
    Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html
    """
    balancer = balancer_of(context.architecture, group)
    if balancer is None:
        raise CannotExpressError(f"no listener forwards to {group}, whose requests the policy counts")
    return Text((balancer.attribute("full_name"), "/", group.attribute("full_name")))


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
        EcsCluster,
        "aws_ecs_cluster",
        "ecs.tf",
        attributes={"id": "name", "arn": "arn"},
        referred=("", "arn"),
        rename={"cluster_name": "name"},
        blocks=_cluster,
        beside=_capacity_providers,
        written=frozenset({"container_insights", "execute_command_log_group", "capacity_providers"}),
        ready=frozenset({CAPACITY_PROVIDERS}),
    ),
    Row(
        ServiceNamespace,
        "aws_service_discovery_http_namespace",
        "ecs.tf",
        attributes={"id": "id", "arn": "arn"},
        rename={"namespace_name": "name"},
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
        written=frozenset({"cpu", "memory", "cpu_architecture", "execution_role", "task_role", "containers"}),
        section=1,
    ),
    Row(
        EcsService,
        "aws_ecs_service",
        "ecs.tf",
        attributes={"id": "arn", "arn": "arn", "name": "name"},
        rename={"service_name": "name"},
        arguments=_service,
        blocks=_service_blocks,
        written=frozenset(
            {
                "capacity_providers", "subnets", "security_groups", "assign_public_ip", "load_balancers",
                "service_connect", "health_check_grace_period", "circuit_breaker", "circuit_breaker_rollback",
                "minimum_healthy_percent", "maximum_percent", "enable_execute_command",
                "availability_zone_rebalancing",
            }
        ),
        paragraphs=(
            (
                "deployment_minimum_healthy_percent", "deployment_maximum_percent",
                "health_check_grace_period_seconds", "availability_zone_rebalancing",
            ),
            ("enable_execute_command", "propagate_tags"),
        ),
        # Scaling owns the count, and releases register task definitions of their own.
        ignore_changes=("desired_count", "task_definition"),
        waits_for=_before_service,
        section=1,
    ),
    Row(
        ScalableTarget,
        "aws_appautoscaling_target",
        "autoscaling.tf",
        attributes={"id": "id"},
        fixed={"service_namespace": "ecs", "scalable_dimension": "ecs:service:DesiredCount"},
        arguments=_scalable_target,
        written=frozenset({"service", "cluster", "min_capacity", "max_capacity"}),
    ),
    Row(
        ScalingPolicy,
        "aws_appautoscaling_policy",
        "autoscaling.tf",
        attributes={"id": "arn", "arn": "arn"},
        rename={"policy_name": "name"},
        fixed={"policy_type": "TargetTrackingScaling"},
        arguments=_scaling_policy,
        blocks=_target_tracking,
        written=frozenset(
            {
                "target", "predefined_metric", "request_count_target_group", "target_value", "scale_in_cooldown",
                "scale_out_cooldown",
            }
        ),
        group=lambda policy: policy.target.name,
    ),
)  # fmt: skip
