"""What of an environment is there at a moment: tasks of its services, targets of its load balancer, its databases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from groundplan.resources import Architecture
from groundplan.resources.containers import EcsCluster, EcsService
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.edge import TargetGroup
from groundplan.targets.connection import Connection, explained

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import ServiceTypeDef

_AT_ONCE = 10
"""Services that ECS describes in one call.
Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html"""
AVAILABLE = "available"


@dataclass(frozen=True)
class ServiceState:
    """How many tasks of a service run."""

    running: int
    desired: int
    image: str = ""
    """Task definition that counts."""

    def __str__(self) -> str:
        return f"{self.running} of {self.desired} tasks run"


@dataclass(frozen=True)
class DatabaseState:
    """How a database instance is, and in which zone its primary is."""

    status: str
    zone: str

    def __str__(self) -> str:
        return f"{self.status}, in {self.zone}"


@dataclass(frozen=True)
class TargetState:
    """How many targets of a target group pass their health checks."""

    healthy: int
    known: int

    def __str__(self) -> str:
        return f"{self.healthy} of {self.known} targets are healthy"


@dataclass(frozen=True)
class Look:
    """Everything at one moment."""

    services: Mapping[str, ServiceState]
    targets: Mapping[str, TargetState]
    """Without those that have no target at all, as always on the local AWS."""
    databases: Mapping[str, DatabaseState]

    @property
    def lacking(self) -> tuple[str, ...]:
        """What is not at its full strength."""
        return (
            *(f"{name}: {state}" for name, state in self.services.items() if state.running < state.desired),
            *(f"{name}: {state}" for name, state in self.targets.items() if state.healthy < state.known),
            *(f"{name}: {state}" for name, state in self.databases.items() if state.status != AVAILABLE),
        )

    @property
    def interrupted(self) -> tuple[str, ...]:
        """What is not there at all, so that users wait for it."""
        return (
            *(name for name, state in self.services.items() if state.desired and not state.running),
            *(name for name, state in self.targets.items() if state.known and not state.healthy),
            *(name for name, state in self.databases.items() if state.status != AVAILABLE),
        )

    def told(self) -> dict[str, str]:
        """Each part in words, by its name."""
        every: dict[str, object] = {**self.services, **self.databases}
        every |= {f"{name} (load balancer)": state for name, state in self.targets.items()}
        return {name: str(state) for name, state in every.items()}


def ecs_services(architecture: Architecture) -> tuple[EcsService, ...]:
    """The services of the environment, without those of its standby."""
    return tuple(item for item in architecture.of(EcsService) if item.address not in architecture.in_standby)


def database_instances(architecture: Architecture) -> tuple[DatabaseInstance, ...]:
    """The database instances of the environment's region, replicas among them, without those of its standby."""
    return tuple(
        item
        for item in architecture.of(DatabaseInstance)
        if item.address not in architecture.in_standby and item.region is None
    )


def describe_services(
    connection: Connection, architecture: Architecture, services: Sequence[EcsService]
) -> dict[str, ServiceTypeDef]:
    """What ECS says of services, by their names in the blueprint; what is not there is left out."""
    from botocore.exceptions import ClientError

    found: dict[str, ServiceTypeDef] = {}
    for cluster in architecture.of(EcsCluster):
        ours = {item.service_name: item for item in services if item.cluster == cluster.ref}
        region = cluster.region or architecture.region
        names = list(ours)
        for first in range(0, len(names), _AT_ONCE):
            with explained("Reading the services"):
                try:
                    answer = connection.ecs(region).describe_services(
                        cluster=cluster.cluster_name, services=names[first : first + _AT_ONCE]
                    )
                except ClientError as error:
                    if error.response.get("Error", {}).get("Code") != "ClusterNotFoundException":
                        raise
                    break
            for item in answer["services"]:
                if item.get("status") == "ACTIVE":
                    found[ours[item["serviceName"]].name.replace("_", "-")] = item
    return found


def look(connection: Connection, architecture: Architecture) -> Look:
    """Look at the environment once. Raises EnvironmentalError where AWS does not let it be seen."""
    services = {
        name: ServiceState(item["runningCount"], item["desiredCount"])
        for name, item in describe_services(connection, architecture, ecs_services(architecture)).items()
    }
    return Look(services, _targets(connection, architecture), _databases(connection, architecture))


def not_deployed(architecture: Architecture, now: Look) -> tuple[str, ...]:
    """The services and databases that the blueprint asks for, and nobody has deployed."""
    services, databases = ecs_services(architecture), database_instances(architecture)
    wanted = [item.name.replace("_", "-") for item in (*services, *databases)]
    return tuple(name for name in wanted if name not in now.services and name not in now.databases)


def _targets(connection: Connection, architecture: Architecture) -> dict[str, TargetState]:
    groups = {
        item.target_group_name: item
        for item in architecture.of(TargetGroup)
        if item.address not in architecture.in_standby and item.region is None
    }
    if not groups:
        return {}
    client = connection.elbv2(architecture.region)
    found: dict[str, TargetState] = {}
    with explained("Reading the load balancer's targets"):
        pages = client.get_paginator("describe_target_groups").paginate()
        arns = {group["TargetGroupName"]: group["TargetGroupArn"] for page in pages for group in page["TargetGroups"]}
        for name, group in groups.items():
            if name not in arns:
                continue
            answer = client.describe_target_health(TargetGroupArn=arns[name])["TargetHealthDescriptions"]
            states = [item["TargetHealth"].get("State", "") for item in answer]
            kept = [state for state in states if state not in ("draining", "unused")]
            if kept:
                found[group.name.replace("_", "-")] = TargetState(kept.count("healthy"), len(kept))
    return found


def _databases(connection: Connection, architecture: Architecture) -> dict[str, DatabaseState]:
    ours = {item.identifier: item for item in database_instances(architecture)}
    if not ours:
        return {}
    with explained("Reading the databases"):
        pages = connection.rds(architecture.region).get_paginator("describe_db_instances").paginate()
        instances = {item["DBInstanceIdentifier"]: item for page in pages for item in page["DBInstances"]}
    return {
        item.name.replace("_", "-"): DatabaseState(
            instances[name]["DBInstanceStatus"], instances[name].get("AvailabilityZone", "")
        )
        for name, item in ours.items()
        if name in instances
    }
