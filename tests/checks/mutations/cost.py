"""A fault for each rule of cost."""

from __future__ import annotations

from dataclasses import replace

from tests.checks.mutations.mutation import Mutation, added, change, plant, remove, twin, with_more
from tests.checks.mutations.security import is_primary

from groundplan.resources import Architecture
from groundplan.resources.compute import LaunchTemplate
from groundplan.resources.containers import EcsService
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.dns import HealthCheck
from groundplan.resources.edge import LoadBalancer
from groundplan.resources.files import FileSystem
from groundplan.resources.governance import Trail
from groundplan.resources.kubernetes import KubernetesCluster
from groundplan.resources.monitoring import Alarm
from groundplan.resources.network import ElasticIp, NatGateway, VpcEndpoint
from groundplan.resources.scaling import ScalableTarget
from groundplan.resources.security import Key, Secret
from groundplan.resources.storage import Bucket, BucketLifecycleRule
from groundplan.resources.workloads import ServiceWorkload


def with_nothing_twice(architecture: Architecture) -> Architecture:
    """The environment as one that may be away for a while."""
    pods = tuple(
        replace(item, replicas=1, autoscaling=None) if isinstance(item, ServiceWorkload) else item
        for item in architecture.workloads
    )
    changed = replace(architecture, workloads=pods)
    for database in architecture.of(DatabaseInstance):
        changed = changed.changed(database, multi_az=False)
    for service in architecture.of(EcsService):
        changed = changed.changed(changed[service.ref], desired_count=1)
    for target in architecture.of(ScalableTarget):
        changed = changed.changed(changed[target.ref], min_capacity=1)
    return changed


def alone_with_gateways(architecture: Architecture, gateway: NatGateway) -> Architecture | None:
    others = [item for item in architecture.of(NatGateway) if item.region == gateway.region]
    return with_nothing_twice(architecture) if len(others) > 1 and gateway.region is None else None


def alone_with_endpoints(architecture: Architecture, endpoint: VpcEndpoint) -> Architecture | None:
    return with_nothing_twice(architecture) if endpoint.subnets and architecture.of(NatGateway) else None


def alone_with_insights(architecture: Architecture, database: DatabaseInstance) -> Architecture | None:
    if not database.performance_insights_enabled:
        return None
    alone = with_nothing_twice(architecture)
    return alone.changed(alone[database.ref], performance_insights_retention_period=93)


def idle(architecture: Architecture, balancer: LoadBalancer) -> Architecture:
    return with_more(
        architecture,
        replace(balancer, name="planted", load_balancer_name="planted", scheme="internal"),
    )


def for_nobody(architecture: Architecture, secret: Secret) -> Secret:
    return replace(secret, name="planted", secret_name="planted", replicas=(), value=None, generate=None)


def one_more_gateway(architecture: Architecture, gateway: NatGateway) -> NatGateway:
    return replace(gateway, name="planted")


def for_s3(architecture: Architecture, endpoint: VpcEndpoint) -> bool:
    return endpoint.service == "s3" and bool(architecture.of(NatGateway))


def for_logs(architecture: Architecture, bucket: Bucket) -> bool:
    return any(item.access_log_bucket == bucket.ref for item in architecture.of(LoadBalancer))


def kept(architecture: Architecture, bucket: Bucket) -> tuple[BucketLifecycleRule, ...]:
    return tuple(replace(rule, expiration_days=None) for rule in bucket.lifecycle_rules)


def deleted_only_once(architecture: Architecture, bucket: Bucket) -> object:
    rules = tuple(replace(rule, noncurrent_expiration_days=None) for rule in bucket.lifecycle_rules)
    return (*rules, BucketLifecycleRule(id="planted", prefix="planted/", expiration_days=400))


ALONE = {
    "GP-REL-001": "an environment in which nothing is there twice has no standby of its database",
    "GP-REL-005": "an environment in which nothing is there twice has one task of a service",
}

NO_ROOM = {**ALONE, "GP-REL-016": "one task and a maximum of 150 percent leave no room for a new one"}
GATEWAYS_TOO = {
    **NO_ROOM,
    "GP-COST-001": "an environment in which nothing is there twice has one gateway too many",
    "GP-COST-009": "and interface endpoints beside it",
}

MUTATIONS: tuple[Mutation, ...] = (
    plant("GP-COST-001", NatGateway, alone_with_gateways, also=NO_ROOM),
    change("GP-COST-002", DatabaseInstance, where=is_primary, storage_type="gp2"),
    change("GP-COST-003", LaunchTemplate, instance_type="t2.small"),
    change("GP-COST-004", DatabaseInstance, instance_class="db.t3.medium"),
    twin("GP-COST-005", ElasticIp),
    plant("GP-COST-006", LoadBalancer, idle, where=lambda _, item: item.access_log_bucket is not None),
    added("GP-COST-007", NatGateway, one_more_gateway),
    remove("GP-COST-008", VpcEndpoint, where=for_s3),
    plant("GP-COST-009", VpcEndpoint, alone_with_endpoints, also=ALONE),
    change("GP-COST-010", KubernetesCluster, support_type="EXTENDED"),
    change("GP-COST-011", Bucket, where=for_logs, lifecycle_rules=kept),
    twin("GP-COST-012", Key, alias="planted"),
    added("GP-COST-013", Secret, for_nobody, where=lambda _, item: item.kms_key is not None),
    change("GP-COST-014", FileSystem, transition_to_ia=None),
    twin("GP-COST-015", Trail, trail_name="planted", also={"GP-SEC-082": "its events cannot be searched either"}),
    change("GP-COST-016", Alarm, where=lambda _, item: not item.scales, period=10),
    change("GP-COST-017", HealthCheck, request_interval=10),
    plant("GP-COST-018", DatabaseInstance, alone_with_insights, also=GATEWAYS_TOO),
    change("GP-COST-019", Bucket, where=lambda _, item: item.versioning, lifecycle_rules=deleted_only_once),
)
