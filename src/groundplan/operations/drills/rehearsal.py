"""The drill of a region: all that a takeover needs is looked at in the standby's region, and nothing is promoted.

A promotion cannot be taken back: the replica would have to be made anew, and the environment would be without its
standby until then. So the steps that change nothing are tried, and the others are known to be possible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from groundplan.errors import EnvironmentalError
from groundplan.resources import Architecture
from groundplan.resources.automation import AutomationDocument
from groundplan.resources.containers import EcsCluster, EcsService
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.dns import HealthCheck
from groundplan.resources.kubernetes import KubernetesCluster, NodeGroup
from groundplan.targets.connection import Connection, explained

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch.type_defs import DatapointTypeDef

_LAG = timedelta(minutes=15)
"""How far back the lag of a replica is looked for."""


@dataclass(frozen=True)
class Check:
    """One thing that a takeover needs."""

    what: str
    ok: bool | None
    """None: it could not be seen."""
    found: str


def rehearse(connection: Connection, architecture: Architecture) -> tuple[Check, ...]:
    """Look at everything that the promotion and the domains need, in the order in which they need it."""
    return tuple(_checks(connection, architecture))


def _checks(connection: Connection, architecture: Architecture) -> Iterator[Check]:
    assert architecture.standby is not None
    region = architecture.standby.region
    for database in architecture.of(DatabaseInstance):
        if database.region == region and database.source is not None:
            yield _seen(f"the replica {database.identifier}", partial(_replica, connection, region, database))
    for document in architecture.of(AutomationDocument):
        where, name = document.region or architecture.region, document.document_name
        yield _seen(f"the document {name}", partial(_document, connection, where, name))
    for service in architecture.of(EcsService):
        if service.region == region:
            what = f"the service {service.service_name}"
            yield _seen(what, partial(_service, connection, architecture, region, service))
    for group in architecture.of(NodeGroup):
        if group.region == region:
            what = f"the nodes {group.nodegroup_name}"
            yield _seen(what, partial(_nodes, connection, architecture, region, group))
    for check in architecture.of(HealthCheck):
        if not check.inverted:
            name = check.fully_qualified_domain_name
            yield _seen(f"the health check of {name}", partial(_health, connection, architecture, name))


def _seen(what: str, look: Callable[[], tuple[bool, str]]) -> Check:
    try:
        ok, found = look()
    except EnvironmentalError as error:
        return Check(what, None, str(error))
    return Check(what, ok, found)


def _replica(connection: Connection, region: str, database: DatabaseInstance) -> tuple[bool, str]:
    with explained(f"Reading {database.identifier}"):
        pages = connection.rds(region).get_paginator("describe_db_instances").paginate()
        found = [item for page in pages for item in page["DBInstances"]]
    ours = next((item for item in found if item["DBInstanceIdentifier"] == database.identifier), None)
    if ours is None:
        return False, "it is not there"
    if not ours.get("ReadReplicaSourceDBInstanceIdentifier"):
        return False, "it is no replica: it was promoted, or made by somebody else"
    if ours["DBInstanceStatus"] != "available":
        return False, f"it is {ours['DBInstanceStatus']}"
    lag = _lag(connection, region, database.identifier)
    return True, "available; " + ("no lag is known" if lag is None else f"{lag:.0f} s behind at the most, lately")


def _lag(connection: Connection, region: str, identifier: str) -> float | None:
    now = datetime.now(UTC)
    with explained("Reading the lag of the replica"):
        points: list[DatapointTypeDef] = connection.cloudwatch(region).get_metric_statistics(
            Namespace="AWS/RDS",
            MetricName="ReplicaLag",
            Dimensions=[{"Name": "DBInstanceIdentifier", "Value": identifier}],
            StartTime=now - _LAG,
            EndTime=now,
            Period=60,
            Statistics=["Maximum"],
        )["Datapoints"]
    return max((point["Maximum"] for point in points), default=None)


def _document(connection: Connection, region: str, name: str) -> tuple[bool, str]:
    with explained(f"Reading {name}"):
        listed = connection.ssm(region).list_documents(
            Filters=[{"Key": "Name", "Values": [name]}, {"Key": "Owner", "Values": ["Self"]}]
        )["DocumentIdentifiers"]
    if not listed:
        return False, "it is not there: nothing would promote the databases"
    return True, f"version {listed[0].get('DocumentVersion', '?')}"


def _service(connection: Connection, architecture: Architecture, region: str, service: EcsService) -> tuple[bool, str]:
    cluster: EcsCluster = architecture[service.cluster]
    with explained(f"Reading {service.service_name}"):
        answer = connection.ecs(region).describe_services(
            cluster=cluster.cluster_name, services=[service.service_name]
        )["services"]
    if not answer or answer[0].get("status") != "ACTIVE":
        return False, "it is not there"
    running, desired = answer[0]["runningCount"], answer[0]["desiredCount"]
    return running >= desired, f"{running} of {desired} tasks run"


def _nodes(connection: Connection, architecture: Architecture, region: str, group: NodeGroup) -> tuple[bool, str]:
    cluster: KubernetesCluster = architecture[group.cluster]
    with explained(f"Reading {group.nodegroup_name}"):
        found = connection.eks(region).describe_nodegroup(
            clusterName=cluster.cluster_name, nodegroupName=group.nodegroup_name
        )["nodegroup"]
    status = found.get("status", "")
    size = found.get("scalingConfig", {}).get("desiredSize", 0)
    return status == "ACTIVE", f"{status}, {size} nodes wanted"


def _health(connection: Connection, architecture: Architecture, name: str) -> tuple[bool, str]:
    with explained(f"Reading the health check of {name}"):
        pages = connection.route53(architecture.region).get_paginator("list_health_checks").paginate()
        found = [
            item
            for page in pages
            for item in page["HealthChecks"]
            if item["HealthCheckConfig"].get("FullyQualifiedDomainName") == name
        ]
    if not found:
        return False, "it is not there: the domains would not lead to the standby"
    config = found[0]["HealthCheckConfig"]
    return True, f"every {config.get('RequestInterval', 30)} s, {config.get('FailureThreshold', 3)} failures"
