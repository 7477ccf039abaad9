"""A fault for each rule of reliability."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tests.checks.mutations.mutation import Mutation, change, plant, remove, without
from tests.checks.mutations.security import is_primary

from groundplan.blueprint.calendar import WEEKDAYS, Calendar
from groundplan.checks.facts import log_buckets
from groundplan.resources import Architecture
from groundplan.resources.compute import AutoScalingGroup
from groundplan.resources.containers import CapacityProviderShare, EcsService, TaskDefinition
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance, Table
from groundplan.resources.dns import DnsRecord
from groundplan.resources.edge import Listener, ListenerRule, LoadBalancer, Redirect
from groundplan.resources.files import FileSystem, MountTarget
from groundplan.resources.firewall import RateLimit, WebAcl, WebAclAssociation
from groundplan.resources.gateway import RestApi
from groundplan.resources.governance import BackupPlan, BackupSelection, BackupVault
from groundplan.resources.kubernetes import KubernetesCluster, NodeGroup
from groundplan.resources.messaging import Queue
from groundplan.resources.network import NatGateway, Route, SecurityGroup, Subnet, VpcEndpoint
from groundplan.resources.off_hours import OffHours
from groundplan.resources.scaling import ScalableTarget, ScalingPolicy
from groundplan.resources.storage import Bucket
from groundplan.resources.values import Ref

SPOT = CapacityProviderShare(capacity_provider="FARGATE_SPOT", weight=1)


def first_zone(architecture: Architecture, resource: EcsService | NodeGroup) -> tuple[Ref[Subnet], ...]:
    return resource.subnets[:1]


def in_two_zones(architecture: Architecture, resource: EcsService | NodeGroup) -> bool:
    return len(resource.subnets) > 1


def through_one_gateway(architecture: Architecture, route: Route) -> Ref[NatGateway] | None:
    others = [gateway.ref for gateway in architecture.of(NatGateway) if gateway.ref != route.nat_gateway]
    here = [ref for ref in others if architecture[ref].region == route.region]
    return here[0] if here else None


def has_another_gateway(architecture: Architecture, route: Route) -> bool:
    return route.nat_gateway is not None and through_one_gateway(architecture, route) is not None


def many_groups(architecture: Architecture, service: EcsService) -> tuple[Ref[SecurityGroup], ...]:
    return service.security_groups[:1] * 6


def starts_slowly(architecture: Architecture, service: EcsService) -> bool:
    task: TaskDefinition = architecture[service.task_definition]
    checks = [item.health_check for item in task.containers if item.health_check]
    return bool(service.load_balancers) and any(check.start_period for check in checks)


def is_delivered(architecture: Architecture, queue: Queue) -> bool:
    return any(other.dead_letter_queue == queue.ref for other in architecture.of(Queue))


def stands_before_a_balancer(architecture: Architecture, acl: WebAcl) -> bool:
    return bool(architecture.of(RestApi)) and any(
        item.web_acl == acl.ref for item in architecture.of(WebAclAssociation)
    )


def without_the_second(architecture: Architecture, record: DnsRecord) -> Architecture | None:
    seconds = [
        item
        for item in architecture.of(DnsRecord)
        if item.failover == "SECONDARY" and item.record_name == record.record_name
    ]
    return without(architecture, *seconds) if seconds and isinstance(record.target, Ref) else None


def without_its_backup(architecture: Architecture, file_system: FileSystem) -> Architecture:
    selections = architecture.of(BackupSelection)
    left = without(architecture, *selections)
    return left.changed(left[file_system.ref], automatic_backups=False)


def in_one_region(architecture: Architecture, selection: BackupSelection) -> Architecture | None:
    if architecture.standby is None or not architecture.of(FileSystem):
        return None
    return without(architecture, selection)


def stopped(start: str, stop: str, profile: str) -> Callable[[Architecture, DatabaseInstance], Architecture]:
    """Stops a database outside of these hours on weekdays."""

    def planted(architecture: Architecture, database: DatabaseInstance) -> Architecture:
        calendar = Calendar.of(start, stop, WEEKDAYS[:5], "UTC")
        hours = OffHours(calendar, profile, {database.ref: calendar.minutes_on()})
        return replace(architecture, off_hours=hours)

    return planted


def backed_up_at_night(architecture: Architecture, database: DatabaseInstance) -> Architecture | None:
    asleep = stopped("08:00", "20:00", "development")(architecture, database)
    for plan in architecture.of(BackupPlan):
        rules = tuple(replace(rule, schedule_expression="cron(0 5 ? * * *)") for rule in plan.rules)
        return asleep.changed(plan, rules=rules)
    return None


def is_versioned_for_itself(architecture: Architecture, bucket: Bucket) -> bool:
    copied = bucket.replication or any(
        item.replication and item.replication.destination == bucket.ref for item in architecture.of(Bucket)
    )
    selected = any(bucket.ref.arn in item.resource_arns for item in architecture.of(BackupSelection))
    return bucket.versioning and bucket.ref not in log_buckets(architecture) and not copied and not selected


def of_an_ecs_service(architecture: Architecture, rule: ListenerRule) -> bool:
    return architecture[rule.listener].protocol == "HTTPS" and bool(rule.host_headers)


def on_another_port(architecture: Architecture, listener: Listener) -> object:
    return Redirect(port=8444)


def redirects(architecture: Architecture, listener: Listener) -> bool:
    return isinstance(listener.default_action, Redirect)


def in_a_zone_less(architecture: Architecture, target: MountTarget) -> Architecture:
    return without(architecture, target)


def first_of(architecture: Architecture, endpoint: VpcEndpoint) -> object:
    return endpoint.subnets[:1]


def is_an_interface(architecture: Architecture, endpoint: VpcEndpoint) -> bool:
    return len(endpoint.subnets) > 1


def never_healthier(architecture: Architecture, record: DnsRecord) -> Architecture:
    return architecture.changed(record, health_check=None, evaluate_target_health=False)


def is_scaled(architecture: Architecture, target: ScalableTarget) -> bool:
    return any(policy.target == target.ref for policy in architecture.of(ScalingPolicy))


def is_the_only_one(architecture: Architecture, selection: BackupSelection) -> bool:
    plans = [item.plan for item in architecture.of(BackupSelection)]
    return plans.count(selection.plan) == 1 and architecture.standby is None


def nobody_looks(architecture: Architecture, service: EcsService) -> Architecture | None:
    task = architecture[service.task_definition]
    if service.load_balancers or not any(item.health_check for item in task.containers):
        return None
    blind = tuple(replace(item, health_check=None) for item in task.containers)
    return architecture.changed(task, containers=blind)


PEAK = {"GP-REL-063": "so many tasks find no address either"}
CONNECTIONS = {"GP-REL-060": "so many tasks find no connection either"}
NO_REPLICA = {"GP-VAL-017": "RDS makes no replica of a database without automated backups"}

GATEWAY_UNUSED = {"GP-COST-007": "the other gateway is then the way of nothing"}
PLAN = {"GP-REL-070": "the plan then backs up nothing"}
NO_PLAN = {**PLAN, "GP-REL-058": "its backups were its copies elsewhere"}
NO_PLAN_OF_COPIES = {"GP-REL-044": "the backups that were copied elsewhere were its only ones"}

MUTATIONS: tuple[Mutation, ...] = (
    change("GP-REL-001", DatabaseInstance, where=is_primary, multi_az=False),
    change("GP-REL-002", DatabaseInstance, where=is_primary, backup_retention_period=0, also=NO_REPLICA),
    change("GP-REL-003", DatabaseInstance, where=is_primary, backup_retention_period=1),
    change("GP-REL-004", Route, where=has_another_gateway, nat_gateway=through_one_gateway, also=GATEWAY_UNUSED),
    change("GP-REL-005", ScalableTarget, min_capacity=1),
    change("GP-REL-006", EcsService, circuit_breaker=False),
    change("GP-REL-007", DatabaseInstance, where=is_primary, skip_final_snapshot=True),
    change("GP-REL-008", DatabaseInstance, where=is_primary, deletion_protection=False),
    change("GP-REL-009", LoadBalancer, deletion_protection=False),
    change("GP-REL-010", CacheReplicationGroup, multi_az_enabled=False),
    change("GP-REL-011", CacheReplicationGroup, snapshot_retention_limit=0),
    change("GP-REL-012", EcsService, where=in_two_zones, subnets=first_zone),
    change("GP-REL-013", Bucket, where=is_versioned_for_itself, versioning=False),
    change("GP-REL-014", EcsService, launch_type=None, capacity_providers=(SPOT,)),
    change("GP-REL-015", DatabaseInstance, where=is_primary, max_allocated_storage=None),
    change("GP-REL-016", EcsService, minimum_healthy_percent=0, where=lambda _, item: item.bake_time is None),
    change("GP-REL-017", EcsService, where=starts_slowly, health_check_grace_period=None),
    change("GP-REL-018", EcsService, security_groups=many_groups),
    change(
        "GP-REL-030",
        Queue,
        where=lambda _, item: item.dead_letter_queue is not None,
        dead_letter_queue=None,
        max_receive_count=None,
        also={"GP-OPS-030": "what was its dead-letter queue is then a queue that nobody uses"},
    ),
    change("GP-REL-031", Queue, where=is_delivered, message_retention_period=3600),
    change("GP-REL-040", WebAcl, where=stands_before_a_balancer, rate_limit=RateLimit(priority=90, limit=2000)),
    change("GP-REL-041", NodeGroup, where=in_two_zones, subnets=first_zone),
    change("GP-REL-042", NodeGroup, where=lambda _, item: not item.taints, capacity_type="SPOT"),
    change("GP-REL-043", KubernetesCluster, deletion_protection=False),
    plant("GP-REL-044", FileSystem, without_its_backup, also=NO_PLAN),
    plant("GP-REL-045", DnsRecord, without_the_second),
    change(
        "GP-REL-046",
        BackupVault,
        where=lambda _, item: item.region is not None and bool(item.min_retention_days),
        min_retention_days=1,
    ),
    change("GP-REL-060", ScalableTarget, max_capacity=800, also=PEAK),
    change("GP-REL-061", ListenerRule, where=of_an_ecs_service, host_headers=("planted.groundplan.dev",)),
    change("GP-REL-062", Listener, where=redirects, default_action=on_another_port),
    change("GP-REL-063", ScalableTarget, max_capacity=800, also=CONNECTIONS),
    change("GP-REL-064", Table, point_in_time_recovery=False),
    change("GP-REL-065", Table, deletion_protection=False),
    plant("GP-REL-066", MountTarget, in_a_zone_less),
    change("GP-REL-067", VpcEndpoint, where=is_an_interface, subnets=first_of),
    plant("GP-REL-068", DnsRecord, never_healthier, where=lambda _, item: item.failover == "PRIMARY"),
    change("GP-REL-069", ScalableTarget, where=is_scaled, max_capacity=lambda _, item: item.min_capacity),
    remove("GP-REL-070", BackupSelection, where=is_the_only_one),
    change("GP-REL-071", AutoScalingGroup, subnets=lambda _, item: item.subnets[:1]),
    plant("GP-REL-072", EcsService, nobody_looks),
    change("GP-REL-073", Queue, where=lambda _, item: item.max_receive_count is not None, max_receive_count=1),
    plant("GP-REL-050", DatabaseInstance, stopped("00:00", "23:00", "production")),
    plant("GP-REL-051", DatabaseInstance, backed_up_at_night),
    plant(
        "GP-REL-058",
        BackupSelection,
        in_one_region,
        also=NO_PLAN_OF_COPIES,
    ),
)
