"""Amazon ECS, Amazon ECR and Application Auto Scaling in CloudFormation."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.engines.cloudformation.rows import RETURNED, AtCreationOnly, Part, Row, present
from groundplan.resources import Architecture
from groundplan.resources.containers import (
    EcsCluster,
    EcsService,
    ScalableTarget,
    ServiceConnect,
    ServiceNamespace,
)


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


ROWS = (
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
)  # fmt: skip
