"""Values of keys, clusters, schedules and deliveries that AWS refuses: a fault for each rule, and a neighbour of it."""

from __future__ import annotations

from decimal import Decimal
from ipaddress import IPv4Network

import pytest
from tests.checks.mutations.planted import planted_by
from tests.checks.mutations.validity_of_values import MUTATIONS
from tests.checks.planting import (
    DATA_KEY,
    Bad,
    Good,
    Planting,
    change,
    change_container,
    copy,
    get,
    identify,
    with_fields,
)

from groundplan.resources import Architecture
from groundplan.resources.account import AccountPasswordPolicy
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.dns import DnsRecord, HealthCheck
from groundplan.resources.edge import Certificate, LoadBalancer
from groundplan.resources.events import EventRule
from groundplan.resources.firewall import RateLimit, WebAcl
from groundplan.resources.gateway import RestApiMethod
from groundplan.resources.kubernetes import ClusterAddon, NodeGroup
from groundplan.resources.monitoring import Alarm, LogGroup
from groundplan.resources.network import Subnet
from groundplan.resources.policies import PolicyDocument, Principal, Statement
from groundplan.resources.schedules import Schedule
from groundplan.resources.security import Key, Role, Secret
from groundplan.resources.tracing import SamplingRule
from groundplan.resources.values import Pseudo, text

ACCOUNT = Principal("AWS", (text("arn:", Pseudo.PARTITION, ":iam::", Pseudo.ACCOUNT_ID, ":root"),))
PUTS_POLICY = Statement(actions=("kms:PutKeyPolicy",), resources=("*",), principals=(ACCOUNT,))
NAMES = tuple(f"n{number}.example.com" for number in range(9))


def password(length: int) -> Planting:
    def planted(architecture: Architecture) -> Architecture:
        secret = get(architecture, Secret, "database")
        return architecture.changed(secret, generate=with_fields(secret.generate, {"length": length}))

    return planted


def five_targets(architecture: Architecture) -> Architecture:
    rule = get(architecture, EventRule, "promotion")
    return architecture.changed(rule, targets=rule.targets[:1] * 5)


def scheduled(expression: str) -> Planting:
    return change(Schedule, "nightly", schedule_expression=expression)


