"""A fault for each rule of security."""

from __future__ import annotations

from dataclasses import replace

from tests.checks.mutations.mutation import (
    Mutation,
    added,
    change,
    container,
    plant,
    remove,
    with_statement,
    without_plain_http_denied,
)

from groundplan.resources import Architecture
from groundplan.resources.account import AccountPasswordPolicy
from groundplan.resources.compute import LaunchTemplate
from groundplan.resources.containers import ContainerRepository, EcsService
from groundplan.resources.databases import (
    CacheReplicationGroup,
    CacheSubnetGroup,
    DatabaseInstance,
    DatabaseParameterGroup,
    DatabaseSubnetGroup,
)
from groundplan.resources.delivery import Distribution, ResponseHeadersPolicy
from groundplan.resources.edge import FixedResponse, Listener, LoadBalancer
from groundplan.resources.files import AccessPoint, FileSystem, MountTarget
from groundplan.resources.firewall import WebAcl
from groundplan.resources.google.access import GoogleAccess
from groundplan.resources.google.storage import GoogleBucket
from groundplan.resources.governance import BackupVault, ConfigurationRecorder, Trail
from groundplan.resources.kubernetes import KubernetesCluster, NodeGroup
from groundplan.resources.messaging import QueuePolicy
from groundplan.resources.monitoring import LogGroup, Topic
from groundplan.resources.network import (
    ANYWHERE,
    FlowLog,
    NetworkAcl,
    NetworkAclRule,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
)
from groundplan.resources.policies import Condition, PolicyDocument, Principal, Statement
from groundplan.resources.security import Key, Role, Secret, SecretRotation
from groundplan.resources.storage import Bucket, BucketPolicy
from groundplan.resources.values import Pseudo, Ref, text

EVERYONE = (Principal("*", ("*",)),)
MFA = Condition(operator="Bool", key="aws:MultiFactorAuthPresent", values=("true",))


def is_primary(architecture: Architecture, database: DatabaseInstance) -> bool:
    return database.source is None


def open_to_all(architecture: Architecture, group: SecurityGroup) -> SecurityGroupRule:
    return SecurityGroupRule(
        name="planted", concern="network", region=group.region, security_group=group.ref, direction="ingress",
        protocol="tcp", from_port=5432, to_port=5432, peer=ANYWHERE, description="Planted",
    )  # fmt: skip


def public_ones(architecture: Architecture, group: DatabaseSubnetGroup | CacheSubnetGroup) -> tuple[Ref[Subnet], ...]:
    vpc = architecture[group.subnets[0]].vpc
    return tuple(subnet.ref for subnet in architecture.of(Subnet) if subnet.vpc == vpc and subnet.tier == "public")


def recorded_nowhere(architecture: Architecture, service: EcsService) -> Architecture:
    open_for_shells = architecture.changed(service, enable_execute_command=True)
    return open_for_shells.changed(open_for_shells[service.cluster], execute_command_log_group=None)


def more_of(policy: PolicyDocument, statement: Statement) -> PolicyDocument:
    return PolicyDocument((*policy.statements, statement))


def for_everyone(architecture: Architecture, policy: BucketPolicy) -> PolicyDocument:
    statement = Statement(actions=("s3:GetObject",), resources=(text(policy.bucket.arn, "/*"),), principals=EVERYONE)
    return more_of(policy.policy, statement)


def for_a_confused_deputy(architecture: Architecture, policy: BucketPolicy) -> PolicyDocument:
    service = (Principal("Service", ("logging.s3.amazonaws.com",)),)
    statement = Statement(actions=("s3:PutObject",), resources=(text(policy.bucket.arn, "/*"),), principals=service)
    return more_of(policy.policy, statement)


def administrators(*conditions: Condition) -> Role:
    account = Principal("AWS", (text("arn:", Pseudo.PARTITION, ":iam::", Pseudo.ACCOUNT_ID, ":root"),))
    return Role(
        name="planted",
        concern="security",
        role_name="planted",
        description="Administers the account",
        trust=PolicyDocument((Statement(actions=("sts:AssumeRole",), principals=(account,), conditions=conditions),)),
        managed_policy_arns=(text("arn:", Pseudo.PARTITION, ":iam::aws:policy/AdministratorAccess"),),
        max_session_duration=3600,
    )


