"""What AWS refuses: for each rule a fault that it finds and a neighbour that it leaves alone."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network

import pytest
from tests.checks.planting import (
    Bad,
    Good,
    Planting,
    add,
    change,
    change_container,
    clean,
    copy,
    get,
    identify,
    less_rights,
    more_rights,
    remove,
    together,
    with_fields,
)

from groundplan.checks import run
from groundplan.resources import Architecture
from groundplan.resources.compute import AutoScalingGroup
from groundplan.resources.containers import (
    CapacityProviderShare,
    ClusterCapacityProviders,
    ContainerHealthCheck,
    EcsCapacityProvider,
    EcsService,
    RegistryReplication,
    ServiceLoadBalancer,
    TaskDefinition,
    TrafficShift,
)
from groundplan.resources.databases import (
    CacheParameterGroup,
    CacheReplicationGroup,
    DatabaseInstance,
    DatabaseParameterGroup,
    DatabaseSubnetGroup,
)
from groundplan.resources.delivery import Distribution, LogDeliverySource
from groundplan.resources.edge import (
    Certificate,
    FixedResponse,
    Listener,
    ListenerCertificate,
    ListenerRule,
    LoadBalancer,
    TargetGroup,
)
from groundplan.resources.firewall import WebAcl, WebAclAssociation
from groundplan.resources.messaging import Queue
from groundplan.resources.monitoring import Alarm, LogGroup
from groundplan.resources.network import (
    NatGateway,
    NetworkAcl,
    NetworkAclRule,
    Route,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    Vpc,
)
from groundplan.resources.parameters import SecureParameter
from groundplan.resources.policies import PolicyDocument, Principal, Statement
from groundplan.resources.scaling import ScalableTarget, ScalingPolicy
from groundplan.resources.schedules import Schedule
from groundplan.resources.security import Key, Role, Secret, SecretReplica
from groundplan.resources.storage import Bucket, BucketLifecycleRule, Transition
from groundplan.resources.values import Pseudo, Ref, text

PRIVATE = Ref(Subnet, "private", "a")
API = "task_definition.api"
MAIN = "database_instance.main"
SPOT = CapacityProviderShare(capacity_provider="FARGATE_SPOT", weight=1)
MACHINES = CapacityProviderShare(capacity_provider=Ref(EcsCapacityProvider, "machines"), weight=1, base=1)
LEFTOVERS = CapacityProviderShare(capacity_provider=Ref(EcsCapacityProvider, "leftovers"), weight=1, base=1)
IDLE = CapacityProviderShare(capacity_provider=Ref(EcsCapacityProvider, "machines"), weight=0, base=1)
SHOP = "ecs_service.shop"
BLUE, GREEN = Ref(TargetGroup, "shop-blue"), Ref(TargetGroup, "shop-green")
CACHE = "cache_replication_group.sessions"


def strategy(*shares: CapacityProviderShare) -> Planting:
    """Change where the shop runs."""
    return change(EcsService, "shop", capacity_providers=shares)


def balancer(shift: TrafficShift | None, **fields: object) -> Planting:
    """Change how the shop stands behind the load balancer."""
    entry = ServiceLoadBalancer(target_group=BLUE, container_name="web", container_port=8080, shift=shift)
    return change(EcsService, "shop", load_balancers=(entry,), **fields)


def shift(alternate: Ref[TargetGroup] = GREEN, rule: str = "shop") -> TrafficShift:
    """How the shop's requests move."""
    return TrafficShift(
        alternate_target_group=alternate,
        production_listener_rule=Ref(ListenerRule, rule),
        role=Ref(Role, "shift"),
    )


def health(name: str = "api", **fields: object) -> Planting:
    """Change a target group's health check."""

    def planted(architecture: Architecture) -> Architecture:
        group = get(architecture, TargetGroup, name)
        return architecture.changed(group, health_check=with_fields(group.health_check, fields))

    return planted


def container_health(**fields: object) -> Planting:
    """Change the api container's health check."""
    check = ContainerHealthCheck(command=("CMD", "true"), interval=30, timeout=5, retries=3, start_period=60)
    return change_container("api", health_check=with_fields(check, fields))


def many_rules(count: int) -> Planting:
    """Add rules to the cache's security group, one for each port."""
    return add(
        *(
            SecurityGroupRule(
                name=f"port-{port}",
                concern="network",
                security_group=Ref(SecurityGroup, "cache"),
                direction="ingress",
                protocol="tcp",
                from_port=port,
                to_port=port,
                peer=Ref(SecurityGroup, "api"),
                description=f"Port {port}",
            )
            for port in range(7000, 7000 + count)
        )
    )


def acl(**fields: object) -> Planting:
    """Give the network ACL one entry."""
    rule = NetworkAclRule(100, "ingress", "allow", "tcp", IPv4Network("10.0.0.0/16"), 5432, 5432)
    return change(NetworkAcl, "database", rules=(with_fields(rule, fields),))


