"""Values that AWS refuses, each by itself: a fault that each rule finds, and the last value that it lets pass."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network

import pytest
from tests.checks.mutations.planted import planted_by
from tests.checks.mutations.validity_of_values import MUTATIONS
from tests.checks.planting import (
    Bad,
    Good,
    Planting,
    change,
    copy,
    get,
    identify,
    remove,
    together,
    with_fields,
)

from groundplan.resources import Architecture
from groundplan.resources.containers import EcsService
from groundplan.resources.delivery import CachePolicy, Distribution
from groundplan.resources.edge import Certificate, Listener, ListenerRule, TargetGroup, WeightedForward
from groundplan.resources.files import AccessPoint, MountTarget
from groundplan.resources.governance import BackupPlan, BackupVault
from groundplan.resources.messaging import Queue
from groundplan.resources.monitoring import Budget, BudgetNotification
from groundplan.resources.network import NetworkAcl, Route, SecurityGroup, Vpc, VpcEndpoint
from groundplan.resources.policies import PolicyDocument, Principal, Statement
from groundplan.resources.security import Role
from groundplan.resources.values import Ref

SERVICES = Principal("Service", ("lambda.amazonaws.com", "ecs-tasks.amazonaws.com"))
BOTH = PolicyDocument((Statement(actions=("sts:AssumeRole",), principals=(SERVICES,)),))
TEN = tuple(
    BudgetNotification(notification_type="ACTUAL", threshold_percent=10 * number, emails=("a@example.com",))
    for number in range(1, 11)
)


def last_number(architecture: Architecture) -> Architecture:
    acl = get(architecture, NetworkAcl, "database")
    return architecture.changed(acl, rules=(with_fields(acl.rules[0], {"number": 32_766}), *acl.rules[1:]))


def windows(start: int, end: int) -> Planting:
    def planted(architecture: Architecture) -> Architecture:
        plan = get(architecture, BackupPlan, "main")
        rules = tuple(replace(rule, start_window_minutes=start, completion_window_minutes=end) for rule in plan.rules)
        return architecture.changed(plan, rules=rules)

    return planted


def one_heavy(architecture: Architecture) -> Architecture:
    rule = get(architecture, ListenerRule, "shop")
    assert isinstance(rule.action, WeightedForward)
    first, second = rule.action.target_groups
    heavy = WeightedForward((with_fields(first, {"weight": 999}), with_fields(second, {"weight": 0})))
    return architecture.changed(rule, action=heavy)


BAD = (
    Bad(
        "GP-VAL-100",
        planted_by(MUTATIONS, "GP-VAL-100"),
        "queue.emails-dead-letters",
        (
            "has visibility_timeout 50000",
            "0 to 43200 seconds are right",
        ),
    ),
    Bad(
        "GP-VAL-101",
        planted_by(MUTATIONS, "GP-VAL-101"),
        "target_group.api",
        (
            "has deregistration_delay 3601",
            "0 to 3600 is right",
        ),
    ),
    Bad(
        "GP-VAL-102",
        planted_by(MUTATIONS, "GP-VAL-102"),
        "load_balancer.main",
        (
            "has subnets and security groups in vpc.main and vpc.planted",
            "one is right",
        ),
        also=("GP-SEC-017",),
    ),
    Bad(
        "GP-VAL-103",
        planted_by(MUTATIONS, "GP-VAL-103"),
        "vpc_endpoint.s3",
        (
            "is a gateway endpoint for ecr.api",
            "one for s3 or dynamodb is right",
        ),
        also=("GP-COST-008",),
    ),
    Bad(
        "GP-VAL-104",
        planted_by(MUTATIONS, "GP-VAL-104"),
        "vpc.main",
        (
            "has enable_dns_support false",
            "true is right",
        ),
    ),
    Bad(
        "GP-VAL-105",
        planted_by(MUTATIONS, "GP-VAL-105"),
        "network_acl.database",
        (
            "has 2 ingress entries with number 100",
            "one is right",
        ),
    ),
    Bad(
        "GP-VAL-106",
        planted_by(MUTATIONS, "GP-VAL-106"),
        "route.planted[a]",
        (
            "leads to 0.0.0.0/0, as route.private[a] of the table",
            "one is right",
        ),
    ),
    Bad(
        "GP-VAL-107",
        planted_by(MUTATIONS, "GP-VAL-107"),
        "task_definition.api",
        (
            "takes role.planted, which does not trust ecs-tasks.amazonaws.com",
            "it has to",
        ),
    ),
    Bad(
        "GP-VAL-108",
        planted_by(MUTATIONS, "GP-VAL-108"),
        "role.flow-logs",
        (
            "has about 16254 characters of all inline policies of a role, without w",
            "10240 is the most",
        ),
    ),
    Bad(
        "GP-VAL-109",
        planted_by(MUTATIONS, "GP-VAL-109"),
        "security_group_rule.alb-from-world-80",
        (
            'has the description "Für alle"',
            "up to 255 of a-z, A-Z, 0-9 and ._-:/()#,@[]+=&;{}!$* are rig",
        ),
    ),
    Bad(
        "GP-VAL-110",
        planted_by(MUTATIONS, "GP-VAL-110"),
        "ecs_service.worker",
        (
            "has health_check_grace_period 60 and no load balancer",
            "none is right",
        ),
    ),
    Bad(
        "GP-VAL-111",
        planted_by(MUTATIONS, "GP-VAL-111"),
        "distribution.website",
        (
            "has planted.groundplan.dev, for which certificate.website is not",
            "it has to be",
        ),
    ),
    Bad(
        "GP-VAL-112",
        planted_by(MUTATIONS, "GP-VAL-112"),
        "distribution.plain",
        (
            "has the alias www.sample.groundplan.dev, which distribution.website ha",
            "an alias of its own is right",
        ),
        also=("GP-SEC-060",),
    ),
    Bad(
        "GP-VAL-113",
        planted_by(MUTATIONS, "GP-VAL-113"),
        "cache_policy.website",
        (
            "has min_ttl, default_ttl, max_ttl 10, 86400, 86399",
            "rising ones are right",
        ),
    ),
    Bad(
        "GP-VAL-114",
        planted_by(MUTATIONS, "GP-VAL-114"),
        "listener.planted",
        (
            "forwards to target_group.api, which load_balancer.main has",
            "a group of its own is right",
        ),
    ),
    Bad(
        "GP-VAL-115",
        planted_by(MUTATIONS, "GP-VAL-115"),
        "listener_rule.shop",
        (
            "divides requests by 0 and 0",
            "up to 5 weights of 0 to 999, not all 0, are right",
        ),
    ),
    Bad(
        "GP-VAL-116",
        planted_by(MUTATIONS, "GP-VAL-116"),
        "mount_target.planted[a]",
        (
            "is in ap-south-1a, where mount_target.shared[a] is",
            "one in each zone is right",
        ),
    ),
    Bad(
        "GP-VAL-117",
        planted_by(MUTATIONS, "GP-VAL-117"),
        "access_point.shared",
        (
            "has permissions rwx",
            "octal ones like 0750 are right",
        ),
    ),
    Bad(
        "GP-VAL-118",
        planted_by(MUTATIONS, "GP-VAL-118"),
        "backup_plan.main",
        (
            "keeps backups in backup_vault.main for 40000 days",
            "35 to 70 days are right",
        ),
    ),
    Bad(
        "GP-VAL-119",
        planted_by(MUTATIONS, "GP-VAL-119"),
        "backup_plan.main",
        (
            "has start_window_minutes 30 and completion_window_minutes 720 in daily",
            "60 or more, and 60 more than that, are right",
        ),
    ),
    Bad(
        "GP-VAL-120",
        planted_by(MUTATIONS, "GP-VAL-120"),
        "budget.monthly",
        (
            "tells 2 times of ACTUAL 80 percent",
            "once is right",
        ),
    ),
    Bad(
        "GP-VAL-121",
        planted_by(MUTATIONS, "GP-VAL-121"),
        "role.flow-logs",
        (
            "has max_session_duration 60",
            "3600 to 43200 seconds is right",
        ),
    ),
    Bad(
        "GP-VAL-103",
        change(VpcEndpoint, "ecr-api", security_groups=()),
        "vpc_endpoint.ecr-api",
        ("lacks subnets or security_groups",),
    ),
)
GOOD = (
    Good("GP-VAL-100", change(Queue, "emails", visibility_timeout=43_200, delay_seconds=900)),
    Good("GP-VAL-101", change(TargetGroup, "api", deregistration_delay=3_600)),
    Good(
        "GP-VAL-102",
        change(EcsService, "api", security_groups=(Ref(SecurityGroup, "api"), Ref(SecurityGroup, "cache"))),
    ),
    Good("GP-VAL-103", copy(VpcEndpoint, "s3", name="dynamodb", service="dynamodb")),
    Good(
        "GP-VAL-104",
        together(
            change(Vpc, "main", enable_dns_hostnames=False), change(VpcEndpoint, "ecr-api", private_dns_enabled=None)
        ),
    ),
    Good("GP-VAL-105", last_number),
    Good("GP-VAL-106", copy(Route, "private", "a", name="other", destination_cidr_block=IPv4Network("192.0.2.0/24"))),
    Good("GP-VAL-107", change(Role, "api-execution", trust=BOTH)),
    Good("GP-VAL-108", change(Role, "api", managed_policy_arns=("arn:aws:iam::aws:policy/ReadOnlyAccess",) * 10)),
    Good("GP-VAL-109", change(SecurityGroup, "api", description="Tasks: api (tcp/3000) [a-z], 50 & more")),
    Good("GP-VAL-110", change(EcsService, "worker", health_check_grace_period=None)),
    Good(
        "GP-VAL-111",
        together(
            change(Certificate, "website", subject_alternative_names=("*.groundplan.dev",)),
            change(Distribution, "website", aliases=("www.sample.groundplan.dev", "shop.groundplan.dev")),
        ),
    ),
    Good("GP-VAL-112", change(Distribution, "plain", aliases=("other.groundplan.dev",))),
    Good("GP-VAL-113", change(CachePolicy, "website", min_ttl=0, default_ttl=0, max_ttl=0)),
    Good("GP-VAL-114", copy(Listener, "https", name="second", port=8_444)),
    Good("GP-VAL-115", one_heavy),
    Good("GP-VAL-116", remove(MountTarget, "shared", "b")),
    Good("GP-VAL-117", change(AccessPoint, "shared", path="/a/b/c/d", permissions="755", uid=2**32 - 1)),
    Good("GP-VAL-118", change(BackupVault, "main", min_retention_days=35, max_retention_days=36_500)),
    Good("GP-VAL-119", windows(60, 120)),
    Good("GP-VAL-120", change(Budget, "monthly", notifications=TEN)),
    Good("GP-VAL-121", change(Role, "api", max_session_duration=43_200)),
)


@pytest.mark.parametrize("case", BAD, ids=identify)
def test_finds_the_fault(case: Bad) -> None:
    case.check()


@pytest.mark.parametrize("case", GOOD, ids=identify)
def test_leaves_the_neighbour_alone(case: Good) -> None:
    case.check()
