"""What lets in whom it should not: for each rule a fault that it finds and a neighbour that it leaves alone."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network

import pytest
from tests.checks.planting import (
    Bad,
    Good,
    Planting,
    change,
    change_container,
    copy,
    get,
    identify,
    more_rights,
    only_tls,
    remove,
    together,
    with_fields,
)

from groundplan.catalog import images
from groundplan.resources import Architecture
from groundplan.resources.compute import LaunchTemplate
from groundplan.resources.containers import ContainerRepository, EcsCluster, EcsService
from groundplan.resources.databases import (
    CacheReplicationGroup,
    CacheSubnetGroup,
    DatabaseInstance,
    DatabaseParameterGroup,
)
from groundplan.resources.delivery import Distribution
from groundplan.resources.edge import (
    FixedResponse,
    Forward,
    Listener,
    ListenerRule,
    LoadBalancer,
    Redirect,
    TargetGroup,
)
from groundplan.resources.messaging import Queue, QueuePolicy
from groundplan.resources.monitoring import LogGroup, Topic, TopicPolicy
from groundplan.resources.network import ANYWHERE, FlowLog, SecurityGroup, SecurityGroupRule, Subnet
from groundplan.resources.parameters import SecureParameter
from groundplan.resources.policies import Condition, PolicyDocument, Principal, Statement
from groundplan.resources.security import Key, Role, Secret
from groundplan.resources.storage import Bucket, BucketPolicy
from groundplan.resources.values import InputValue, Ref, SecretValue, text

MAIN = "database_instance.main"
CACHE = "cache_replication_group.sessions"
API = "task_definition.api"
EVERY_CDN = Statement(
    sid="Everyone",
    actions=("s3:GetObject",),
    resources=(text(Ref(Bucket, "website").arn, "/*"),),
    principals=(Principal("Service", ("cloudfront.amazonaws.com",)),),
)
EVERYONE = (Principal("*", ("*",)),)
UPLOADS = Ref(Bucket, "uploads")


def allow(*actions: str, on: str = "*", conditions: tuple[Condition, ...] = ()) -> Planting:
    """Give the api's role one more policy."""
    return more_rights("api", *actions, on=on, conditions=conditions)


def bucket_policy(*statements: Statement) -> Planting:
    """Replace the policy of the bucket of uploads."""
    return change(BucketPolicy, "uploads", policy=PolicyDocument(statements))


def key_statement(*principals: Principal) -> Planting:
    """Add a statement to the key's policy."""

    def planted(architecture: Architecture) -> Architecture:
        key = get(architecture, Key, "data")
        more = Statement(sid="More", actions=("kms:Decrypt",), resources=("*",), principals=principals)
        return architecture.changed(key, policy=PolicyDocument((*key.policy.statements, more)))

    return planted


def open_port(port: int | None, *, group: str = "api", peer: IPv4Network = ANYWHERE, protocol: str = "tcp") -> Planting:
    """Let a range in."""
    return copy(
        SecurityGroupRule,
        "api-from-alb",
        name="open",
        security_group=Ref(SecurityGroup, group),
        from_port=port,
        to_port=port,
        peer=peer,
        protocol=protocol,
    )


def environment(**variables: object) -> Planting:
    """Set the api container's plain environment."""
    return change_container("api", environment=variables)


def default_tag(tag: str) -> Planting:
    """Set the default of the input that holds the image's tag."""

    def planted(architecture: Architecture) -> Architecture:
        tag_input, *others = architecture.inputs
        assert tag_input.name == "api_image_tag"
        return replace(architecture, inputs=(replace(tag_input, default=tag), *others))

    return planted


NO_TLS_FOR_MAIN = together(
    change(DatabaseInstance, "reports", parameter_group=None),
    change(DatabaseParameterGroup, "main", parameters={"rds.force_ssl": "0"}),
)
WRITE = Statement(
    actions=("s3:PutObject",),
    principals=(Principal("Service", ("logging.s3.amazonaws.com",)),),
    resources=(text(UPLOADS.arn, "/*"),),
)
PUBLIC_READ = Statement(
    sid="Read", actions=("s3:GetObject",), principals=EVERYONE, resources=(text(UPLOADS.arn, "/*"),)
)