def lifecycle(**fields: object) -> Planting:
    """Give the bucket of uploads a second lifecycle rule."""
    abort = BucketLifecycleRule(id="abort", abort_incomplete_multipart_upload_days=7)
    rule = with_fields(BucketLifecycleRule(id="old"), fields)
    return change(Bucket, "uploads", lifecycle_rules=(abort, rule))


def rename_container(name: str) -> Planting:
    """Register another container in the target group."""
    target = ServiceLoadBalancer(target_group=Ref(TargetGroup, "api"), container_name=name, container_port=3000)
    return change(EcsService, "api", load_balancers=(target,))


def key_for(role: str) -> Planting:
    """Have the key's own policy name a role."""

    def planted(architecture: Architecture) -> Architecture:
        key = get(architecture, Key, "data")
        name = get(architecture, Role, role).role_name
        arn = text("arn:", Pseudo.PARTITION, ":iam::", Pseudo.ACCOUNT_ID, f":role/{name}")
        more = Statement(principals=(Principal("AWS", (arn,)),), actions=("kms:*",), resources=("*",))
        return architecture.changed(key, policy=PolicyDocument((*key.policy.statements, more)))

    return planted


GET = "secretsmanager:GetSecretValue"
SECRETS = text("arn:", Pseudo.PARTITION, ":secretsmanager:ap-south-1:", Pseudo.ACCOUNT_ID, ":secret:sample/*")
PARAMETERS = text("arn:", Pseudo.PARTITION, ":ssm:", Pseudo.REGION, ":", Pseudo.ACCOUNT_ID, ":parameter/sample/*")