BAD = (
    Bad(
        "GP-VAL-122",
        planted_by(MUTATIONS, "GP-VAL-122"),
        "key.logs",
        (
            "has a policy that lets nobody of the account change it",
            "kms:* for its root is right",
        ),
    ),
    Bad(
        "GP-VAL-124",
        planted_by(MUTATIONS, "GP-VAL-124"),
        "load_balancer.main",
        (
            "writes in bucket.logs, which does not let logdelivery.elasticloadbalan",
            "it has to",
        ),
    ),
    Bad(
        "GP-VAL-125",
        planted_by(MUTATIONS, "GP-VAL-125"),
        "task_definition.api",
        ("has the execution role role.api-execution, which lacks ecr:GetAuthoriz",),
    ),
    Bad(
        "GP-VAL-126",
        planted_by(MUTATIONS, "GP-VAL-126"),
        "database_instance.main",
        (
            "takes its password from secret.database of 6 characters",
            "8 to 128 are right",
        ),
    ),
    Bad(
        "GP-VAL-127",
        planted_by(MUTATIONS, "GP-VAL-127"),
        "node_group.general",
        (
            "has version 1.99, and its cluster 1.35",
            "the same is right",
        ),
    ),
    Bad(
        "GP-VAL-128",
        planted_by(MUTATIONS, "GP-VAL-128"),
        "cluster_addon.planted",
        (
            "is for vpc-cni, as cluster_addon.vpc-cni is",
            "one is right",
        ),
    ),
    Bad(
        "GP-VAL-129",
        planted_by(MUTATIONS, "GP-VAL-129"),
        "schedule.nightly",
        (
            "has maximum_retry_attempts 200",
            "0 to 185 is right",
        ),
    ),
    Bad(
        "GP-VAL-130",
        planted_by(MUTATIONS, "GP-VAL-130"),
        "api_schedule.stop-reports",
        ("has the schedule every night: rate(6 hours), cron(0 3 * * ? *) or at(2",),
    ),
    Bad(
        "GP-VAL-131",
        planted_by(MUTATIONS, "GP-VAL-131"),
        "sampling_rule.main",
        (
            "has fixed_rate 2",
            "0 to 1 is right",
        ),
    ),
    Bad(
        "GP-VAL-132",
        planted_by(MUTATIONS, "GP-VAL-132"),
        "account_password_policy.main",
        (
            "has max_password_age 2000",
            "1 to 1095 is right",
        ),
    ),
    Bad(
        "GP-VAL-133",
        planted_by(MUTATIONS, "GP-VAL-133"),
        "rest_api_method.api_root",
        (
            "has timeout 30000",
            "50 to 29000 milliseconds is right",
        ),
    ),
    Bad(
        "GP-VAL-134",
        planted_by(MUTATIONS, "GP-VAL-134"),
        "database_instance.main",
        (
            "has ca_certificate_identifier rds-ca-2019",
            "rds-ca-rsa2048-g1 or rds-ca-rsa4096-g1 or rds-ca-ecc384-g1 i",
        ),
    ),
    Bad(
        "GP-VAL-135",
        planted_by(MUTATIONS, "GP-VAL-135"),
        "database_instance.main",
        (
            "has availability_zone ap-south-1a and multi_az true",
            "one of the two is right",
        ),
    ),
    Bad(
        "GP-VAL-136",
        planted_by(MUTATIONS, "GP-VAL-136"),
        "dns_record.planted[A]",
        (
            "is called api.example.com, as dns_record.api[A] is",
            "another name or identifier is right",
        ),
    ),
    Bad(
        "GP-VAL-137",
        planted_by(MUTATIONS, "GP-VAL-137"),
        "health_check.app",
        (
            'has resource_path "health"',
            'one that starts with "/" is right',
        ),
    ),
    Bad(
        "GP-VAL-138",
        planted_by(MUTATIONS, "GP-VAL-138"),
        "web_acl.cdn",
        (
            "has 2 rules with priority 10",
            "one is right",
        ),
    ),
    Bad(
        "GP-VAL-139",
        planted_by(MUTATIONS, "GP-VAL-139"),
        "event_rule.promotion",
        (
            "has 0 targets",
            "1 to 5 are right",
        ),
    ),
    Bad(
        "GP-VAL-140",
        planted_by(MUTATIONS, "GP-VAL-140"),
        "alarm.shop-rollback",
        (
            "has a description of 1025 characters",
            "1024 are the most",
        ),
    ),
    Bad(
        "GP-VAL-141",
        planted_by(MUTATIONS, "GP-VAL-141"),
        "certificate.api",
        (
            "has 12 names",
            "10 is the quota of a new account",
        ),
    ),
    Bad(
        "GP-VAL-142",
        planted_by(MUTATIONS, "GP-VAL-142"),
        "load_balancer.main",
        (
            "stands in subnet.public[a] of 10.0.0.0/28",
            "/27 or larger is right",
        ),
    ),
    Bad(
        "GP-VAL-143",
        planted_by(MUTATIONS, "GP-VAL-143"),
        "task_definition.api",
        (
            "has about 71243 bytes",
            "65536 are the most",
        ),
    ),
    Bad("GP-VAL-123", change(LogGroup, "api", kms_key=DATA_KEY), "log_group.api", ("key.data", "does not name logs.")),
    Bad("GP-VAL-130", scheduled("cron(0 3 * * * *)"), "schedule.nightly", ("? for either the days of the month",)),
    Bad("GP-VAL-130", scheduled("cron(0 3 * * ?)"), "schedule.nightly", ("5 fields",)),
    Bad("GP-VAL-130", scheduled("rate(0 hours)"), "schedule.nightly", ("rate(6 hours)",)),
    Bad(
        "GP-VAL-136",
        change(DnsRecord, "app", record_name="app.example.org"),
        "dns_record.app",
        ("outside of the zone sample.groundplan.dev",),
    ),
    Bad(
        "GP-VAL-138",
        change(WebAcl, "cdn", rate_limit=RateLimit(priority=77, limit=9)),
        "web_acl.cdn",
        ("limits to 9 requests in 300 seconds", "10 or more"),
    ),
    Bad(
        "GP-VAL-135",
        change(DatabaseInstance, "main", multi_az=False, availability_zone="ap-south-1c"),
        "database_instance.main",
        ("ap-south-1c, and its subnets are in ap-south-1a and ap-south-1b",),
        also=("GP-REL-001",),
    ),
)
GOOD = (
    Good("GP-VAL-122", change(Key, "data", policy=PolicyDocument((PUTS_POLICY,)))),
    Good("GP-VAL-123", change(LogGroup, "api", kms_key=None)),
    Good("GP-VAL-124", change(LoadBalancer, "main", access_log_bucket=None)),
    Good(
        "GP-VAL-125",
        change(
            Role,
            "api-execution",
            inline_policies=(),
            managed_policy_arns=("arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",),
        ),
    ),
    Good("GP-VAL-126", password(8)),
    Good("GP-VAL-127", change(NodeGroup, "general", version="1.32")),
    Good("GP-VAL-128", copy(ClusterAddon, "vpc-cni", name="other", addon_name="other")),
    Good("GP-VAL-129", change(Schedule, "nightly", maximum_retry_attempts=185, task_count=10)),
    Good("GP-VAL-130", scheduled("cron(0/30 9-17 ? * MON-FRI *)")),
    Good("GP-VAL-130", scheduled("at(2026-12-24T18:00:00)")),
    Good("GP-VAL-131", change(SamplingRule, "main", fixed_rate=Decimal(1), reservoir_size=0, priority=9_999)),
    Good("GP-VAL-132", change(AccountPasswordPolicy, "main", max_password_age=1_095, password_reuse_prevention=None)),
    Good("GP-VAL-133", change(RestApiMethod, "api_root", timeout=50)),
    Good("GP-VAL-134", change(DatabaseInstance, "main", ca_certificate_identifier="rds-ca-ecc384-g1")),
    Good("GP-VAL-135", change(DatabaseInstance, "main", multi_az=False, availability_zone="ap-south-1b")),
    Good("GP-VAL-136", copy(DnsRecord, "api", "A", key="other", record_name="other.example.com")),
    Good("GP-VAL-137", change(HealthCheck, "app", failure_threshold=10)),
    Good("GP-VAL-138", change(WebAcl, "cdn", rate_limit=RateLimit(priority=77, limit=10, window=60))),
    Good("GP-VAL-139", five_targets),
    Good("GP-VAL-140", change(Alarm, "errors", description="x" * 1_024)),
    Good("GP-VAL-141", change(Certificate, "api", subject_alternative_names=NAMES)),
    Good("GP-VAL-142", change(Subnet, "public", "a", cidr_block=IPv4Network("10.0.0.0/27"))),
    Good("GP-VAL-143", change_container("worker", environment={"LONG": "x" * 60_000})),
)


@pytest.mark.parametrize("case", BAD, ids=identify)
def test_finds_the_fault(case: Bad) -> None:
    case.check()


@pytest.mark.parametrize("case", GOOD, ids=identify)
def test_leaves_the_neighbour_alone(case: Good) -> None:
    case.check()