def for_everybody_on_google(architecture: Architecture, bucket: GoogleBucket) -> GoogleAccess:
    return GoogleAccess(
        name="planted", concern="storage", target=bucket.ref, role="roles/storage.objectViewer", member="allUsers"
    )


def debugs(architecture: Architecture, service: EcsService) -> Architecture:
    task = architecture[service.task_definition]
    first = task.containers[0]
    environment = {**first.environment, "DEBUG": "True"}
    planted = container("GP-SEC-049", environment=environment, where=lambda _, item: item is task)
    changed = planted.plant(architecture, frozenset())
    assert changed is not None
    return changed


def open_to_shells(architecture: Architecture, acl: NetworkAcl) -> object:
    entry = NetworkAclRule(
        number=20_000,
        direction="ingress",
        action="allow",
        protocol="tcp",
        cidr_block=ANYWHERE,
        from_port=22,
        to_port=22,
    )
    return (*acl.rules, entry)


def in_public(architecture: Architecture, resource: NodeGroup | MountTarget) -> tuple[Ref[Subnet], ...]:
    vpc = architecture[resource.subnets[0] if isinstance(resource, NodeGroup) else resource.subnet].vpc
    return tuple(subnet.ref for subnet in architecture.of(Subnet) if subnet.vpc == vpc and subnet.tier == "public")


def mounted_in_public(architecture: Architecture, target: MountTarget) -> Ref[Subnet]:
    zone = architecture[target.subnet].availability_zone
    return next(ref for ref in in_public(architecture, target) if architecture[ref].availability_zone == zone)


def only_counting(architecture: Architecture, acl: WebAcl) -> Architecture:
    groups = tuple(replace(group, only_count=True) for group in acl.managed_rule_groups)
    rate = replace(acl.rate_limit, only_count=True) if acl.rate_limit else None
    return architecture.changed(acl, managed_rule_groups=groups, rate_limit=rate)


def has_a_key(architecture: Architecture, bucket: Bucket) -> bool:
    return bucket.kms_key is not None


KEY_UNUSED = {"GP-COST-012": "its key then encrypts nothing"}
OTHER_SUBNETS = {
    "GP-REL-090": "network ACLs let in who needs databases and caches from the private subnets alone",
    "GP-REL-091": "without a public address there is no way out of a public subnet",
}