ELSEWHERE = "arn:aws:acm:eu-west-1:210987654321:certificate/6e0dd9a8-4f22-4b8e-b0b2-9f6b1d2a7f11"
HERE = ELSEWHERE.replace("eu-west-1", "us-east-1")
BAD = (
    Bad(
        "GP-VAL-070",
        change(Distribution, "website", certificate=ELSEWHERE),
        "distribution.website",
        ("certificate of eu-west-1; one of us-east-1 is right",),
    ),
    Bad("GP-VAL-070", change(Distribution, "plain", aliases=("a.groundplan.dev",)), "distribution.plain", ("aliases",)),
    Bad(
        "GP-VAL-070",
        change(Distribution, "plain", web_acl=Ref(WebAcl, "load_balancer")),
        "distribution.plain",
        ("scope REGIONAL; CLOUDFRONT is right",),
    ),
    Bad(
        "GP-VAL-070",
        change(WebAclAssociation, "load_balancer", web_acl=Ref(WebAcl, "cdn")),
        "web_acl_association.load_balancer",
        ("scope CLOUDFRONT; REGIONAL is right",),
    ),
    Bad("GP-VAL-070", change(WebAcl, "cdn", region=None), "web_acl.cdn", ("ap-south-1; us-east-1 is right",)),
    Bad(
        "GP-VAL-070",
        change(LogDeliverySource, "website", region="eu-west-1"),
        "log_delivery_source.website",
        ("eu-west-1; us-east-1 is right",),
    ),
    Bad("GP-VAL-051", strategy(SPOT, MACHINES), SHOP, ("mixes Fargate with instances", "one of the two is right")),
    Bad("GP-VAL-051", strategy(LEFTOVERS, MACHINES), SHOP, ("base on", "one base is right")),
    Bad("GP-VAL-051", strategy(IDLE), SHOP, ("weight 0", "more on one of them is right")),
    Bad("GP-VAL-051", strategy(*[LEFTOVERS, *[replace(MACHINES, base=0)] * 20]), SHOP, ("21", "20 are the most")),
    Bad(
        "GP-VAL-051",
        together(
            change(
                ClusterCapacityProviders,
                "main",
                capacity_providers=("FARGATE", "FARGATE_SPOT", LEFTOVERS.capacity_provider),
            ),
            change(EcsService, "cart", capacity_providers=(LEFTOVERS,)),
            strategy(MACHINES),
        ),
        SHOP,
        ("ecs_capacity_provider.machines, which is none of the capacity of its cluster",),
        also=("GP-REL-014",),
    ),
    Bad(
        "GP-VAL-052",
        change(AutoScalingGroup, "machines", new_instances_protected_from_scale_in=False),
        "ecs_capacity_provider.machines",
        ("auto_scaling_group.machines", "true is right"),
    ),
    Bad("GP-VAL-053", balancer(None), SHOP, ("CANARY and one target group", "two are right")),
    Bad("GP-VAL-053", balancer(shift(), deployment_strategy="ROLLING"), SHOP, ("ROLLING", "one is right")),
    Bad("GP-VAL-053", balancer(shift(BLUE)), SHOP, ("to itself", "another target group is right")),
    Bad(
        "GP-VAL-053",
        balancer(shift(Ref(TargetGroup, "cart-green"))),
        SHOP,
        ("listener_rule.shop, which does not lead to target_group.cart-green",),
    ),
    Bad("GP-VAL-001", change(TaskDefinition, "api", cpu=256, memory=4096), API, ("4096", "512, 1024, 2048")),
    Bad("GP-VAL-001", change(TaskDefinition, "api", cpu=300), API, ("300", "256, 512, 1024")),
    Bad("GP-VAL-002", change(DatabaseInstance, "main", engine_version="15.4"), MAIN, ("15.4", "no longer", "15.1")),
    Bad(
        "GP-VAL-002", change(DatabaseInstance, "main", engine_version="15.99"), MAIN, ("15.99", "not a version", "15.1")
    ),
    Bad("GP-VAL-002", change(DatabaseInstance, "main", engine_version=None), MAIN, ("no engine_version",)),
    Bad("GP-VAL-002", change(DatabaseInstance, "main", engine="oracle-ee"), MAIN, ("oracle-ee", "mysql or postgres")),
    Bad("GP-VAL-003", change(DatabaseInstance, "main", instance_class="db.t3.enormous"), MAIN, ("db.t3.medium",)),
    Bad("GP-VAL-003", change(DatabaseInstance, "main", instance_class="t3.medium"), MAIN, ('start with "db."',)),
    Bad(
        "GP-VAL-004", change(CacheReplicationGroup, "sessions", node_type="cache.t3.nosuch"), CACHE, ("cache.t3.small",)
    ),
    Bad("GP-VAL-004", change(CacheReplicationGroup, "sessions", node_type="t3.small"), CACHE, ('start with "cache."',)),
    Bad("GP-VAL-005", change(CacheReplicationGroup, "sessions", engine_version="7.9"), CACHE, ("7.9", "7.1")),
    Bad(
        "GP-VAL-006",
        change(LoadBalancer, "main", subnets=(Ref(Subnet, "public", "a"),)),
        "load_balancer.main",
        ("ap-south-1a", "at least two zones"),
    ),
    Bad(
        "GP-VAL-007",
        change(DatabaseSubnetGroup, "main", subnets=(Ref(Subnet, "database", "b"),)),
        "database_subnet_group.main",
        ("ap-south-1b", "at least two zones"),
    ),
    Bad("GP-VAL-008", change(Bucket, "uploads", bucket_name="Sample-Uploads"), "bucket.uploads", ("sample-uploads",)),
    Bad("GP-VAL-008", change(LoadBalancer, "main", load_balancer_name="a" * 33), "load_balancer.main", ("33", "32")),
    Bad("GP-VAL-008", change(DatabaseInstance, "main", identifier="Sample-DB"), MAIN, ("capitals", "sample-db")),
    Bad("GP-VAL-008", change(CacheReplicationGroup, "sessions", replication_group_id="Sample"), CACHE, ("capitals",)),
    Bad(
        "GP-VAL-008",
        change(DatabaseInstance, "main", master_username="rdsadmin"),
        MAIN,
        ("illegal master_username", "rdsadmin"),
    ),
    Bad("GP-VAL-009", copy(LogGroup, "api", name="zz"), "log_group.zz", ("log_group.api", "its own")),
    Bad(
        "GP-VAL-010",
        change(Listener, "maintenance", port=443),
        "listener.maintenance",
        ("port 443", "load_balancer.main", "listener.https"),
    ),
    Bad(
        "GP-VAL-011",
        change(ListenerRule, "old", priority=10),
        "listener_rule.old",
        ("priority 10", "listener_rule.api"),
    ),
    Bad("GP-VAL-011", change(ListenerRule, "old", priority=50001), "listener_rule.old", ("50001", "1 to 50000")),
    Bad("GP-VAL-012", change(ListenerRule, "old", path_patterns=()), "listener_rule.old", ("0 hosts", "1 to 5")),
    Bad(
        "GP-VAL-012",
        change(ListenerRule, "old", path_patterns=tuple(f"/{n}" for n in range(6))),
        "listener_rule.old",
        ("6 hosts and paths",),
    ),
    Bad(
        "GP-VAL-013",
        change(ListenerRule, "old", host_headers=("API.example.com",), path_patterns=("/v2/*",)),
        "listener_rule.old",
        ("api.example.com", "/v2/*", "listener_rule.api (priority 10)"),
    ),
    Bad("GP-VAL-014", change(DatabaseInstance, "main", port=443), MAIN, ("port 443", "1150 to 65535")),
    Bad("GP-VAL-014", change(Listener, "maintenance", port=70000), "listener.maintenance", ("70000", "1 to 65535")),
    Bad(
        "GP-VAL-014",
        change(SecurityGroupRule, "api-from-alb", from_port=4000, to_port=3000),
        "security_group_rule.api-from-alb",
        ("4000 to 3000",),
    ),
    Bad(
        "GP-VAL-014",
        change(SecurityGroupRule, "api-from-alb", to_port=None),
        "security_group_rule.api-from-alb",
        ("without from_port and to_port",),
    ),
    Bad("GP-VAL-014", acl(to_port=99999), "network_acl.database", ("entry 100 (ingress)", "99999")),
    Bad("GP-VAL-014", acl(protocol="all"), "network_acl.database", ("protocol all, which has none",)),
    Bad("GP-VAL-015", change(DatabaseInstance, "main", backup_retention_period=36), MAIN, ("36", "0 to 35")),
    Bad("GP-VAL-015", change(CacheReplicationGroup, "sessions", snapshot_retention_limit=40), CACHE, ("40", "0 to 35")),
    Bad(
        "GP-VAL-016",
        change(DatabaseInstance, "main", backup_window="03:30-04:30"),
        MAIN,
        ("03:30-04:30", "mon:04:00-mon:05:00", "overlap"),
    ),
    Bad(
        "GP-VAL-016", change(DatabaseInstance, "main", backup_window="23:50-00:10"), MAIN, ("20 minutes", "at least 30")
    ),
    Bad("GP-VAL-016", change(DatabaseInstance, "main", backup_window="3 am"), MAIN, ("3 am", "03:00-04:00")),
    Bad("GP-VAL-016", change(DatabaseInstance, "main", maintenance_window="sunday"), MAIN, ("sunday", "sun:04:00")),
    Bad(
        "GP-VAL-016", change(CacheReplicationGroup, "sessions", snapshot_window="03:00-03:30"), CACHE, ("at least 60",)
    ),
    Bad(
        "GP-VAL-017",
        change(DatabaseInstance, "main-replica", "1", kms_key=Ref(Key, "data"), storage_encrypted=True),
        "database_instance.main-replica[1]",
        ("storage_encrypted and kms_key", MAIN, "leave out"),
    ),
    Bad(
        "GP-VAL-098",
        change(DatabaseInstance, "elsewhere", kms_key=None),
        "database_instance.elsewhere",
        ("no kms_key of ap-southeast-1", "database_instance.main is encrypted"),
    ),
    Bad(
        "GP-VAL-098",
        change(Secret, "shared", replicas=(SecretReplica("ap-south-1"),)),
        "secret.shared",
        ("copied to ap-south-1, where it is already",),
    ),
    Bad(
        "GP-VAL-098",
        change(Secret, "shared", replicas=(SecretReplica("ap-southeast-1", Ref(Key, "data")),)),
        "secret.shared",
        ("its copy in ap-southeast-1 encrypted with key.data",),
    ),
    Bad(
        "GP-VAL-098",
        change(RegistryReplication, "images", destination_region="ap-south-1"),
        "registry_replication.images",
        ("copies images to ap-south-1, where they are already",),
    ),
    Bad(
        "GP-VAL-098",
        add(
            RegistryReplication(name="more", concern="registry", destination_region="eu-west-1", repositories=("shop",))
        ),
        "registry_replication.more",
        ("in the region of registry_replication.images", "one is all"),
    ),
    Bad("GP-VAL-018", change(LogGroup, "api", retention_in_days=366), "log_group.api", ("366", "400")),
    Bad("GP-VAL-019", change(DatabaseInstance, "main", allocated_storage=10), MAIN, ("10 GiB of gp3", "20 to 65536")),
    Bad(
        "GP-VAL-019",
        change(DatabaseInstance, "main", storage_type="io2", allocated_storage=50),
        MAIN,
        ("100 to 65536",),
    ),
    Bad("GP-VAL-019", change(DatabaseInstance, "main", max_allocated_storage=105), MAIN, ("105", "110 to 65536")),
    Bad("GP-VAL-019", change(DatabaseInstance, "main", storage_type="floppy"), MAIN, ("floppy", "gp2, gp3")),
    Bad("GP-VAL-019", change(DatabaseInstance, "main", allocated_storage=None), MAIN, ("no allocated_storage",)),
    Bad("GP-VAL-020", health(timeout=30), "target_group.api", ("timeout 30 and interval 30",)),
    Bad("GP-VAL-020", health(healthy_threshold=1), "target_group.api", ("healthy_threshold 1", "2 to 10")),
    Bad("GP-VAL-020", health(path="health"), "target_group.api", ('"health"', 'starts with "/"')),
    Bad("GP-VAL-021", container_health(start_period=301), API, ("start_period 301", "0 to 300"), also=("GP-REL-017",)),
    Bad("GP-VAL-021", container_health(retries=0), API, ("retries 0", "1 to 10")),
    Bad("GP-VAL-021", container_health(command=("curl", "-f")), API, ("curl", "CMD-SHELL")),
    Bad("GP-VAL-022", many_rules(60), "security_group.cache", ("61 ingress rules", "at most 60")),
    Bad(
        "GP-VAL-022",
        copy(SecurityGroupRule, "cache-from-api", name="zz"),
        "security_group_rule.zz",
        ("security_group_rule.cache-from-api",),
    ),
    Bad(
        "GP-VAL-023",
        change(CacheReplicationGroup, "sessions", transit_encryption_enabled=False),
        CACHE,
        ("auth_token", "true is right"),
        also=("GP-SEC-004",),
    ),
    Bad(
        "GP-VAL-024",
        change(CacheReplicationGroup, "sessions", num_cache_clusters=1),
        CACHE,
        ("1 node", "2 or more"),
        also=("GP-REL-010",),
    ),
    Bad("GP-VAL-024", change(CacheReplicationGroup, "sessions", num_cache_clusters=7), CACHE, ("7", "1 to 6")),
    Bad(
        "GP-VAL-024",
        change(CacheReplicationGroup, "sessions", automatic_failover_enabled=False),
        CACHE,
        ("multi_az_enabled without automatic_failover_enabled",),
        also=("GP-REL-010",),
    ),
    Bad(
        "GP-VAL-025",
        change(Subnet, "private", "a", cidr_block=IPv4Network("10.1.0.0/24")),
        "subnet.private[a]",
        ("10.1.0.0/24", "inside 10.0.0.0/16"),
    ),
    Bad(
        "GP-VAL-025",
        change(Subnet, "private", "b", cidr_block=IPv4Network("10.0.2.128/25")),
        "subnet.private[b]",
        ("10.0.2.128/25", "10.0.2.0/24 of subnet.private[a]"),
    ),
    Bad(
        "GP-VAL-025",
        change(Subnet, "private", "b", cidr_block=IPv4Network("10.0.100.0/29")),
        "subnet.private[b]",
        ("10.0.100.0/29", "/16 to /28"),
        also=("GP-REL-063",),
    ),
    Bad(
        "GP-VAL-026",
        change(Subnet, "private", "a", availability_zone="ap-south-1x"),
        "subnet.private[a]",
        ("ap-south-1x", "ap-south-1c"),
        also=("GP-REL-004",),
    ),
    Bad("GP-VAL-026", change(Subnet, "private", "a", region="ap-south-7"), "subnet.private[a]", ("did you mean",)),
    Bad(
        "GP-VAL-027", change(DatabaseInstance, "main", monitoring_interval=20), MAIN, ("20", "0, 1, 5, 10, 15, 30, 60")
    ),
    Bad("GP-VAL-027", change(DatabaseInstance, "main", monitoring_role=None), MAIN, ("without monitoring_role",)),
    Bad(
        "GP-VAL-027",
        change(DatabaseInstance, "main", performance_insights_retention_period=30),
        MAIN,
        ("30", "731 days"),
    ),
    Bad(
        "GP-VAL-027",
        change(DatabaseInstance, "main", performance_insights_enabled=False),
        MAIN,
        ("without Performance Insights",),
        also=("GP-OPS-010",),
    ),
    Bad("GP-VAL-028", change(Listener, "https", certificate=None), "listener.https", ("no certificate",)),
    Bad(
        "GP-VAL-028",
        change(Listener, "https", certificate=Ref(Certificate, "global")),
        "listener.https",
        ("us-east-1", "ap-south-1 is right"),
        also=("GP-REL-061",),
    ),
    Bad(
        "GP-VAL-028",
        change(ListenerCertificate, "admin", certificate="arn:aws:acm:eu-west-1:123456789012:certificate/1"),
        "listener_certificate.admin",
        ("eu-west-1", "ap-south-1 is right"),
    ),
    Bad("GP-VAL-028", change(Listener, "http", ssl_policy="any"), "listener.http", ("HTTP and a certificate",)),
    Bad(
        "GP-VAL-029",
        change_container("api", environment={"DATABASE_URL": "elsewhere"}),
        API,
        ("DATABASE_URL both as environment and secret",),
    ),
    Bad("GP-VAL-029", change_container("worker", essential=False), "task_definition.worker", ("no essential",)),
    Bad("GP-VAL-030", rename_container("web"), "ecs_service.api", ("container web", "has api")),
    Bad("GP-VAL-030", change_container("api", port=8080), "ecs_service.api", ("port 3000", "listens on 8080")),
    Bad(
        "GP-VAL-030", change(TargetGroup, "api", target_type="instance"), "ecs_service.api", ("instance", "ip is right")
    ),
    Bad("GP-VAL-031", lifecycle(), "bucket.uploads", ("rule old", "does nothing")),
    Bad("GP-VAL-031", lifecycle(expiration_days=0), "bucket.uploads", ("expiration_days 0", "at least 1")),
    Bad(
        "GP-VAL-031",
        lifecycle(transitions=(Transition(days=10, storage_class="STANDARD_IA"),)),
        "bucket.uploads",
        ("STANDARD_IA after 10 days", "at least 30"),
    ),
    Bad(
        "GP-VAL-031",
        lifecycle(transitions=(Transition(days=90, storage_class="GLACIER"),), expiration_days=90),
        "bucket.uploads",
        ("deletes after 90 days", "a later expiration"),
        also=("GP-COST-019",),
    ),
    Bad(
        "GP-VAL-031",
        lifecycle(id="abort", expiration_days=9),
        "bucket.uploads",
        ("2 lifecycle rules with id abort",),
        also=("GP-COST-019",),
    ),
    Bad("GP-VAL-032", change(ScalableTarget, "api", max_capacity=2), "scalable_target.api", ("3 and max_capacity 2",)),
    Bad("GP-VAL-032", change(EcsService, "api", desired_count=30), "scalable_target.api", ("starts with 30",)),
    Bad(
        "GP-VAL-032",
        change(ScalingPolicy, "api-requests", request_count_target_group=None),
        "scaling_policy.api-requests",
        ("names no target group",),
    ),
    Bad("GP-VAL-032", change(ScalingPolicy, "api-cpu", target_value=170), "scaling_policy.api-cpu", ("170 percent",)),
    Bad("GP-VAL-033", change(Alarm, "api-cpu", period=90), "alarm.api-cpu", ("period 90", "multiple of 60")),
    Bad("GP-VAL-033", change(Alarm, "api-cpu", datapoints_to_alarm=6), "alarm.api-cpu", ("6 of 5 periods", "1 to 5")),
    Bad("GP-VAL-033", change(Alarm, "api-cpu", evaluation_periods=1441), "alarm.api-cpu", ("86460 seconds", "86400")),
    Bad(
        "GP-VAL-034",
        change(CacheParameterGroup, "main", family="redis6.x"),
        CACHE,
        ("redis 7.0", "redis6.x", "redis7 is right"),
    ),
    Bad("GP-VAL-035", change(Key, "data", deletion_window_in_days=3), "key.data", ("3", "7 to 30")),
    Bad("GP-VAL-035", change(Secret, "payment-key", recovery_window_in_days=40), "secret.payment-key", ("40", "or 0")),
    Bad(
        "GP-VAL-036",
        change(Route, "public", nat_gateway=Ref(NatGateway, "main", "a")),
        "route.public",
        ("exactly one",),
        also=("GP-REL-004", "GP-COST-008"),
    ),
    Bad(
        "GP-VAL-036",
        change(Route, "private", "a", nat_gateway=None),
        "route.private[a]",
        ("no gateway",),
        also=("GP-COST-007",),
    ),
    Bad("GP-VAL-036", change(NatGateway, "main", "a", subnet=PRIVATE), "nat_gateway.main[a]", ("subnet.private[a]",)),
    Bad(
        "GP-VAL-037",
        change(Bucket, "logs", sse_algorithm="aws:kms"),
        "bucket.logs",
        ("load_balancer.main", "aws:kms", "AES256 is right"),
    ),
    Bad(
        "GP-VAL-038",
        change_container("api", secrets={"EXTRA": Ref(Secret, "cache").arn}),
        API,
        ("injects secret.cache", "role.api-execution lacks secretsmanager:GetSecretValue"),
    ),
    Bad(
        "GP-VAL-038",
        change_container("api", secrets={"MAPS": Ref(SecureParameter, "maps-key").arn}),
        API,
        ("injects secure_parameter.maps-key", "role.api-execution lacks ssm:GetParameters"),
    ),
    Bad(
        "GP-VAL-038",
        together(
            less_rights("api-execution", "kms:Decrypt"),
            change_container("api", secrets={"URL": text(Ref(Secret, "database").arn, ":username::")}),
        ),
        API,
        ("secret.database", "lacks kms:Decrypt on key.data"),
    ),
    Bad(
        "GP-VAL-039",
        less_rights("api", "kms:GenerateDataKey"),
        "role.api",
        ("bucket.backups (s3:GetObject and s3:PutObject)", "lacks kms:GenerateDataKey on key.data"),
    ),
    Bad(
        "GP-VAL-039",
        together(
            less_rights("api", "s3:GetObject"),
            less_rights("api", "s3:PutObject"),
            less_rights("api", "kms:Decrypt"),
            more_rights("api", "s3:GetObject", on="{bucket.rec*}/*"),
        ),
        "role.api",
        ("bucket.records (s3:GetObject)", "lacks kms:Decrypt on key.data"),
    ),
    Bad(
        "GP-VAL-040",
        together(
            change(Listener, "https", default_action=FixedResponse(status_code=404)),
            change(ListenerRule, "api", action=FixedResponse(status_code=404)),
        ),
        "ecs_service.api",
        ("target_group.api", "no listener forwards"),
    ),
    Bad("GP-VAL-060", change(Queue, "orders", queue_name="sample-orders"), "queue.orders", ("ends with .fifo",)),
    Bad("GP-VAL-060", change(Queue, "emails", queue_name="sample.fifo"), "queue.emails", ("has no .fifo",)),
    Bad("GP-VAL-060", change(Queue, "emails", content_based_deduplication=True), "queue.emails", ("only FIFO",)),
    Bad(
        "GP-VAL-060",
        change(Queue, "emails", dead_letter_queue=Ref(Queue, "orders-dead-letters")),
        "queue.emails",
        ("queue.orders-dead-letters", "other type"),
        also=("GP-OPS-030", "GP-REL-030"),
    ),
    Bad(
        "GP-VAL-060",
        together(
            change(Schedule, "nightly", dead_letter_queue=Ref(Queue, "orders-dead-letters")),
            more_rights("schedules", "sqs:SendMessage", on=Ref(Queue, "orders-dead-letters").arn),
        ),
        "schedule.nightly",
        ("queue.orders-dead-letters", "not FIFO"),
    ),
    Bad(
        "GP-VAL-061",
        together(remove(Schedule, "report"), less_rights("schedules", "ecs:RunTask")),
        "schedule.nightly",
        ("role.schedules", "ecs:RunTask sample-production-worker:*"),
    ),
    Bad(
        "GP-VAL-061",
        together(
            remove(Schedule, "report"),
            less_rights("schedules", "iam:PassRole"),
            more_rights("schedules", "iam:PassRole", on=Ref(Role, "api").arn),
        ),
        "schedule.nightly",
        ("iam:PassRole role.api-execution",),
    ),
    Bad("GP-VAL-061", less_rights("schedules", "sqs:SendMessage"), "schedule.nightly", ("queue.jobs-not-started",)),
    Bad("GP-VAL-062", change(Schedule, "report", launch_type="FARGATE"), "schedule.report", ("2 capacity_providers",)),
    Bad("GP-VAL-062", change(Schedule, "report", assign_public_ip=True), "schedule.report", ("FARGATE is right",)),
    Bad(
        "GP-VAL-062",
        change(Schedule, "report", capacity_providers=(SPOT,) * 7),
        "schedule.report",
        ("7 capacity_providers; 6",),
    ),
)