def queue_statement(**fields: object) -> Statement:
    """What denies plain HTTP to the queue of e-mails, with other fields."""
    queue = Ref(Queue, "emails")
    return with_fields(
        Statement(
            effect="Deny",
            actions=("sqs:*",),
            resources=(queue.arn,),
            principals=(Principal("*", ("*",)),),
            conditions=(Condition(operator="Bool", key="aws:SecureTransport", values=("false",)),),
        ),
        fields,
    )


BAD = (
    Bad(
        "GP-SEC-060",
        change(Distribution, "plain", viewer_protocol_policy="allow-all"),
        "distribution.plain",
        ("allow-all; redirect-to-https is right",),
    ),
    Bad(
        "GP-SEC-060",
        change(Distribution, "website", minimum_protocol_version="TLSv1.1_2016"),
        "distribution.website",
        ("TLSv1.1_2016; TLSv1.2_2021 is right",),
    ),
    Bad(
        "GP-SEC-061",
        change(Distribution, "plain", origin_access_control=None),
        "distribution.plain",
        ("no origin_access_control",),
    ),
    Bad(
        "GP-SEC-061",
        change(BucketPolicy, "website", policy=PolicyDocument((only_tls(Ref(Bucket, "website")), EVERY_CDN))),
        "bucket_policy.website",
        ("every distribution", "aws:SourceArn"),
        also=("GP-SEC-023",),
    ),
    Bad("GP-SEC-062", change(Distribution, "plain", web_acl=None), "distribution.plain", ("no web_acl",)),
    Bad(
        "GP-SEC-041",
        change(LaunchTemplate, "machines", http_tokens="optional"),
        "launch_template.machines",
        ("optional", "required is right"),
    ),
    Bad(
        "GP-SEC-041",
        change(LaunchTemplate, "machines", http_put_response_hop_limit=2),
        "launch_template.machines",
        ("limit 2", "1 is right"),
    ),
    Bad(
        "GP-SEC-042",
        change(LaunchTemplate, "machines", volume_encrypted=False),
        "launch_template.machines",
        ("true is right",),
    ),
    Bad("GP-SEC-001", change(DatabaseInstance, "main", publicly_accessible=True), MAIN, ("true; false is right",)),
    Bad(
        "GP-SEC-002",
        change(DatabaseInstance, "main", storage_encrypted=False),
        MAIN,
        ("storage_encrypted false; true is right",),
    ),
    Bad("GP-SEC-002", change(DatabaseInstance, "main", storage_encrypted=None), MAIN, ("not set, which means false",)),
    Bad("GP-SEC-003", change(CacheReplicationGroup, "sessions", at_rest_encryption_enabled=False), CACHE, ("true",)),
    Bad(
        "GP-SEC-004",
        change(CacheReplicationGroup, "sessions", transit_encryption_enabled=False, auth_token=None),
        CACHE,
        ("transit_encryption_enabled false",),
    ),
    Bad("GP-SEC-004", change(CacheReplicationGroup, "sessions", auth_token=None), CACHE, ("no auth_token",)),
    Bad(
        "GP-SEC-005",
        change(Bucket, "uploads", block_public_acls=False, restrict_public_buckets=False),
        "bucket.uploads",
        ("block_public_acls and restrict_public_buckets false",),
    ),
    Bad("GP-SEC-006", remove(BucketPolicy, "uploads"), "bucket.uploads", ("without TLS",)),
    Bad(
        "GP-SEC-006",
        bucket_policy(replace(only_tls(UPLOADS), resources=(UPLOADS.arn,))),
        "bucket.uploads",
        ("and its objects",),
    ),
    Bad("GP-SEC-006", bucket_policy(only_tls(Ref(Bucket, "backups"))), "bucket.uploads", ("without TLS",)),
    Bad(
        "GP-SEC-006",
        bucket_policy(replace(only_tls(UPLOADS), principals=(Principal("AWS", ("123456789012",)),))),
        "bucket.uploads",
        ("without TLS",),
    ),
    Bad(
        "GP-SEC-007",
        open_port(22, group="alb"),
        "security_group_rule.open",
        ("0.0.0.0/0", "tcp port 22", "80 and 443"),
    ),
    Bad("GP-SEC-007", open_port(443), "security_group_rule.open", ("security_group.api", "no load balancer's")),
    Bad("GP-SEC-007", open_port(None, protocol="all"), "security_group_rule.open", ("all ports",)),
    Bad("GP-SEC-007", open_port(5432, peer=IPv4Network("128.0.0.0/1")), "security_group_rule.open", ("128.0.0.0/1",)),
    Bad(
        "GP-SEC-008",
        change(Listener, "http", default_action=Forward(Ref(TargetGroup, "api"))),
        "listener.http",
        ("forwards to target_group.api", "redirect to HTTPS is right"),
    ),
    Bad(
        "GP-SEC-008", change(Listener, "http", default_action=FixedResponse(status_code=200)), "listener.http", ("200",)
    ),
    Bad(
        "GP-SEC-008",
        change(ListenerRule, "api", listener=Ref(Listener, "http")),
        "listener_rule.api",
        ("listener.http", "HTTPS is right"),
    ),
    Bad(
        "GP-SEC-009",
        change(Listener, "https", ssl_policy="ELBSecurityPolicy-TLS-1-1-2017-01"),
        "listener.https",
        ("TLS-1-1-2017-01", "ELBSecurityPolicy-TLS13-1-2-2021-06 is right"),
    ),
    Bad("GP-SEC-009", change(Listener, "https", ssl_policy=None), "listener.https", ("2016-08",)),
    Bad(
        "GP-SEC-009",
        change(Listener, "https", ssl_policy="ELBSecurityPolicy-TLS13-1-0-2021-06"),
        "listener.https",
        ("TLS13-1-0",),
    ),
    Bad(
        "GP-SEC-010",
        environment(DB_PASSWORD="correct horse"),
        API,
        ("DB_PASSWORD", "name says", "reference in secrets"),
    ),
    Bad("GP-SEC-010", environment(STRIPE="sk_live_abcdefghijklmnop1234"), API, ("STRIPE", "looks like a credential")),
    Bad("GP-SEC-010", environment(URL="postgres://app:hunter2@db:5432/app"), API, ("URL", "looks like a credential")),
    Bad("GP-SEC-010", environment(KEY_ID="AKIAIOSFODNN7EXAMPLE"), API, ("KEY_ID", "looks like a credential")),
    Bad(
        "GP-SEC-010",
        environment(CACHE=text("redis://:", SecretValue(Ref(Secret, "cache")), "@cache:6379")),
        API,
        ("CACHE", "read out of Secrets Manager"),
    ),
    Bad("GP-SEC-011", allow("s3:*", on="arn:aws:s3:::b"), "role.api", ("policy more", "s3:*", "single actions")),
    Bad("GP-SEC-011", allow("*", on="arn:aws:s3:::b"), "role.api", ("allows *",)),
    Bad(
        "GP-SEC-012",
        allow("s3:GetObject", "ecr:GetAuthorizationToken"),
        "role.api",
        ("allows s3:GetObject on *", "ARNs"),
        also=("GP-VAL-039",),
    ),
    Bad("GP-SEC-013", change(Key, "data", enable_key_rotation=False), "key.data", ("true is right",)),
    Bad(
        "GP-SEC-014",
        change(ContainerRepository, "api", image_tag_mutability="MUTABLE"),
        "container_repository.api",
        ("MUTABLE; IMMUTABLE is right",),
    ),
    Bad("GP-SEC-015", change_container("worker", image="busybox:latest"), "task_definition.worker", ("tag latest",)),
    Bad(
        "GP-SEC-015",
        change_container("worker", image="localhost:5000/busybox"),
        "task_definition.worker",
        ("means latest",),
    ),
    Bad(
        "GP-SEC-015",
        change_container("worker", image=Ref(ContainerRepository, "api").attribute("url")),
        "task_definition.worker",
        ("{container_repository.api.url} without a tag",),
    ),
    Bad(
        "GP-SEC-015",
        change_container("worker", image=text(Ref(ContainerRepository, "api").attribute("url"), ":latest")),
        "task_definition.worker",
        ("tag latest",),
    ),
    Bad("GP-SEC-015", default_tag("latest"), API, ("{api_image_tag} with latest as default",)),
    Bad(
        "GP-SEC-016", change(EcsService, "api", assign_public_ip=True), "ecs_service.api", ("false in private subnets",)
    ),
    Bad("GP-SEC-017", remove(FlowLog, "main"), "vpc.main", ("no flow log", "ALL or REJECT is right")),
    Bad("GP-SEC-017", change(FlowLog, "main", traffic_type="ACCEPT"), "vpc.main", ("no flow log of rejected",)),
    Bad(
        "GP-SEC-018",
        change(EcsCluster, "main", execute_command_log_group=None),
        "ecs_service.api",
        ("ecs_cluster.main", "a log group is right"),
    ),
    Bad(
        "GP-SEC-019",
        change(ContainerRepository, "api", scan_on_push=False),
        "container_repository.api",
        ("true is right",),
    ),
    Bad(
        "GP-SEC-020",
        change(LoadBalancer, "main", drop_invalid_header_fields=False),
        "load_balancer.main",
        ("true is right",),
    ),
    Bad(
        "GP-SEC-021",
        change(CacheSubnetGroup, "main", subnets=tuple(Ref(Subnet, "public", zone) for zone in "ab")),
        "cache_subnet_group.main",
        ("subnet.public[a] and subnet.public[b]",),
    ),
    Bad("GP-SEC-022", bucket_policy(only_tls(UPLOADS), PUBLIC_READ), "bucket_policy.uploads", ("statement Read", "*")),
    Bad("GP-SEC-022", key_statement(Principal("AWS", ("*",))), "key.data", ("statement More allows principal *",)),
    Bad(
        "GP-SEC-022",
        change(Role, "api", trust=PolicyDocument((Statement(actions=("sts:AssumeRole",), principals=EVERYONE),))),
        "role.api",
        ("statement number 1",),
        also=("GP-VAL-107",),
    ),
    Bad(
        "GP-SEC-023",
        bucket_policy(only_tls(UPLOADS), WRITE),
        "bucket_policy.uploads",
        ("logging.s3.amazonaws.com", "aws:SourceAccount is right"),
    ),
    Bad(
        "GP-SEC-023",
        change(
            TopicPolicy,
            "alerts",
            policy=PolicyDocument(
                (
                    Statement(
                        actions=("sns:Publish",),
                        principals=(Principal("Service", ("budgets.amazonaws.com",)),),
                        resources=(Ref(Topic, "alerts").arn,),
                    ),
                )
            ),
        ),
        "topic_policy.alerts",
        ("budgets.amazonaws.com",),
        also=("GP-OPS-060",),
    ),
    Bad(
        "GP-SEC-024",
        NO_TLS_FOR_MAIN,
        MAIN,
        ("rds.force_ssl 0; 1 in its parameter group",),
    ),
    Bad(
        "GP-SEC-024",
        change(DatabaseInstance, "main", engine_version="14.18", parameter_group=None),
        MAIN,
        ("rds.force_ssl 0",),
    ),
    Bad(
        "GP-SEC-025",
        together(change(LoadBalancer, "main", access_log_bucket=None), change(Bucket, "logs", versioning=True)),
        "load_balancer.main",
        ("no access_log_bucket",),
        also=("GP-COST-019",),
    ),
    Bad(
        "GP-SEC-026",
        change(Bucket, "uploads", sse_algorithm="AES256"),
        "bucket.uploads",
        ("AES256; aws:kms with a key",),
    ),
    Bad("GP-SEC-026", change(Bucket, "uploads", kms_key=None), "bucket.uploads", ("aws:kms with a key of AWS",)),
    Bad("GP-SEC-027", change_container("api", readonly_root_filesystem=False), API, ("container api", "true is right")),
    Bad("GP-SEC-028", change(Topic, "alerts", kms_key=None), "topic.alerts", ("no kms_key",)),
    Bad("GP-SEC-029", change(Secret, "payment-key", kms_key=None), "secret.payment-key", ("no kms_key",)),
    Bad(
        "GP-SEC-029",
        change(SecureParameter, "maps-key", kms_key=None),
        "secure_parameter.maps-key",
        ("no kms_key",),
    ),
    Bad("GP-SEC-030", change(LogGroup, "api", kms_key=None), "log_group.api", ("no kms_key",)),
    Bad("GP-SEC-040", remove(QueuePolicy, "emails"), "queue.emails", ("sqs:* without TLS",)),
    Bad(
        "GP-SEC-040",
        change(QueuePolicy, "emails", policy=PolicyDocument((queue_statement(effect="Allow"),))),
        "queue.emails",
        ("no policy that denies",),
        also=("GP-SEC-022",),
    ),
    Bad(
        "GP-SEC-022",
        change(
            QueuePolicy,
            "emails",
            policy=PolicyDocument((queue_statement(), queue_statement(effect="Allow", conditions=()))),
        ),
        "queue_policy.emails",
        ("allows principal *",),
    ),
    Bad(
        "GP-SEC-023",
        change(
            QueuePolicy,
            "emails",
            policy=PolicyDocument(
                (
                    queue_statement(),
                    queue_statement(
                        effect="Allow", conditions=(), principals=(Principal("Service", ("s3.amazonaws.com",)),)
                    ),
                )
            ),
        ),
        "queue_policy.emails",
        ("s3.amazonaws.com", "aws:SourceAccount"),
    ),
    Bad("GP-SEC-049", environment(DEBUG="True"), "ecs_service.api", ("DEBUG=True in container api", "off is right")),
    Bad("GP-SEC-049", environment(DJANGO_DEBUG="1"), "ecs_service.api", ("DJANGO_DEBUG=1",)),
)