MUTATIONS: tuple[Mutation, ...] = (
    change("GP-SEC-001", DatabaseInstance, publicly_accessible=True),
    change("GP-SEC-002", DatabaseInstance, where=is_primary, storage_encrypted=False),
    change("GP-SEC-003", CacheReplicationGroup, at_rest_encryption_enabled=False),
    change("GP-SEC-004", CacheReplicationGroup, auth_token=None),
    change("GP-SEC-005", Bucket, block_public_policy=False),
    change("GP-SEC-006", BucketPolicy, policy=lambda _, item: without_plain_http_denied(item.policy)),
    added("GP-SEC-007", SecurityGroup, open_to_all),
    change(
        "GP-SEC-008",
        Listener,
        where=lambda _, item: item.protocol == "HTTP",
        default_action=FixedResponse(status_code=200),
    ),
    change("GP-SEC-009", Listener, where=lambda _, item: item.protocol == "HTTPS", ssl_policy=None),
    container("GP-SEC-010", environment=lambda item: {**item.environment, "PLANTED_PASSWORD": "correct horse"}),
    change(
        "GP-SEC-011",
        Role,
        inline_policies=lambda _, role: with_statement(role, "s3:*", on="arn:aws:s3:::planted"),
    ),
    change("GP-SEC-012", Role, inline_policies=lambda _, role: with_statement(role, "s3:ListBucket", on="*")),
    change("GP-SEC-013", Key, enable_key_rotation=False),
    change("GP-SEC-014", ContainerRepository, image_tag_mutability="MUTABLE"),
    container("GP-SEC-015", image="busybox:latest"),
    change("GP-SEC-016", EcsService, assign_public_ip=True),
    remove("GP-SEC-017", FlowLog),
    plant("GP-SEC-018", EcsService, recorded_nowhere),
    change("GP-SEC-019", ContainerRepository, scan_on_push=False),
    change("GP-SEC-020", LoadBalancer, drop_invalid_header_fields=False),
    change("GP-SEC-021", DatabaseSubnetGroup, subnets=public_ones),
    change("GP-SEC-021", CacheSubnetGroup, subnets=public_ones),
    change("GP-SEC-022", BucketPolicy, policy=for_everyone),
    change("GP-SEC-023", BucketPolicy, policy=for_a_confused_deputy),
    change(
        "GP-SEC-024",
        DatabaseParameterGroup,
        where=lambda _, item: item.family.startswith("postgres"),
        parameters={"rds.force_ssl": "0"},
    ),
    change("GP-SEC-025", LoadBalancer, access_log_bucket=None),
    change("GP-SEC-026", Bucket, where=has_a_key, sse_algorithm="AES256", kms_key=None, also=KEY_UNUSED),
    container("GP-SEC-027", readonly_root_filesystem=False),
    change("GP-SEC-028", Topic, kms_key=None),
    change("GP-SEC-029", Secret, kms_key=None),
    change("GP-SEC-030", LogGroup, kms_key=None),
    change("GP-SEC-040", QueuePolicy, policy=lambda _, item: without_plain_http_denied(item.policy)),
    change("GP-SEC-041", LaunchTemplate, http_tokens="optional"),
    change("GP-SEC-042", LaunchTemplate, volume_encrypted=False),
    plant("GP-SEC-049", EcsService, debugs, where=lambda _, item: bool(item.load_balancers)),
    change("GP-SEC-050", Trail, is_multi_region=False),
    change("GP-SEC-051", Trail, kms_key=None),
    change("GP-SEC-052", BackupVault, kms_key=None, also=KEY_UNUSED),
    change("GP-SEC-060", Distribution, viewer_protocol_policy="allow-all"),
    change("GP-SEC-061", Distribution, origin_access_control=None),
    change("GP-SEC-062", Distribution, web_acl=None),
    change("GP-SEC-063", KubernetesCluster, endpoint_public_access=True, public_access_cidrs=()),
    change("GP-SEC-064", KubernetesCluster, secrets_key=None, also=KEY_UNUSED),
    change("GP-SEC-065", KubernetesCluster, log_types=("api",)),
    change("GP-SEC-066", FileSystem, encrypted=False),
    added(
        "GP-SEC-070",
        Role,
        lambda _, role: administrators(),
        also={"GP-SEC-071": "a second factor does not make the right to do everything a small one"},
    ),
    added("GP-SEC-071", Role, lambda _, role: administrators(MFA)),
    change("GP-SEC-080", GoogleBucket, public_access_prevention="inherited"),
    added("GP-SEC-081", GoogleBucket, for_everybody_on_google),
    change("GP-SEC-100", NetworkAcl, rules=open_to_shells),
    change("GP-SEC-101", Subnet, map_public_ip_on_launch=True),
    container("GP-SEC-102", user="root", where=lambda _, item: item.containers[0].firelens is None),
    container("GP-SEC-103", command=("serve", "--key", "AKIAIOSFODNN7EXAMPLE")),
    change("GP-SEC-104", AccessPoint, path="/"),
    change("GP-SEC-105", MountTarget, subnet=mounted_in_public),
    change("GP-SEC-106", NodeGroup, subnets=in_public, also=OTHER_SUBNETS),
    change("GP-SEC-107", Distribution, default_root_object=""),
    change("GP-SEC-108", ResponseHeadersPolicy, strict_transport_security=3_600),
    change("GP-SEC-109", AccountPasswordPolicy, minimum_password_length=8),
    change("GP-SEC-110", SecretRotation, automatically_after_days=365),
    plant(
        "GP-SEC-111",
        WebAcl,
        only_counting,
        also={"GP-SEC-084": "inputs of known attacks are then only counted, too"},
    ),
    change("GP-SEC-112", ConfigurationRecorder, include_global_resource_types=False),
    change("GP-SEC-113", FileSystem, kms_key=None, also=KEY_UNUSED),
)
