"""Amazon ECS in CloudFormation: clusters, capacity providers, services."""

from __future__ import annotations

from groundplan.engines.cloudformation.rows import RETURNED, AtCreationOnly, Row, present
from groundplan.resources import Architecture
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
from groundplan.resources.scaling import ScalableTarget


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


def _service(service: EcsService, architecture: Architecture) -> dict[str, object]:
    return present(
        DesiredCount=_desired_count(service, architecture),
        CapacityProviderStrategy=shares(service.capacity_providers) or None,
        NetworkConfiguration={
            "AwsvpcConfiguration": {
                "AssignPublicIp": _enabled(service.assign_public_ip),
                "SecurityGroups": service.security_groups,
                "Subnets": service.subnets,
            }
        },
        LoadBalancers=[_load_balancer(item) for item in service.load_balancers] or None,
        ServiceConnectConfiguration=_service_connect(service.service_connect) if service.service_connect else None,
        DeploymentConfiguration=_deployment(service),
        AvailabilityZoneRebalancing=_enabled(service.availability_zone_rebalancing),
    )


def shares(strategy: tuple[CapacityProviderShare, ...]) -> list[dict[str, object]]:
    """A capacity provider strategy."""
    return [
        {"CapacityProvider": share.capacity_provider, "Base": share.base, "Weight": share.weight} for share in strategy
    ]


def _load_balancer(item: ServiceLoadBalancer) -> dict[str, object]:
    shift = item.shift
    return present(
        TargetGroupArn=item.target_group.arn,
        ContainerName=item.container_name,
        ContainerPort=item.container_port,
        AdvancedConfiguration={
            "AlternateTargetGroupArn": shift.alternate_target_group.arn,
            "ProductionListenerRule": shift.production_listener_rule.arn,
            "RoleArn": shift.role.arn,
        }
        if shift
        else None,
    )


def _deployment(service: EcsService) -> dict[str, object]:
    """Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-ecs-service-deploymentconfiguration.html"""
    shift = service.gradual_shift
    canary = shift if service.deployment_strategy == "CANARY" else None
    linear = shift if service.deployment_strategy == "LINEAR" else None
    return present(
        Strategy=None if service.deployment_strategy == "ROLLING" else service.deployment_strategy,
        BakeTimeInMinutes=service.bake_time,
        CanaryConfiguration=canary and {"CanaryPercent": canary.percent, "CanaryBakeTimeInMinutes": canary.bake_time},
        LinearConfiguration=linear and {"StepPercent": linear.percent, "StepBakeTimeInMinutes": linear.bake_time},
        DeploymentCircuitBreaker={"Enable": service.circuit_breaker, "Rollback": service.circuit_breaker_rollback},
        Alarms={"AlarmNames": service.rollback_alarms, "Enable": True, "Rollback": service.circuit_breaker_rollback}
        if service.rollback_alarms
        else None,
        MinimumHealthyPercent=service.minimum_healthy_percent,
        MaximumPercent=service.maximum_percent,
    )


def _capacity_providers(providers: ClusterCapacityProviders, _: Architecture) -> dict[str, object]:
    return {"DefaultCapacityProviderStrategy": shares(providers.default_strategy)}


def _capacity_provider(provider: EcsCapacityProvider, _: Architecture) -> dict[str, object]:
    return {
        "AutoScalingGroupProvider": {
            "AutoScalingGroupArn": provider.auto_scaling_group.arn,
            "ManagedScaling": {"Status": "ENABLED", "TargetCapacity": provider.target_capacity},
            "ManagedTerminationProtection": _enabled(provider.managed_termination_protection),
            "ManagedDraining": _enabled(provider.managed_draining),
        }
    }


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
    """The count at creation; afterwards it belongs to scaling, where the service scales, or to schedules that stop it.

    CloudFormation sends ``DesiredCount`` with every update of a service, and so would set a service that has scaled
    out back in the middle of its traffic. Left out, a new service starts with 1 task and an update changes nothing.
    Source: https://github.com/aws/containers-roadmap/issues/493 and the property's page,
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ecs-service.html
    """
    scaled = any(isinstance(user, ScalableTarget) for user in architecture.dependents.get(service.ref, ()))
    stopped = architecture.off_hours is not None and service.ref in architecture.off_hours.running
    return AtCreationOnly(service.desired_count) if scaled or stopped else service.desired_count


ROWS = (
    Row(
        EcsCluster,
        "AWS::ECS::Cluster",
        attributes={"id": RETURNED, "arn": "Arn"},
        write=_cluster,
        written=frozenset({"container_insights", "execute_command_log_group"}),
    ),
    Row(
        EcsCapacityProvider,
        "AWS::ECS::CapacityProvider",
        attributes={"id": RETURNED},
        rename={"capacity_provider_name": "Name"},
        write=_capacity_provider,
        written=frozenset(
            {"auto_scaling_group", "target_capacity", "managed_termination_protection", "managed_draining"}
        ),
    ),
    Row(
        ClusterCapacityProviders,
        "AWS::ECS::ClusterCapacityProviderAssociations",
        attributes={"id": RETURNED},
        rename={"cluster": "Cluster"},
        write=_capacity_providers,
        written=frozenset({"default_strategy"}),
    ),
    Row(
        ServiceNamespace,
        "AWS::ServiceDiscovery::HttpNamespace",
        attributes={"id": RETURNED, "arn": "Arn"},
        rename={"namespace_name": "Name"},
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
                "minimum_healthy_percent", "maximum_percent", "availability_zone_rebalancing", "deployment_strategy",
                "bake_time", "gradual_shift", "rollback_alarms",
            }
        ),
    ),
)  # fmt: skip
