"""A fault for each of the older rules of validity."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network

from tests.checks.mutations.mutation import (
    Mutation,
    added,
    change,
    container,
    plant,
    twin,
    with_more,
    without_action,
)
from tests.checks.mutations.security import is_primary
from tests.checks.planting import with_fields

from groundplan.resources import Architecture, Resource
from groundplan.resources.compute import AutoScalingGroup
from groundplan.resources.containers import (
    ContainerDependency,
    ContainerHealthCheck,
    EcsService,
    FirelensConfiguration,
    TaskDefinition,
)
from groundplan.resources.databases import (
    CacheParameterGroup,
    CacheReplicationGroup,
    DatabaseInstance,
    DatabaseSubnetGroup,
)
from groundplan.resources.delivery import Distribution
from groundplan.resources.detection import Detector
from groundplan.resources.edge import (
    FixedResponse,
    Forward,
    Listener,
    ListenerRule,
    LoadBalancer,
    TargetGroup,
    forwarded_to,
)
from groundplan.resources.governance import BackupSelection, BackupVault, ConfigurationRecorder
from groundplan.resources.kubernetes import KubernetesCluster, NodeGroup
from groundplan.resources.messaging import Queue
from groundplan.resources.monitoring import Alarm, LogGroup
from groundplan.resources.network import Route, SecurityGroup, SecurityGroupRule, Subnet
from groundplan.resources.scaling import ScalableTarget
from groundplan.resources.schedules import ApiSchedule, Schedule
from groundplan.resources.security import Key, Role, Secret, SecretReplica
from groundplan.resources.storage import Bucket, BucketLifecycleRule
from groundplan.resources.values import text


def off_the_limits(architecture: Architecture, group: TargetGroup) -> object:
    return with_fields(group.health_check, {"timeout": group.health_check.interval})


def one_of_two(architecture: Architecture, resource: LoadBalancer | DatabaseSubnetGroup | KubernetesCluster) -> object:
    return resource.subnets[:1]


def of_many(architecture: Architecture, resource: Resource) -> bool:
    return len(getattr(resource, "subnets", ())) > 1


def same_host_and_path(architecture: Architecture, rule: ListenerRule) -> Resource:
    number = max(item.priority for item in architecture.of(ListenerRule)) + 1
    return replace(rule, name="planted", priority=number)


def a_port_more(group: SecurityGroup, port: int) -> SecurityGroupRule:
    return SecurityGroupRule(
        name=f"planted-{port}", concern="network", region=group.region, security_group=group.ref,
        direction="egress", protocol="udp", from_port=port, to_port=port, peer=IPv4Network("10.255.255.0/24"),
        description="Planted",
    )  # fmt: skip


def many_rules(architecture: Architecture, group: SecurityGroup) -> Architecture:
    return with_more(architecture, *(a_port_more(group, port) for port in range(20000, 20061)))


def a_minor_that_never_was(architecture: Architecture, database: DatabaseInstance) -> str:
    assert database.engine_version is not None
    return f"{database.engine_version.partition('.')[0]}.99"


def name_of_another(architecture: Architecture, role: Role) -> str:
    return next(item.role_name for item in architecture.of(Role) if item.role_name != role.role_name)


def is_for_a_service(architecture: Architecture, group: TargetGroup) -> bool:
    return any(
        item.target_group == group.ref for service in architecture.of(EcsService) for item in service.load_balancers
    )


def both_secret_and_plain(architecture: Architecture, task: TaskDefinition) -> Architecture | None:
    first = task.containers[0]
    if not first.secrets:
        return None
    environment = {**first.environment, next(iter(first.secrets)): "elsewhere"}
    return architecture.changed(task, containers=(replace(first, environment=environment), *task.containers[1:]))


def routed_nowhere(architecture: Architecture, service: EcsService) -> Architecture | None:
    groups = {item.target_group for item in service.load_balancers if item.shift is None}
    changed = architecture
    found = False
    for listener in architecture.of(Listener):
        if groups & set(forwarded_to(listener.default_action)):
            changed, found = changed.changed(listener, default_action=FixedResponse(status_code=404)), True
    for rule in architecture.of(ListenerRule):
        if groups & set(forwarded_to(rule.action)):
            changed, found = changed.changed(rule, action=FixedResponse(status_code=404)), True
    return changed if found else None


def no_right_to_its_secrets(architecture: Architecture, task: TaskDefinition) -> Architecture | None:
    if not any(item.secrets for item in task.containers):
        return None
    role = architecture[task.execution_role]
    policies = without_action(role, "secretsmanager:GetSecretValue")
    return architecture.changed(role, inline_policies=policies)


def no_right_to_the_key(architecture: Architecture, role: Role) -> Architecture | None:
    policies = without_action(role, "kms:GenerateDataKey")
    return None if policies == role.inline_policies else architecture.changed(role, inline_policies=policies)


def may_write_encrypted(architecture: Architecture, role: Role) -> bool:
    encrypted = [bucket.ref.arn for bucket in architecture.of(Bucket) if bucket.kms_key]
    return any(
        "s3:PutObject" in statement.actions
        and any(bucket in statement.resources or text(bucket, "/*") in statement.resources for bucket in encrypted)
        for policy in role.inline_policies
        for statement in policy.document.statements
    )


def without_right_to_start(architecture: Architecture, schedule: Schedule) -> Architecture:
    role = architecture[schedule.role]
    return architecture.changed(role, inline_policies=without_action(role, "ecs:RunTask"))


def without_right_to_call(architecture: Architecture, schedule: ApiSchedule) -> Architecture | None:
    role = architecture[schedule.role]
    action = f"{schedule.service}:{schedule.operation[0].upper()}{schedule.operation[1:]}"
    policies = without_action(role, action)
    return None if policies == role.inline_policies else architecture.changed(role, inline_policies=policies)


def shifts_to_itself(architecture: Architecture, service: EcsService) -> Architecture | None:
    for balancer in service.load_balancers:
        if balancer.shift:
            shift = replace(balancer.shift, alternate_target_group=balancer.target_group)
            return architecture.changed(service, load_balancers=(replace(balancer, shift=shift),))
    return None


def copied_without_versions(architecture: Architecture, bucket: Bucket) -> bool:
    return bucket.replication is not None


def is_backed_up(architecture: Architecture, bucket: Bucket) -> bool:
    backed_up = {arn for item in architecture.of(BackupSelection) for arn in item.resource_arns}
    return bucket.ref.arn in backed_up


def key_of_elsewhere(architecture: Architecture, vault: BackupVault) -> Architecture | None:
    for key in architecture.of(Key):
        if key.region != vault.region:
            return architecture.changed(vault, kms_key=key.ref)
    return None


def does_nothing(architecture: Architecture, bucket: Bucket) -> object:
    return (*bucket.lifecycle_rules, BucketLifecycleRule(id="planted"))


def to_its_own_region(architecture: Architecture, secret: Secret) -> object:
    return (SecretReplica(secret.region or architecture.region),)


VERSIONS_TOO = {"GP-REL-013": "a bucket without versions keeps nothing of what is overwritten, copied or not"}
BACKUPS_TOO = {**VERSIONS_TOO, "GP-VAL-058": "where AWS Backup copies the bucket as well, it asks for versions, too"}

COPIES_TOO = {**VERSIONS_TOO, "GP-VAL-056": "where S3 copies the bucket as well, it asks for versions, too"}
KEY_UNUSED = {"GP-COST-012": "its key then encrypts nothing"}
UNREACHED = {"GP-REL-090": "who needs the database is let in on its old port"}
UNREACHABLE = {
    "GP-REL-090": "network ACLs let in the old addresses alone",
    "GP-REL-092": "what stands in the subnet has addresses that no rule leads to",
}
NO_WAY_OUT = {
    "GP-COST-007": "the gateway is then the way of nothing",
    "GP-REL-091": "tasks then have no way to the services that they need",
}

MUTATIONS: tuple[Mutation, ...] = (
    change("GP-VAL-001", TaskDefinition, where=lambda _, item: len(item.containers) == 1, cpu=256, memory=9216),
    change("GP-VAL-002", DatabaseInstance, where=is_primary, engine_version=a_minor_that_never_was),
    change("GP-VAL-003", DatabaseInstance, where=is_primary, instance_class="db.t3.enormous"),
    change("GP-VAL-004", CacheReplicationGroup, node_type="cache.t3.nosuch"),
    change("GP-VAL-005", CacheReplicationGroup, engine_version="7.9"),
    change("GP-VAL-006", LoadBalancer, subnets=one_of_two),
    change("GP-VAL-007", DatabaseSubnetGroup, subnets=one_of_two),
    change("GP-VAL-008", Bucket, bucket_name="Planted-Bucket"),
    change("GP-VAL-009", Role, role_name=name_of_another),
    added(
        "GP-VAL-010",
        Listener,
        lambda _, item: replace(item, name="planted"),
        where=lambda _, item: item.protocol == "HTTPS" or not isinstance(item.default_action, Forward),
    ),
    twin("GP-VAL-011", ListenerRule, path_patterns=("/planted/*",)),
    change("GP-VAL-012", ListenerRule, path_patterns=tuple(f"/planted/{number}" for number in range(6))),
    added("GP-VAL-013", ListenerRule, same_host_and_path),
    change("GP-VAL-014", DatabaseInstance, where=is_primary, port=443, also=UNREACHED),
    change("GP-VAL-015", DatabaseInstance, where=is_primary, backup_retention_period=36),
    change("GP-VAL-016", DatabaseInstance, where=is_primary, backup_window="3 am"),
    change("GP-VAL-017", DatabaseInstance, where=lambda _, item: item.source is not None, allocated_storage=100),
    change("GP-VAL-018", LogGroup, retention_in_days=31),
    change(
        "GP-VAL-019",
        DatabaseInstance,
        where=is_primary,
        allocated_storage=10,
        storage_type="gp3",
    ),
    change("GP-VAL-020", TargetGroup, health_check=off_the_limits),
    container(
        "GP-VAL-021",
        health_check=ContainerHealthCheck(
            command=("CMD-SHELL", "true"), interval=30, timeout=5, retries=0, start_period=0
        ),
    ),
    plant("GP-VAL-022", SecurityGroup, many_rules),
    change(
        "GP-VAL-023",
        CacheReplicationGroup,
        where=lambda _, item: item.auth_token is not None,
        transit_encryption_enabled=False,
        also={"GP-SEC-004": "without TLS the token and the data travel in clear"},
    ),
    change(
        "GP-VAL-024",
        CacheReplicationGroup,
        where=lambda _, item: item.cluster_mode is None,
        num_cache_clusters=7,
    ),
    change("GP-VAL-025", Subnet, cidr_block=IPv4Network("192.168.77.0/24"), also=UNREACHABLE),
    change(
        "GP-VAL-026",
        Subnet,
        where=lambda _, item: item.tier == "database",
        availability_zone=lambda _, item: f"{item.availability_zone[:-1]}x",
        also={"GP-VAL-135": "a database that names its zone names one of its subnets' zones"},
    ),
    change("GP-VAL-027", DatabaseInstance, monitoring_interval=20),
    change("GP-VAL-028", Listener, where=lambda _, item: item.protocol == "HTTPS", certificate=None),
    plant("GP-VAL-029", TaskDefinition, both_secret_and_plain),
    change("GP-VAL-030", TargetGroup, where=is_for_a_service, target_type="instance"),
    change("GP-VAL-031", Bucket, lifecycle_rules=does_nothing),
    change("GP-VAL-032", ScalableTarget, max_capacity=1),
    change("GP-VAL-033", Alarm, period=90),
    change("GP-VAL-034", CacheParameterGroup, family="redis6.x"),
    change("GP-VAL-035", Key, deletion_window_in_days=3),
    change("GP-VAL-036", Route, where=lambda _, item: item.nat_gateway is not None, nat_gateway=None, also=NO_WAY_OUT),
    change(
        "GP-VAL-037",
        Bucket,
        where=lambda architecture, item: any(
            balancer.access_log_bucket == item.ref for balancer in architecture.of(LoadBalancer)
        ),
        sse_algorithm="aws:kms",
    ),
    plant("GP-VAL-038", TaskDefinition, no_right_to_its_secrets),
    plant("GP-VAL-039", Role, no_right_to_the_key, where=may_write_encrypted),
    plant("GP-VAL-040", EcsService, routed_nowhere, also={"GP-COST-006": "the load balancer then forwards nothing"}),
    change(
        "GP-VAL-051",
        EcsService,
        launch_type=None,
        capacity_providers=lambda _, item: tuple(replace(share, weight=0) for share in item.capacity_providers),
        where=lambda _, item: bool(item.capacity_providers),
    ),
    change("GP-VAL-052", AutoScalingGroup, new_instances_protected_from_scale_in=False),
    plant("GP-VAL-053", EcsService, shifts_to_itself),
    twin("GP-VAL-055", ConfigurationRecorder, recorder_name="planted"),
    change("GP-VAL-056", Bucket, where=copied_without_versions, versioning=False, also=BACKUPS_TOO),
    plant("GP-VAL-057", BackupVault, key_of_elsewhere, also=KEY_UNUSED),
    change("GP-VAL-058", Bucket, where=is_backed_up, versioning=False, also=COPIES_TOO),
    change("GP-VAL-060", Queue, content_based_deduplication=True, where=lambda _, item: not item.fifo_queue),
    plant("GP-VAL-061", Schedule, without_right_to_start),
    change("GP-VAL-062", Schedule, launch_type="EC2", capacity_providers=(), assign_public_ip=True),
    change("GP-VAL-070", Distribution, certificate="arn:aws:acm:eu-west-1:123456789012:certificate/planted"),
    container("GP-VAL-080", depends_on=(ContainerDependency("nobody", "START"),)),
    container("GP-VAL-081", firelens=FirelensConfiguration(), log_group=None),
    container("GP-VAL-082", cpu=100_000),
    change("GP-VAL-083", KubernetesCluster, subnets=one_of_two),
    change("GP-VAL-084", NodeGroup, instance_types=("t3.huge",)),
    change(
        "GP-VAL-085", NodeGroup, max_size=lambda _, item: item.desired_size - 1, where=lambda _, i: i.desired_size > 0
    ),
    plant("GP-VAL-090", ApiSchedule, without_right_to_call),
    twin("GP-VAL-095", Detector),
    change("GP-VAL-098", Secret, replicas=to_its_own_region),
)