GOOD = (
    Good("GP-VAL-070", change(Distribution, "website", certificate=HERE)),
    Good("GP-VAL-001", change(TaskDefinition, "machines", cpu=301)),
    Good("GP-VAL-051", strategy(replace(MACHINES, base=0), LEFTOVERS)),
    Good("GP-VAL-051", change(EcsService, "api", launch_type=None, capacity_providers=(SPOT,))),
    Good(
        "GP-VAL-052",
        together(
            change(AutoScalingGroup, "machines", new_instances_protected_from_scale_in=False),
            change(EcsCapacityProvider, "machines", managed_termination_protection=False),
        ),
    ),
    Good("GP-VAL-053", balancer(shift(), deployment_strategy="BLUE_GREEN", gradual_shift=None)),
    Good("GP-VAL-053", balancer(None, deployment_strategy="ROLLING")),
    Good("GP-VAL-001", change(TaskDefinition, "api", cpu=16384, memory=122880)),
    Good("GP-VAL-002", change(DatabaseInstance, "main", engine_version="16.10")),
    Good("GP-VAL-003", change(DatabaseInstance, "main", instance_class="db.r6g.large")),
    Good("GP-VAL-004", change(CacheReplicationGroup, "sessions", node_type="cache.r7g.large")),
    Good("GP-VAL-005", change(CacheReplicationGroup, "sessions", engine="valkey", engine_version="8.0")),
    Good("GP-VAL-006", change(LoadBalancer, "main", scheme="internal")),
    Good("GP-VAL-007", change(DatabaseSubnetGroup, "main", subnets=tuple(Ref(Subnet, "private", z) for z in "ab"))),
    Good("GP-VAL-008", change(LoadBalancer, "main", load_balancer_name="a" * 32)),
    Good("GP-VAL-008", change(DatabaseInstance, "main", database_name="DuskSpendr")),
    Good("GP-VAL-009", change(DatabaseInstance, "reports", database_name="sample", master_username="sample_admin")),
    Good("GP-VAL-009", copy(LogGroup, "api", name="zz", region="us-east-1")),
    Good("GP-VAL-010", change(Listener, "maintenance", port=8444)),
    Good("GP-VAL-011", change(ListenerRule, "old", priority=50000)),
    Good("GP-VAL-011", together(change(ListenerRule, "old", listener=Ref(Listener, "maintenance"), priority=10))),
    Good("GP-VAL-012", change(ListenerRule, "old", path_patterns=tuple(f"/{n}" for n in range(5)))),
    Good("GP-VAL-013", change(ListenerRule, "old", host_headers=("api.example.com",), path_patterns=("/V2/*",))),
    Good("GP-VAL-014", change(DatabaseInstance, "main", port=1150)),
    Good("GP-VAL-014", acl(from_port=0, to_port=65535)),
    Good("GP-VAL-014", acl(protocol="icmp", from_port=None, to_port=None)),
    Good("GP-VAL-015", change(DatabaseInstance, "main", backup_retention_period=35)),
    Good("GP-VAL-016", change(DatabaseInstance, "main", maintenance_window="sun:04:00-sun:05:00")),
    Good("GP-VAL-016", change(DatabaseInstance, "main", backup_window=None)),
    Good("GP-VAL-017", change(DatabaseInstance, "main-replica", "1", region="us-east-1", kms_key=Ref(Key, "data"))),
    Good("GP-VAL-098", change(Secret, "shared", replicas=(SecretReplica("eu-west-1"),))),
    Good("GP-VAL-018", change(LogGroup, "api", retention_in_days=3653)),
    Good("GP-VAL-019", change(DatabaseInstance, "main", max_allocated_storage=110)),
    Good("GP-VAL-020", health(timeout=29, interval=30)),
    Good("GP-VAL-021", container_health(interval=5, timeout=2, retries=10, start_period=0)),
    Good("GP-VAL-022", many_rules(59)),
    Good("GP-VAL-023", change(CacheReplicationGroup, "sessions", auth_token=None, transit_encryption_enabled=False)),
    Good(
        "GP-VAL-024",
        change(
            CacheReplicationGroup,
            "sessions",
            num_cache_clusters=1,
            automatic_failover_enabled=False,
            multi_az_enabled=False,
        ),
    ),
    Good("GP-VAL-025", change(Subnet, "private", "a", cidr_block=IPv4Network("10.0.255.240/28"))),
    Good("GP-VAL-025", change(Vpc, "main", cidr_block=IPv4Network("10.0.0.0/20"))),
    Good("GP-VAL-026", change(Subnet, "private", "a", availability_zone="ap-south-1c")),
    Good("GP-VAL-027", change(DatabaseInstance, "main", performance_insights_retention_period=62)),
    Good("GP-VAL-028", change(Listener, "https", certificate="arn:aws:acm:ap-south-1:123456789012:certificate/1")),
    Good("GP-VAL-029", change_container("api", environment={"DATABASE": "elsewhere"})),
    Good("GP-VAL-030", rename_container("api")),
    Good("GP-VAL-031", lifecycle(transitions=(Transition(days=0, storage_class="INTELLIGENT_TIERING"),))),
    Good("GP-VAL-032", change(EcsService, "api", desired_count=20)),
    Good("GP-VAL-033", change(Alarm, "api-cpu", period=3600, evaluation_periods=168)),
    Good("GP-VAL-034", change(CacheParameterGroup, "main", parameters={})),
    Good("GP-VAL-035", change(Secret, "payment-key", recovery_window_in_days=0)),
    Good("GP-VAL-036", change(LoadBalancer, "main", scheme="internal", subnets=(PRIVATE, Ref(Subnet, "private", "b")))),
    Good("GP-VAL-038", together(less_rights("api-execution", GET), more_rights("api-execution", GET, on=SECRETS))),
    Good(
        "GP-VAL-038",
        together(
            change_container("api", secrets={"MAPS": Ref(SecureParameter, "maps-key").arn}),
            more_rights("api-execution", "ssm:GetParameters", on=PARAMETERS),
        ),
    ),
    Good(
        "GP-VAL-038",
        together(
            less_rights("api-execution", GET),
            change(Role, "api-execution", managed_policy_arns=("arn:aws:iam::123456789012:policy/ours",)),
        ),
    ),
    Good("GP-VAL-038", together(less_rights("api-execution", "kms:Decrypt"), key_for("api-execution"))),
    Good("GP-VAL-039", together(less_rights("api", "s3:PutObject"), less_rights("api", "kms:GenerateDataKey"))),
    Good("GP-VAL-039", together(less_rights("api", "kms:Decrypt"), key_for("api"))),
    Good("GP-VAL-040", change(Listener, "https", default_action=FixedResponse(status_code=404))),
    Good("GP-VAL-037", change(LoadBalancer, "main", access_log_bucket=None)),
    Good("GP-VAL-060", change(Queue, "orders", content_based_deduplication=False)),
    Good(
        "GP-VAL-061",
        together(
            less_rights("schedules", "ecs:RunTask"),
            more_rights("schedules", "ecs:RunTask", on=Ref(TaskDefinition, "worker").arn),
        ),
    ),
    Good("GP-VAL-062", change(Schedule, "nightly", assign_public_ip=True)),
)


@pytest.mark.parametrize("case", BAD, ids=identify)
def test_finds_the_fault(case: Bad) -> None:
    case.check()


@pytest.mark.parametrize("case", GOOD, ids=identify)
def test_leaves_the_neighbour_alone(case: Good) -> None:
    case.check()


def test_replicas_are_made_from_backups_in_every_region() -> None:
    planted = change(DatabaseInstance, "main", backup_retention_period=0)(clean())
    findings = [finding for finding in run(planted).findings if finding.rule == "GP-VAL-017"]
    assert [finding.resource for finding in findings] == [
        "database_instance.elsewhere", "database_instance.main-replica[1]",
    ]  # fmt: skip
    assert "backup_retention_period is 0; at least 1 day is needed" in findings[0].message


def test_a_parameter_group_of_another_major_concerns_each_database_that_uses_it() -> None:
    planted = change(DatabaseParameterGroup, "main", family="postgres14")(clean())
    findings = run(planted).findings
    assert {finding.rule for finding in findings} == {"GP-VAL-034"}
    assert [finding.resource for finding in findings] == [MAIN, "database_instance.reports"]
    assert "postgres14; postgres15 is right" in findings[0].message