GOOD = (
    Good("GP-SEC-060", change(Distribution, "website", viewer_protocol_policy="https-only")),
    Good("GP-SEC-061", change(BucketPolicy, "website", concern="storage", depends_on=())),
    Good("GP-SEC-062", change(Distribution, "website", price_class="PriceClass_All")),
    Good(
        "GP-SEC-030",
        copy(LogGroup, "api", name="waf-other", log_group_name="elsewhere", region="us-east-1", kms_key=None),
    ),
    Good("GP-SEC-041", change(LaunchTemplate, "machines", http_put_response_hop_limit=1)),
    Good("GP-SEC-042", change(LaunchTemplate, "machines", volume_type="gp2")),
    Good("GP-SEC-001", change(DatabaseInstance, "main", publicly_accessible=False)),
    Good("GP-SEC-002", change(DatabaseInstance, "main", kms_key=None)),
    Good("GP-SEC-003", change(CacheReplicationGroup, "sessions", kms_key=None)),
    Good("GP-SEC-004", change(CacheReplicationGroup, "sessions", port=6380)),
    Good("GP-SEC-005", change(Bucket, "uploads", versioning=False)),
    Good("GP-SEC-006", bucket_policy(replace(only_tls(UPLOADS), resources=("*",)))),
    Good(
        "GP-SEC-006",
        bucket_policy(
            replace(only_tls(UPLOADS), resources=(UPLOADS.arn,)),
            replace(only_tls(UPLOADS), resources=(text(UPLOADS.arn, "/*"),)),
        ),
    ),
    Good("GP-SEC-007", open_port(443, group="alb")),
    Good("GP-SEC-007", open_port(5432, peer=IPv4Network("203.0.113.7/32"))),
    Good("GP-SEC-007", open_port(5432, peer=IPv4Network("10.0.0.0/8"))),
    Good("GP-SEC-008", change(Listener, "http", default_action=Redirect(status_code="HTTP_302"))),
    Good("GP-SEC-008", change(Listener, "http", default_action=FixedResponse(status_code=403))),
    Good("GP-SEC-009", change(Listener, "https", ssl_policy="ELBSecurityPolicy-TLS13-1-3-2021-06")),
    Good("GP-SEC-009", change(Listener, "https", ssl_policy="ELBSecurityPolicy-TLS13-1-2-Res-2021-06")),
    Good("GP-SEC-009", change(Listener, "https", ssl_policy="ELBSecurityPolicy-TLS13-1-2-Ext0-FIPS-PQ-2025-09")),
    Good("GP-SEC-010", environment(TOKEN_LIFETIME="3600", SECRET_NAME="app/db", PASSWORD="", API_TOKEN="false")),
    Good("GP-SEC-010", environment(URL="https://api.example.com/v1?q=a:b@c", DB_SECRET="arn:aws:secretsmanager:x:y")),
    Good("GP-SEC-010", environment(DB_SECRET=Ref(Secret, "database").arn, TOKEN=InputValue("token"))),
    Good("GP-SEC-011", allow("s3:Get*", on="arn:aws:s3:::b/*")),
    Good("GP-SEC-012", allow("ecr:GetAuthorizationToken", "ssmmessages:CreateControlChannel")),
    Good(
        "GP-SEC-012",
        allow(
            "s3:PutObject", conditions=(Condition(operator="StringEquals", key="aws:ResourceAccount", values=("1",)),)
        ),
    ),
    Good("GP-SEC-013", change(Key, "data", deletion_window_in_days=7)),
    Good("GP-SEC-014", change(ContainerRepository, "api", kms_key=None)),
    Good("GP-SEC-015", change_container("worker", image="localhost:5000/busybox@sha256:" + "0" * 64)),
    Good("GP-SEC-015", change_container("worker", image="localhost:5000/latest:1.36")),
    Good("GP-SEC-015", default_tag("latest-1")),
    Good("GP-SEC-016", change(EcsService, "api", subnets=(Ref(Subnet, "public", "a"), Ref(Subnet, "public", "b")))),
    Good("GP-SEC-017", change(FlowLog, "main", traffic_type="REJECT")),
    Good(
        "GP-SEC-018",
        together(
            change(EcsCluster, "main", execute_command_log_group=None),
            change(EcsService, "api", enable_execute_command=False),
        ),
    ),
    Good("GP-SEC-019", change(ContainerRepository, "api", keep_images=None)),
    Good("GP-SEC-020", change(LoadBalancer, "main", idle_timeout=120)),
    Good("GP-SEC-021", change(CacheSubnetGroup, "main", subnets=tuple(Ref(Subnet, "private", zone) for zone in "ab"))),
    Good("GP-SEC-022", bucket_policy(replace(PUBLIC_READ, effect="Deny"))),
    Good(
        "GP-SEC-022",
        bucket_policy(
            replace(
                PUBLIC_READ,
                conditions=(Condition(operator="StringEquals", key="aws:PrincipalOrgID", values=("o-1",)),),
            )
        ),
    ),
    Good(
        "GP-SEC-023",
        bucket_policy(
            replace(WRITE, conditions=(Condition(operator="ArnLike", key="aws:SourceArn", values=("arn:aws:s3:::b",)),))
        ),
    ),
    Good("GP-SEC-024", change(DatabaseParameterGroup, "main", parameters={})),
    Good("GP-SEC-025", change(LoadBalancer, "main", access_log_prefix="")),
    Good("GP-SEC-026", change(Bucket, "logs", keep=True)),
    Good("GP-SEC-027", change_container("api", command=())),
    Good(
        "GP-SEC-027",
        change_container("api", readonly_root_filesystem=False, image=str(images.image("fluent_bit"))),
    ),
    Good("GP-SEC-028", change(Topic, "alerts", display_name="Alerts")),
    Good("GP-SEC-029", change(Secret, "payment-key", recovery_window_in_days=30)),
    Good("GP-SEC-030", change(LogGroup, "api", retention_in_days=1)),
    Good(
        "GP-SEC-040",
        change(QueuePolicy, "emails", policy=PolicyDocument((queue_statement(resources=("*",)),))),
    ),
    Good("GP-SEC-049", environment(DEBUG="False", APP_DEBUG="0", DEBUG_TOOLBAR="True")),
    Good("GP-SEC-049", environment(DEBUG="express:*")),
    Good(
        "GP-SEC-049",
        together(
            environment(DEBUG="True"),
            change(SecurityGroupRule, "alb-from-world-80", peer=IPv4Network("203.0.113.7/32")),
            change(SecurityGroupRule, "alb-from-world-443", peer=IPv4Network("203.0.113.7/32")),
        ),
    ),
    Good("GP-SEC-049", together(environment(DEBUG="True"), change(LoadBalancer, "main", scheme="internal"))),
)


@pytest.mark.parametrize("case", BAD, ids=identify)
def test_finds_the_fault(case: Bad) -> None:
    case.check()


@pytest.mark.parametrize("case", GOOD, ids=identify)
def test_leaves_the_neighbour_alone(case: Good) -> None:
    case.check()
