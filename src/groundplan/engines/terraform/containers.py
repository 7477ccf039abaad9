"""Amazon ECS in Terraform: clusters, capacity providers, services."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.engines.terraform.context import Context
from groundplan.engines.terraform.hcl import Block
from groundplan.engines.terraform.rows import Row
from groundplan.engines.terraform.security import after_policies, after_values
from groundplan.resources import Resource
from groundplan.resources.containers import (
    CapacityProviderShare,
    ClusterCapacityProviders,
    EcsCapacityProvider,
    EcsCluster,
    EcsService,
    ServiceConnect,
    ServiceLoadBalancer,
    ServiceNamespace,
)
from groundplan.resources.network import Route, RouteTableAssociation, Subnet
from groundplan.resources.values import Attribute, Ref, dynamic_values


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


def _strategy(block: str, shares: tuple[CapacityProviderShare, ...], context: Context) -> Iterator[Block]:
    for share in shares:
        values = {"capacity_provider": share.capacity_provider, "base": share.base, "weight": share.weight}
        yield context.block(block, values)


def _capacity_providers(providers: ClusterCapacityProviders, _: Context) -> dict[str, object]:
    return {
        "cluster_name": providers.cluster.attribute("id"),
        "capacity_providers": providers.capacity_providers,
    }


def _default_strategy(providers: ClusterCapacityProviders, context: Context) -> Iterator[Block]:
    yield from _strategy("default_capacity_provider_strategy", providers.default_strategy, context)


def _auto_scaling_group_provider(provider: EcsCapacityProvider, context: Context) -> Iterator[Block]:
    yield context.block(
        "auto_scaling_group_provider",
        {
            "auto_scaling_group_arn": provider.auto_scaling_group.arn,
            "managed_termination_protection": _enabled(provider.managed_termination_protection),
            "managed_draining": _enabled(provider.managed_draining),
        },
        context.block("managed_scaling", {"status": "ENABLED", "target_capacity": provider.target_capacity}),
    )


def _enabled(on: bool) -> str:
    return "ENABLED" if on else "DISABLED"


def _service(service: EcsService, _: Context) -> dict[str, object]:
    return {
        "deployment_minimum_healthy_percent": service.minimum_healthy_percent,
        "deployment_maximum_percent": service.maximum_percent,
        "health_check_grace_period_seconds": service.health_check_grace_period,
        "availability_zone_rebalancing": _enabled(service.availability_zone_rebalancing),
        "enable_execute_command": service.enable_execute_command,
        # Tasks carry no tags of their own, and without them no cost report and no budget sees what they cost.
        "propagate_tags": "SERVICE",
    }


def _service_blocks(service: EcsService, context: Context) -> Iterator[Block]:
    yield from _strategy("capacity_provider_strategy", service.capacity_providers, context)
    yield context.block(
        "network_configuration",
        {
            "subnets": [context.refer(subnet) for subnet in service.subnets],
            "security_groups": [context.refer(group) for group in service.security_groups],
            "assign_public_ip": service.assign_public_ip,
        },
    )
    for balancer in service.load_balancers:
        yield _load_balancer(balancer, context)
    if service.service_connect:
        yield _service_connect(service.service_connect, context)
    yield from _deployment(service, context)


def _load_balancer(balancer: ServiceLoadBalancer, context: Context) -> Block:
    advanced = None
    if shift := balancer.shift:
        advanced = context.block(
            "advanced_configuration",
            {
                "alternate_target_group_arn": context.refer(shift.alternate_target_group),
                "production_listener_rule": shift.production_listener_rule.arn,
                "role_arn": shift.role.arn,
            },
        )
    return context.block(
        "load_balancer",
        {
            "target_group_arn": context.refer(balancer.target_group),
            "container_name": balancer.container_name,
            "container_port": balancer.container_port,
        },
        advanced,
    )


def _deployment(service: EcsService, context: Context) -> Iterator[Block]:
    """Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ecs_service#deployment_configuration"""
    strategy, shift = service.deployment_strategy, service.gradual_shift
    if strategy != "ROLLING":
        gradual = None
        if shift and strategy == "CANARY":
            canary = {"canary_percent": shift.percent, "canary_bake_time_in_minutes": str(shift.bake_time)}
            gradual = context.block("canary_configuration", canary)
        elif shift:
            linear = {"step_percent": shift.percent, "step_bake_time_in_minutes": str(shift.bake_time)}
            gradual = context.block("linear_configuration", linear)
        bake = None if service.bake_time is None else str(service.bake_time)
        settings = {"strategy": strategy, "bake_time_in_minutes": bake}
        yield context.block("deployment_configuration", settings, gradual)
    yield context.block(
        "deployment_circuit_breaker",
        {"enable": service.circuit_breaker, "rollback": service.circuit_breaker_rollback},
    )
    if service.rollback_alarms:
        yield context.block(
            "alarms",
            {
                "enable": True,
                "rollback": service.circuit_breaker_rollback,
                "alarm_names": [alarm.attribute("id") for alarm in service.rollback_alarms],
            },
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
        yield from routes(subnet, context)
    shifts = [item.shift.role for item in service.load_balancers if item.shift]
    yield from after_policies(dict.fromkeys(shifts), context)


def routes(subnet: Ref[Subnet], context: Context) -> Iterator[str]:
    """What makes the ways out of a subnet."""
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
        written=frozenset({"container_insights", "execute_command_log_group"}),
    ),
    Row(
        EcsCapacityProvider,
        "aws_ecs_capacity_provider",
        "compute.tf",
        attributes={"id": "name"},
        referred=("", "id"),
        rename={"capacity_provider_name": "name"},
        blocks=_auto_scaling_group_provider,
        written=frozenset(
            {"auto_scaling_group", "target_capacity", "managed_termination_protection", "managed_draining"}
        ),
        section=3,
    ),
    Row(
        ClusterCapacityProviders,
        "aws_ecs_cluster_capacity_providers",
        "ecs.tf",
        attributes={"id": "id"},
        arguments=_capacity_providers,
        blocks=_default_strategy,
        written=frozenset({"cluster", "capacity_providers", "default_strategy"}),
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
                "availability_zone_rebalancing", "deployment_strategy", "bake_time", "gradual_shift", "rollback_alarms",
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
