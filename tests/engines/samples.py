"""One architecture with every kind of resource, for the tests of everything that reads architectures.

The values are such that AWS itself would take them. Where a kind has variants that are rendered, checked or priced
differently, each variant is here: a primary and its replica, listeners that forward, redirect and answer,
secrets that are generated, composed and left to a person.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from ipaddress import IPv4Network

from groundplan import resources as kinds
from groundplan.resources import Architecture, Input, Output, Resource
from groundplan.resources.containers import (
    CapacityProviderShare,
    Container,
    ContainerHealthCheck,
    ContainerRepository,
    EcsCluster,
    EcsService,
    ScalableTarget,
    ScalingPolicy,
    ServiceLoadBalancer,
    TaskDefinition,
)
from groundplan.resources.databases import (
    CacheParameterGroup,
    CacheReplicationGroup,
    CacheSubnetGroup,
    DatabaseInstance,
    DatabaseParameterGroup,
    DatabaseSubnetGroup,
)
from groundplan.resources.edge import (
    Certificate,
    DnsRecord,
    FixedResponse,
    Forward,
    Listener,
    ListenerCertificate,
    ListenerRule,
    LoadBalancer,
    Redirect,
    TargetGroup,
    TargetHealthCheck,
)
from groundplan.resources.monitoring import (
    Alarm,
    Budget,
    BudgetNotification,
    Dashboard,
    LogGroup,
    Metric,
    MetricExpression,
    Topic,
    TopicPolicy,
    TopicSubscription,
)
from groundplan.resources.network import (
    ANYWHERE,
    ElasticIp,
    FlowLog,
    InternetGateway,
    NatGateway,
    NetworkAcl,
    NetworkAclRule,
    Route,
    RouteTable,
    RouteTableAssociation,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    Tier,
    Vpc,
    VpcEndpoint,
)
from groundplan.resources.policies import (
    Condition,
    InlinePolicy,
    PolicyDocument,
    Principal,
    Statement,
    service_trust,
)
from groundplan.resources.security import GeneratedPassword, Key, Role, Secret
from groundplan.resources.storage import Bucket, BucketLifecycleRule, BucketPolicy, Transition
from groundplan.resources.values import InputValue, JsonDocument, Pseudo, Ref, SecretValue, text

REGION = "ap-south-1"
ZONES = ("a", "b")
TIERS: tuple[Tier, ...] = ("public", "private", "database")

VPC = Ref(Vpc, "main")
GATEWAY = Ref(InternetGateway, "main")
DATA_KEY = Ref(Key, "data")
LOGS_KEY = Ref(Key, "logs")
BALANCER = Ref(LoadBalancer, "main")
API_TARGETS = Ref(TargetGroup, "api")
CLUSTER = Ref(EcsCluster, "main")
API = Ref(EcsService, "api")
PRIMARY = Ref(DatabaseInstance, "main")
ALERTS = Ref(Topic, "alerts")


def _subnets(tier: Tier) -> tuple[Ref[Subnet], ...]:
    return tuple(Ref(Subnet, tier, zone) for zone in ZONES)


def every_kind() -> list[type[Resource]]:
    """Every kind of resource in ``groundplan.resources``, by name."""
    for module in pkgutil.iter_modules(kinds.__path__, kinds.__name__ + "."):
        importlib.import_module(module.name)

    def below(kind: type[Resource]) -> Iterator[type[Resource]]:
        for child in kind.__subclasses__():
            yield child
            yield from below(child)

    found = {kind for kind in below(Resource) if kind.__module__.startswith(kinds.__name__ + ".")}
    return sorted(found, key=lambda kind: kind.__name__)


@cache
def sample_architecture() -> Architecture:
    """At least one resource of every kind, in ap-south-1 with a certificate in us-east-1."""
    return Architecture(
        project="sample",
        title="Sample",
        environment="production",
        region=REGION,
        resources=(
            *_network(), *_security(), *_storage(), *_databases(), *_edge(), *_services(), *_monitoring(),
        ),
        tags={"Project": "sample", "Environment": "production", "ManagedBy": "groundplan"},
        inputs=(
            Input(
                name="api_image_tag",
                description="Tag of the image that the api service starts with",
                default="v1.0.0",
                pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$",
                pattern_hint="letters, digits, '_', '.' and '-', at most 128",
            ),
            Input(name="alert_email", description="Who hears of alarms"),
        ),
        outputs=(
            Output(
                name="load_balancer_address",
                description="Address of the load balancer",
                value=BALANCER.attribute("dns_name"),
            ),
            Output(
                name="api_url",
                description="Where the API answers",
                value=text("https://", BALANCER.attribute("dns_name"), "/v1"),
            ),
            Output(
                name="database_address", description="Address of the database", value=PRIMARY.attribute("address")
            ),
        ),
    )  # fmt: skip


def _network() -> Iterator[Resource]:
    yield Vpc(name="main", concern="network", cidr_block=IPv4Network("10.0.0.0/16"), tags={"Name": "sample-vpc"})
    yield InternetGateway(name="main", concern="network", vpc=VPC, tags={"Name": "sample-igw"})
    blocks = iter(IPv4Network("10.0.0.0/16").subnets(new_prefix=24))
    for tier in TIERS:
        for zone in ZONES:
            yield Subnet(
                name=tier,
                key=zone,
                concern="network",
                vpc=VPC,
                tier=tier,
                cidr_block=next(blocks),
                availability_zone=REGION + zone,
                tags={"Name": f"sample-{tier}-{zone}"},
            )
    for zone in ZONES:
        yield ElasticIp(name="nat", key=zone, concern="network", depends_on=(GATEWAY,), tags={"Name": f"nat-{zone}"})
        yield NatGateway(
            name="main",
            key=zone,
            concern="network",
            subnet=Ref(Subnet, "public", zone),
            elastic_ip=Ref(ElasticIp, "nat", zone),
            depends_on=(GATEWAY,),
            tags={"Name": f"sample-nat-{zone}"},
        )
        yield RouteTable(name="private", key=zone, concern="network", vpc=VPC, tags={"Name": f"private-{zone}"})
        yield Route(
            name="private",
            key=zone,
            concern="network",
            route_table=Ref(RouteTable, "private", zone),
            nat_gateway=Ref(NatGateway, "main", zone),
        )
        yield RouteTableAssociation(
            name="public",
            key=zone,
            concern="network",
            route_table=Ref(RouteTable, "public"),
            subnet=Ref(Subnet, "public", zone),
        )
        yield RouteTableAssociation(
            name="private",
            key=zone,
            concern="network",
            route_table=Ref(RouteTable, "private", zone),
            subnet=Ref(Subnet, "private", zone),
        )
    yield RouteTable(name="public", concern="network", vpc=VPC, tags={"Name": "public"})
    yield Route(name="public", concern="network", route_table=Ref(RouteTable, "public"), internet_gateway=GATEWAY)
    vpc_cidr = IPv4Network("10.0.0.0/16")
    yield NetworkAcl(
        name="database",
        concern="network",
        vpc=VPC,
        subnets=_subnets("database"),
        rules=(
            NetworkAclRule(
                number=100,
                direction="ingress",
                action="allow",
                protocol="tcp",
                cidr_block=vpc_cidr,
                from_port=5432,
                to_port=5432,
            ),
            NetworkAclRule(
                number=110, direction="ingress", action="deny", protocol="all", cidr_block=IPv4Network("10.0.9.0/24")
            ),
            NetworkAclRule(
                number=100,
                direction="egress",
                action="allow",
                protocol="tcp",
                cidr_block=vpc_cidr,
                from_port=1024,
                to_port=65535,
            ),
            NetworkAclRule(number=120, direction="egress", action="allow", protocol="icmp", cidr_block=vpc_cidr),
        ),
        tags={"Name": "sample-database"},
    )
    for name, says in (("alb", "Load balancer"), ("api", "Service api"), ("database", "Database"), ("cache", "Cache")):
        yield SecurityGroup(
            name=name,
            concern="network",
            vpc=VPC,
            group_name=f"sample-production-{name}",
            description=says,
            tags={"Name": f"sample-{name}"},
        )
    yield from _security_group_rules()
    yield LogGroup(
        name="flow-logs", concern="network", log_group_name="/sample/production/flow-logs", retention_in_days=90
    )
    yield Role(
        name="flow-logs",
        concern="network",
        role_name="sample-production-flow-logs",
        description="Writes VPC flow logs",
        trust=service_trust(
            "vpc-flow-logs.amazonaws.com",
            conditions=(Condition(operator="StringEquals", key="aws:SourceAccount", values=(Pseudo.ACCOUNT_ID,)),),
        ),
        inline_policies=(
            InlinePolicy(
                "write",
                PolicyDocument(
                    (
                        Statement(
                            sid="WriteFlowLogs",
                            actions=("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
                            resources=(
                                text(
                                    "arn:",
                                    Pseudo.PARTITION,
                                    f":logs:{REGION}:",
                                    Pseudo.ACCOUNT_ID,
                                    ":log-group:/sample/production/flow-logs:*",
                                ),
                            ),
                        ),
                    )
                ),
            ),
        ),
    )
    yield FlowLog(
        name="main",
        concern="network",
        vpc=VPC,
        log_group=Ref(LogGroup, "flow-logs"),
        role=Ref(Role, "flow-logs"),
        max_aggregation_interval=60,
        tags={"Name": "sample-flow-log"},
    )
    yield VpcEndpoint(
        name="s3",
        concern="network",
        vpc=VPC,
        service="s3",
        vpc_endpoint_type="Gateway",
        route_tables=tuple(Ref(RouteTable, "private", zone) for zone in ZONES),
        policy=PolicyDocument(
            (
                Statement(
                    principals=(Principal("*", ("*",)),),
                    actions=("s3:GetObject", "s3:PutObject", "s3:ListBucket"),
                    resources=("*",),
                    conditions=(
                        Condition(operator="StringEquals", key="aws:PrincipalAccount", values=(Pseudo.ACCOUNT_ID,)),
                    ),
                ),
            )
        ),
    )
    yield VpcEndpoint(
        name="ecr-api",
        concern="network",
        vpc=VPC,
        service="ecr.api",
        vpc_endpoint_type="Interface",
        subnets=_subnets("private"),
        security_groups=(Ref(SecurityGroup, "api"),),
        private_dns_enabled=True,
    )


def _security_group_rules() -> Iterator[Resource]:
    alb, api = Ref(SecurityGroup, "alb"), Ref(SecurityGroup, "api")
    for name, direction, group, peer, port in (
        ("alb-from-world-80", "ingress", alb, ANYWHERE, 80),
        ("alb-from-world-443", "ingress", alb, ANYWHERE, 443),
        ("alb-to-api", "egress", alb, api, 3000),
        ("api-from-alb", "ingress", api, alb, 3000),
        ("api-to-database", "egress", api, Ref(SecurityGroup, "database"), 5432),
        ("database-from-api", "ingress", Ref(SecurityGroup, "database"), api, 5432),
        ("api-to-cache", "egress", api, Ref(SecurityGroup, "cache"), 6379),
        ("cache-from-api", "ingress", Ref(SecurityGroup, "cache"), api, 6379),
    ):
        yield SecurityGroupRule(
            name=name,
            concern="network",
            security_group=group,
            direction="ingress" if direction == "ingress" else "egress",
            protocol="tcp",
            from_port=port,
            to_port=port,
            peer=peer,
            description=name.replace("-", " "),
        )
    yield SecurityGroupRule(
        name="api-to-world",
        concern="network",
        security_group=api,
        direction="egress",
        protocol="all",
        from_port=None,
        to_port=None,
        peer=ANYWHERE,
        description="Outgoing calls",
    )


def _key_policy(*more: Statement) -> PolicyDocument:
    owner = text("arn:", Pseudo.PARTITION, ":iam::", Pseudo.ACCOUNT_ID, ":root")
    return PolicyDocument(
        (
            Statement(
                sid="Account", principals=(Principal("AWS", (owner,)),), actions=("kms:*",), resources=("*",)
            ),
            *more,
        )
    )  # fmt: skip


def _security() -> Iterator[Resource]:
    yield Key(
        name="data",
        concern="encryption",
        description="Databases, caches, buckets and secrets of sample production",
        alias="sample-production-data",
        policy=_key_policy(),
    )
    yield Key(
        name="logs",
        concern="encryption",
        description="Logs and notifications of sample production",
        alias="sample-production-logs",
        policy=_key_policy(
            Statement(
                sid="Logs",
                principals=(Principal("Service", (f"logs.{REGION}.amazonaws.com",)),),
                actions=("kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"),
                resources=("*",),
                conditions=(
                    Condition(
                        operator="ArnLike",
                        key="kms:EncryptionContext:aws:logs:arn",
                        values=(text("arn:", Pseudo.PARTITION, f":logs:{REGION}:", Pseudo.ACCOUNT_ID, ":log-group:*"),),
                    ),
                ),
            ),
            Statement(
                sid="Alarms",
                principals=(Principal("Service", ("cloudwatch.amazonaws.com", "budgets.amazonaws.com")),),
                actions=("kms:Decrypt", "kms:GenerateDataKey*"),
                resources=("*",),
            ),
        ),
        deletion_window_in_days=7,
    )
    yield Secret(
        name="database",
        concern="databases",
        secret_name="sample/production/database",
        description="Master user of the database",
        kms_key=DATA_KEY,
        generate=GeneratedPassword(username="sample_admin"),
    )
    yield Secret(
        name="cache",
        concern="caches",
        secret_name="sample/production/cache",
        description="AUTH token of the cache",
        kms_key=DATA_KEY,
        generate=GeneratedPassword(length=64),
    )
    yield Secret(
        name="database-url",
        concern="databases",
        secret_name="sample/production/database-url",
        description="How the api reaches the database",
        kms_key=DATA_KEY,
        value=text(
            "postgresql://",
            SecretValue(Ref(Secret, "database"), "username"),
            ":",
            SecretValue(Ref(Secret, "database"), "password"),
            "@",
            PRIMARY.attribute("address"),
            ":",
            PRIMARY.attribute("port"),
            "/sample?sslmode=require",
        ),
    )
    yield Secret(
        name="payment-key",
        concern="services",
        secret_name="sample/production/payment-key",
        description="Key of the payment provider; a person fills it in",
        recovery_window_in_days=7,
    )


def _storage() -> Iterator[Resource]:
    logs, backups, uploads = Ref(Bucket, "logs"), Ref(Bucket, "backups"), Ref(Bucket, "uploads")
    yield Bucket(
        name="logs",
        concern="storage",
        bucket_name="sample-production-logs-4f1c2a",
        versioning=False,
        sse_algorithm="AES256",
        lifecycle_rules=(BucketLifecycleRule(id="expire", expiration_days=90),),
        keep=False,
    )
    yield Bucket(
        name="backups",
        concern="storage",
        bucket_name="sample-production-backups-4f1c2a",
        kms_key=DATA_KEY,
        lifecycle_rules=(
            BucketLifecycleRule(
                id="auto-backups", prefix="auto-backups/", expiration_days=30, noncurrent_expiration_days=7
            ),
            BucketLifecycleRule(
                id="manual-backups",
                prefix="manual-backups/",
                transitions=(
                    Transition(days=30, storage_class="STANDARD_IA"),
                    Transition(days=90, storage_class="GLACIER"),
                ),
                abort_incomplete_multipart_upload_days=7,
            ),
        ),
        access_log_bucket=logs,
        access_log_prefix="s3/backups/",
        depends_on=(Ref(BucketPolicy, "logs"),),
    )
    yield Bucket(name="uploads", concern="storage", bucket_name="sample-production-uploads-4f1c2a", kms_key=DATA_KEY)
    for bucket in (backups, uploads):
        yield BucketPolicy(
            name=bucket.name,
            concern="storage",
            bucket=bucket,
            policy=PolicyDocument(
                (
                    Statement(
                        sid="OnlyTls",
                        effect="Deny",
                        principals=(Principal("*", ("*",)),),
                        actions=("s3:*",),
                        resources=(bucket.arn, text(bucket.arn, "/*")),
                        conditions=(Condition(operator="Bool", key="aws:SecureTransport", values=("false",)),),
                    ),
                )
            ),
        )
    yield BucketPolicy(
        name="logs",
        concern="storage",
        bucket=logs,
        policy=PolicyDocument(
            (
                Statement(
                    sid="LoadBalancerLogs",
                    principals=(Principal("Service", ("logdelivery.elasticloadbalancing.amazonaws.com",)),),
                    actions=("s3:PutObject",),
                    resources=(text(logs.arn, "/alb/AWSLogs/", Pseudo.ACCOUNT_ID, "/*"),),
                ),
                Statement(
                    sid="BucketLogs",
                    principals=(Principal("Service", ("logging.s3.amazonaws.com",)),),
                    actions=("s3:PutObject",),
                    resources=(text(logs.arn, "/s3/backups/*"),),
                    conditions=(
                        Condition(operator="StringEquals", key="aws:SourceAccount", values=(Pseudo.ACCOUNT_ID,)),
                    ),
                ),
            )
        ),
    )


def _databases() -> Iterator[Resource]:
    yield DatabaseSubnetGroup(
        name="main",
        concern="databases",
        subnet_group_name="sample-production",
        description="Database subnets",
        subnets=_subnets("database"),
    )
    yield DatabaseParameterGroup(
        name="main",
        concern="databases",
        parameter_group_name="sample-production-postgres15",
        family="postgres15",
        description="PostgreSQL 15",
        parameters={"rds.force_ssl": "1", "log_min_duration_statement": "1000", "shared_preload_libraries": "pg_cron"},
    )
    yield Role(
        name="database-monitoring",
        concern="databases",
        role_name="sample-production-database-monitoring",
        description="Lets RDS send operating system metrics",
        trust=service_trust("monitoring.rds.amazonaws.com"),
        managed_policy_arns=(
            text("arn:", Pseudo.PARTITION, ":iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"),
        ),
    )
    yield DatabaseInstance(
        name="main",
        concern="databases",
        identifier="sample-production",
        instance_class="db.t3.medium",
        engine="postgres",
        engine_version="15.14",
        allocated_storage=100,
        max_allocated_storage=500,
        storage_type="gp3",
        storage_encrypted=True,
        kms_key=DATA_KEY,
        database_name="sample",
        master_username="sample_admin",
        master_password=SecretValue(Ref(Secret, "database"), "password"),
        port=5432,
        multi_az=True,
        subnet_group=Ref(DatabaseSubnetGroup, "main"),
        parameter_group=Ref(DatabaseParameterGroup, "main"),
        security_groups=(Ref(SecurityGroup, "database"),),
        backup_retention_period=7,
        backup_window="03:00-04:00",
        maintenance_window="mon:04:00-mon:05:00",
        performance_insights_enabled=True,
        performance_insights_retention_period=7,
        performance_insights_kms_key=DATA_KEY,
        monitoring_interval=60,
        monitoring_role=Ref(Role, "database-monitoring"),
        enabled_cloudwatch_logs_exports=("postgresql", "upgrade"),
        final_snapshot_identifier="sample-production-final",
        tags={"Name": "sample-production"},
    )
    yield DatabaseInstance(
        name="main-replica",
        key="1",
        concern="databases",
        identifier="sample-production-replica-1",
        instance_class="db.t3.medium",
        source=PRIMARY,
        parameter_group=Ref(DatabaseParameterGroup, "main"),
        security_groups=(Ref(SecurityGroup, "database"),),
        performance_insights_enabled=True,
        performance_insights_retention_period=7,
        performance_insights_kms_key=DATA_KEY,
        skip_final_snapshot=True,
        tags={"Name": "sample-production-replica-1"},
    )
    yield DatabaseInstance(
        name="reports",
        concern="databases",
        identifier="sample-production-reports",
        instance_class="db.t4g.micro",
        engine="postgres",
        engine_version="15.14",
        allocated_storage=20,
        storage_type="gp3",
        storage_encrypted=True,
        database_name="reports",
        master_username="reports_admin",
        manage_master_user_password=True,
        master_user_secret_kms_key=DATA_KEY,
        port=5432,
        subnet_group=Ref(DatabaseSubnetGroup, "main"),
        parameter_group=Ref(DatabaseParameterGroup, "main"),
        security_groups=(Ref(SecurityGroup, "database"),),
        backup_retention_period=1,
        deletion_protection=False,
        skip_final_snapshot=True,
    )
    yield CacheSubnetGroup(
        name="main",
        concern="caches",
        subnet_group_name="sample-production",
        description="Cache subnets",
        subnets=_subnets("database"),
    )
    yield CacheParameterGroup(
        name="main",
        concern="caches",
        parameter_group_name="sample-production-redis7",
        family="redis7",
        description="Redis 7",
        parameters={"maxmemory-policy": "allkeys-lru"},
    )
    yield CacheReplicationGroup(
        name="sessions",
        concern="caches",
        replication_group_id="sample-production-sessions",
        description="Sessions",
        engine="redis",
        engine_version="7.0",
        node_type="cache.t3.medium",
        num_cache_clusters=2,
        port=6379,
        subnet_group=Ref(CacheSubnetGroup, "main"),
        parameter_group=Ref(CacheParameterGroup, "main"),
        security_groups=(Ref(SecurityGroup, "cache"),),
        kms_key=DATA_KEY,
        auth_token=SecretValue(Ref(Secret, "cache")),
        snapshot_retention_limit=5,
        snapshot_window="03:00-05:00",
        maintenance_window="sun:05:00-sun:07:00",
    )


def _edge() -> Iterator[Resource]:
    targets = Ref(TargetGroup, "api")
    yield Certificate(
        name="api",
        concern="edge",
        domain_name="api.example.com",
        subject_alternative_names=("www.api.example.com",),
        hosted_zone_id="Z0123456789ABCDEFGHIJ",
    )
    yield Certificate(name="admin", concern="edge", domain_name="admin.example.com")
    yield Certificate(name="global", concern="edge", region="us-east-1", domain_name="cdn.example.com")
    yield LoadBalancer(
        name="main",
        concern="edge",
        load_balancer_name="sample-production",
        scheme="internet-facing",
        subnets=_subnets("public"),
        security_groups=(Ref(SecurityGroup, "alb"),),
        access_log_bucket=Ref(Bucket, "logs"),
        access_log_prefix="alb",
        depends_on=(Ref(BucketPolicy, "logs"), GATEWAY),
    )
    yield TargetGroup(
        name="api",
        concern="edge",
        target_group_name="sample-production-api",
        vpc=VPC,
        port=3000,
        health_check=TargetHealthCheck(
            path="/health", interval=30, timeout=5, healthy_threshold=2, unhealthy_threshold=3, matcher="200-299"
        ),
    )
    yield Listener(
        name="http", concern="edge", load_balancer=BALANCER, port=80, protocol="HTTP", default_action=Redirect()
    )
    yield Listener(
        name="https",
        concern="edge",
        load_balancer=BALANCER,
        port=443,
        protocol="HTTPS",
        certificate=Ref(Certificate, "api"),
        ssl_policy="ELBSecurityPolicy-TLS13-1-2-2021-06",
        default_action=Forward(targets),
    )
    yield Listener(
        name="maintenance",
        concern="edge",
        load_balancer=BALANCER,
        port=8443,
        protocol="HTTPS",
        certificate=f"arn:aws:acm:{REGION}:123456789012:certificate/12345678-1234-1234-1234-123456789012",
        ssl_policy="ELBSecurityPolicy-TLS13-1-2-2021-06",
        default_action=FixedResponse(status_code=503, message_body="Back soon"),
    )
    yield ListenerCertificate(
        name="admin", concern="edge", listener=Ref(Listener, "https"), certificate=Ref(Certificate, "admin")
    )
    yield ListenerRule(
        name="api",
        concern="edge",
        listener=Ref(Listener, "https"),
        priority=10,
        host_headers=("api.example.com",),
        path_patterns=("/v1/*", "/v2/*"),
        action=Forward(targets),
    )
    yield ListenerRule(
        name="old",
        concern="edge",
        listener=Ref(Listener, "https"),
        priority=20,
        path_patterns=("/old/*",),
        action=FixedResponse(status_code=410, content_type="application/json", message_body='{"error": "gone"}'),
    )
    for kind in ("A", "AAAA"):
        yield DnsRecord(
            name="api",
            key=kind,
            concern="edge",
            hosted_zone_id="Z0123456789ABCDEFGHIJ",
            record_name="api.example.com",
            record_type="A" if kind == "A" else "AAAA",
            load_balancer=BALANCER,
        )


def _services() -> Iterator[Resource]:
    repository = Ref(ContainerRepository, "api")
    logs = Ref(LogGroup, "api")
    yield ContainerRepository(
        name="api", concern="registry", repository_name="sample/api", kms_key=DATA_KEY, keep_images=10
    )
    yield LogGroup(
        name="api",
        concern="services",
        log_group_name="/sample/production/api",
        retention_in_days=30,
        kms_key=LOGS_KEY,
    )
    yield Role(
        name="api-execution",
        concern="services",
        role_name="sample-production-api-execution",
        description="Lets ECS start the tasks of api",
        trust=service_trust("ecs-tasks.amazonaws.com"),
        inline_policies=(
            InlinePolicy(
                "start",
                PolicyDocument(
                    (
                        Statement(actions=("ecr:GetAuthorizationToken",), resources=("*",)),
                        Statement(
                            actions=(
                                "ecr:BatchCheckLayerAvailability",
                                "ecr:BatchGetImage",
                                "ecr:GetDownloadUrlForLayer",
                            ),
                            resources=(repository.arn,),
                        ),
                        Statement(
                            actions=("logs:CreateLogStream", "logs:PutLogEvents"),
                            resources=(text(logs.arn, ":*"),),
                        ),
                        Statement(
                            actions=("secretsmanager:GetSecretValue",),
                            resources=(Ref(Secret, "database-url").arn, Ref(Secret, "payment-key").arn),
                        ),
                        Statement(actions=("kms:Decrypt",), resources=(DATA_KEY.arn,)),
                    )
                ),
            ),
        ),
    )
    yield Role(
        name="api",
        concern="services",
        role_name="sample-production-api",
        description="What api itself may do",
        trust=service_trust("ecs-tasks.amazonaws.com"),
        inline_policies=(
            InlinePolicy(
                "buckets",
                PolicyDocument(
                    (
                        Statement(
                            sid="WriteBackups",
                            actions=("s3:GetObject", "s3:PutObject"),
                            resources=(text(Ref(Bucket, "backups").arn, "/*"),),
                        ),
                        Statement(actions=("s3:ListBucket",), resources=(Ref(Bucket, "backups").arn,)),
                    )
                ),
            ),
        ),
    )
    yield EcsCluster(name="main", concern="services", cluster_name="sample-production", execute_command_log_group=logs)
    yield TaskDefinition(
        name="api",
        concern="services",
        family="sample-production-api",
        cpu=512,
        memory=1024,
        execution_role=Ref(Role, "api-execution"),
        task_role=Ref(Role, "api"),
        containers=(
            Container(
                name="api",
                image=text(repository.attribute("url"), ":", InputValue("api_image_tag")),
                command=("node", "server.js"),
                port=3000,
                port_name="http",
                environment={
                    "NODE_ENV": "production",
                    "CACHE_HOST": Ref(CacheReplicationGroup, "sessions").attribute("primary_endpoint_address"),
                    "BACKUP_BUCKET": Ref(Bucket, "backups").attribute("id"),
                    "GREETING": "Hello ${name}",
                },
                secrets={
                    "DATABASE_URL": Ref(Secret, "database-url").arn,
                    "DATABASE_USER": text(Ref(Secret, "database").arn, ":username::"),
                    "PAYMENT_KEY": Ref(Secret, "payment-key").arn,
                },
                health_check=ContainerHealthCheck(
                    command=("CMD-SHELL", "curl -f http://localhost:3000/health || exit 1"),
                    interval=30,
                    timeout=5,
                    retries=3,
                    start_period=60,
                ),
                log_group=logs,
                log_stream_prefix="api",
                readonly_root_filesystem=True,
            ),
        ),
    )
    yield TaskDefinition(
        name="worker",
        concern="services",
        family="sample-production-worker",
        cpu=256,
        memory=512,
        cpu_architecture="ARM64",
        execution_role=Ref(Role, "api-execution"),
        task_role=Ref(Role, "api"),
        containers=(
            Container(
                name="worker",
                image="public.ecr.aws/docker/library/busybox:1.36",
                command=("sleep", "3600"),
                log_group=logs,
                log_stream_prefix="worker",
            ),
        ),
    )
    yield EcsService(
        name="api",
        concern="services",
        service_name="sample-production-api",
        cluster=CLUSTER,
        task_definition=Ref(TaskDefinition, "api"),
        desired_count=3,
        subnets=_subnets("private"),
        security_groups=(Ref(SecurityGroup, "api"),),
        load_balancers=(
            ServiceLoadBalancer(target_group=API_TARGETS, container_name="api", container_port=3000),
        ),
        health_check_grace_period=60,
        enable_execute_command=True,
        depends_on=(Ref(Listener, "https"),),
    )  # fmt: skip
    yield EcsService(
        name="worker",
        concern="services",
        service_name="sample-production-worker",
        cluster=CLUSTER,
        task_definition=Ref(TaskDefinition, "worker"),
        desired_count=1,
        launch_type=None,
        capacity_providers=(
            CapacityProviderShare(capacity_provider="FARGATE", weight=1, base=1),
            CapacityProviderShare(capacity_provider="FARGATE_SPOT", weight=3),
        ),
        subnets=_subnets("private"),
        security_groups=(Ref(SecurityGroup, "api"),),
    )
    target = Ref(ScalableTarget, "api")
    yield ScalableTarget(name="api", concern="scaling", service=API, cluster=CLUSTER, min_capacity=3, max_capacity=20)
    yield ScalingPolicy(
        name="api-cpu",
        concern="scaling",
        policy_name="sample-production-api-cpu",
        target=target,
        predefined_metric="ECSServiceAverageCPUUtilization",
        target_value=Decimal(70),
        scale_in_cooldown=300,
        scale_out_cooldown=60,
    )
    yield ScalingPolicy(
        name="api-requests",
        concern="scaling",
        policy_name="sample-production-api-requests",
        target=target,
        predefined_metric="ALBRequestCountPerTarget",
        request_count_target_group=API_TARGETS,
        target_value=Decimal("1000.5"),
        scale_in_cooldown=300,
        scale_out_cooldown=60,
    )


def _monitoring() -> Iterator[Resource]:
    yield Topic(
        name="alerts",
        concern="monitoring",
        topic_name="sample-production-alerts",
        display_name="Sample alerts",
        kms_key=LOGS_KEY,
    )
    yield TopicPolicy(
        name="alerts",
        concern="monitoring",
        topic=ALERTS,
        policy=PolicyDocument(
            (
                Statement(
                    sid="Publish",
                    principals=(Principal("Service", ("cloudwatch.amazonaws.com", "budgets.amazonaws.com")),),
                    actions=("sns:Publish",),
                    resources=(ALERTS.arn,),
                    conditions=(
                        Condition(operator="StringEquals", key="aws:SourceAccount", values=(Pseudo.ACCOUNT_ID,)),
                    ),
                ),
            )
        ),
    )
    yield TopicSubscription(
        name="alerts", concern="monitoring", topic=ALERTS, protocol="email", endpoint=InputValue("alert_email")
    )
    yield Alarm(
        name="api-cpu",
        concern="monitoring",
        alarm_name="sample-production-api-cpu",
        description="The api service is short of CPU",
        metric=Metric(
            namespace="AWS/ECS",
            metric_name="CPUUtilization",
            dimensions={"ClusterName": "sample-production", "ServiceName": API.attribute("name")},
        ),
        comparison_operator="GreaterThanThreshold",
        threshold=Decimal(85),
        period=60,
        evaluation_periods=5,
        datapoints_to_alarm=3,
        actions=(ALERTS,),
    )
    load_balancer = {"LoadBalancer": BALANCER.attribute("full_name")}
    yield Alarm(
        name="latency",
        concern="monitoring",
        alarm_name="sample-production-latency",
        description="Slow answers",
        metric=Metric(
            namespace="AWS/ApplicationELB",
            metric_name="TargetResponseTime",
            dimensions={**load_balancer, "TargetGroup": API_TARGETS.attribute("full_name")},
            statistic="p95",
        ),
        comparison_operator="GreaterThanOrEqualToThreshold",
        threshold=Decimal("0.5"),
        period=300,
        evaluation_periods=1,
        datapoints_to_alarm=1,
        treat_missing_data="notBreaching",
        actions=(ALERTS,),
    )
    yield Alarm(
        name="errors",
        concern="monitoring",
        alarm_name="sample-production-errors",
        description="Share of failed requests",
        metric=MetricExpression(
            expression="100 * errors / requests",
            label="Error rate",
            metrics={
                "errors": Metric(
                    namespace="AWS/ApplicationELB",
                    metric_name="HTTPCode_Target_5XX_Count",
                    dimensions=load_balancer,
                    statistic="Sum",
                ),
                "requests": Metric(
                    namespace="AWS/ApplicationELB",
                    metric_name="RequestCount",
                    dimensions=load_balancer,
                    statistic="Sum",
                ),
            },
        ),
        comparison_operator="GreaterThanThreshold",
        threshold=Decimal(1),
        period=300,
        evaluation_periods=2,
        datapoints_to_alarm=2,
        treat_missing_data="notBreaching",
        actions=(ALERTS,),
    )
    yield Dashboard(
        name="main",
        concern="monitoring",
        dashboard_name="sample-production",
        body=JsonDocument(
            {
                "widgets": [
                    {
                        "type": "metric",
                        "x": 0,
                        "y": 0,
                        "width": 12,
                        "height": 6,
                        "properties": {
                            "title": "API CPU",
                            "region": Pseudo.REGION,
                            "stat": "Average",
                            "period": 60,
                            "metrics": [
                                [
                                    "AWS/ECS",
                                    "CPUUtilization",
                                    "ClusterName",
                                    "sample-production",
                                    "ServiceName",
                                    API.attribute("name"),
                                ]
                            ],
                            "view": "timeSeries",
                            "stacked": False,
                        },
                    },
                    {
                        "type": "text",
                        "x": 12,
                        "y": 0,
                        "width": 12,
                        "height": 6,
                        "properties": {"markdown": 'Sample "production" ${literal}'},
                    },
                ]
            }
        ),
    )
    yield Budget(
        name="monthly",
        concern="monitoring",
        budget_name="sample-production-monthly",
        limit_usd=Decimal("373.50"),
        cost_filter_tags={"Project": "sample", "Environment": "production"},
        notifications=(
            BudgetNotification(
                notification_type="ACTUAL", threshold_percent=80, emails=("ops@example.com",), topics=(ALERTS,)
            ),
            BudgetNotification(notification_type="FORECASTED", threshold_percent=100, emails=("ops@example.com",)),
        ),
    )
