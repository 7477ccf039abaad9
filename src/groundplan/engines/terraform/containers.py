"""Amazon ECS, Amazon ECR and Application Auto Scaling in Terraform."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.engines.terraform.context import Context, label
from groundplan.engines.terraform.hcl import Block
from groundplan.engines.terraform.rows import Row
from groundplan.engines.terraform.security import after_policies, after_values
from groundplan.resources import Resource
from groundplan.resources.containers import (
    EcsCluster,
    EcsService,
    ServiceConnect,
    ServiceNamespace,
)
from groundplan.resources.network import Route, RouteTableAssociation, Subnet
from groundplan.resources.values import Attribute, Ref, dynamic_values

CAPACITY_PROVIDERS = "aws_ecs_cluster_capacity_providers"


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


ROWS = (
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
)  # fmt: skip
