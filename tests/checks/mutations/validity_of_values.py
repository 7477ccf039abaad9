"""A fault for each rule of validity that is about a single value, or about two that go together."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from ipaddress import IPv4Network

from tests.checks.mutations.mutation import Mutation, change, container, plant, twin, with_more
from tests.checks.planting import with_fields

from groundplan.checks.wording import spelled
from groundplan.resources import Architecture, Resource
from groundplan.resources.account import AccountPasswordPolicy
from groundplan.resources.containers import Container, EcsService, TaskDefinition
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.delivery import CachePolicy, Distribution
from groundplan.resources.dns import DnsRecord, HealthCheck
from groundplan.resources.edge import (
    Certificate,
    Forward,
    Listener,
    ListenerRule,
    LoadBalancer,
    TargetGroup,
    WeightedForward,
    WeightedTargetGroup,
)
from groundplan.resources.events import EventRule
from groundplan.resources.files import AccessPoint, MountTarget
from groundplan.resources.firewall import WebAcl
from groundplan.resources.gateway import RestApiMethod
from groundplan.resources.governance import BackupPlan
from groundplan.resources.kubernetes import ClusterAddon, NodeGroup
from groundplan.resources.messaging import Queue
from groundplan.resources.monitoring import Alarm, Budget, LogGroup
from groundplan.resources.network import (
    NetworkAcl,
    Route,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    Vpc,
    VpcEndpoint,
)
from groundplan.resources.policies import InlinePolicy, PolicyDocument, Statement
from groundplan.resources.schedules import ApiSchedule, Schedule
from groundplan.resources.security import Key, Role, Secret
from groundplan.resources.storage import BucketPolicy
from groundplan.resources.tracing import SamplingRule

LOGS = "arn:aws:logs:eu-west-1:123456789012:log-group"


def another_vpc(architecture: Architecture, balancer: LoadBalancer) -> Architecture:
    first = architecture.of(Vpc)[0]
    vpc = replace(first, name="planted", cidr_block=IPv4Network("10.250.0.0/16"))
    group = SecurityGroup(
        name="planted", concern="network", vpc=vpc.ref, group_name="planted", description="Planted",
        tags={"Name": "planted"},
    )  # fmt: skip
    more = with_more(architecture, vpc, group)
    return more.changed(more[balancer.ref], security_groups=(*balancer.security_groups, group.ref))


def same_number(architecture: Architecture, acl: NetworkAcl) -> object:
    return (*acl.rules, with_fields(acl.rules[0], {}))


def trusts_another(architecture: Architecture, task: TaskDefinition) -> Architecture:
    """A role of its own, which ECS may not take."""
    role = architecture[task.execution_role]
    service = with_fields(role.trust.statements[0].principals[0], {"identifiers": ("lambda.amazonaws.com",)})
    trust = PolicyDocument((with_fields(role.trust.statements[0], {"principals": (service,)}),))
    planted = replace(role, name="planted", role_name="planted", trust=trust)
    more = with_more(architecture, planted)
    return more.changed(more[task.ref], execution_role=planted.ref)


def too_long(architecture: Architecture, role: Role) -> object:
    first = role.inline_policies[0]
    long = Statement(
        actions=("logs:PutLogEvents",),
        resources=tuple(
            f"arn:aws:logs:eu-west-1:123456789012:log-group:/planted/{number}:log-stream:planted"
            for number in range(200)
        ),
    )
    return (*role.inline_policies, replace_policy(first, long))


def replace_policy(policy: object, statement: Statement) -> object:
    return with_fields(policy, {"policy_name": "planted", "document": PolicyDocument((statement,))})


def has_policies(architecture: Architecture, role: Role) -> bool:
    return bool(role.inline_policies)


def without_certificate_for_it(architecture: Architecture, distribution: Distribution) -> object:
    return (*distribution.aliases, "planted.groundplan.dev")


def same_alias(architecture: Architecture, distribution: Distribution) -> Architecture | None:
    others = [item for item in architecture.of(Distribution) if item is not distribution]
    if not distribution.aliases:
        return None
    if others:
        fields = {"aliases": distribution.aliases, "certificate": distribution.certificate}
        return architecture.changed(others[0], **fields)
    return with_more(architecture, replace(distribution, name="planted"))


def a_second_balancer(architecture: Architecture, listener: Listener) -> Architecture | None:
    """Another load balancer whose only listener forwards to the first one's target group."""
    groups = [
        item.target_group for item in (r.action for r in architecture.of(ListenerRule)) if isinstance(item, Forward)
    ]
    if isinstance(listener.default_action, Forward):
        groups.insert(0, listener.default_action.target_group)
    if not groups:
        return None
    balancer = replace(
        architecture[listener.load_balancer], name="planted", load_balancer_name="planted", scheme="internal"
    )
    second = replace(listener, name="planted", load_balancer=balancer.ref, default_action=Forward(groups[0]))
    return with_more(architecture, balancer, second)


def all_weights_nothing(architecture: Architecture, rule: ListenerRule) -> object:
    assert isinstance(rule.action, WeightedForward)
    return WeightedForward(tuple(WeightedTargetGroup(item.target_group, 0) for item in rule.action.target_groups))


def kept_too_long(architecture: Architecture, plan: BackupPlan) -> object:
    return tuple(replace(rule, delete_after_days=40_000) for rule in plan.rules)


def too_hasty(architecture: Architecture, plan: BackupPlan) -> object:
    return tuple(replace(rule, start_window_minutes=30) for rule in plan.rules)


def told_twice(architecture: Architecture, budget: Budget) -> object:
    return (*budget.notifications, budget.notifications[0])


def nobody_administers(architecture: Architecture, key: Key) -> object:
    kept = [item for item in key.policy.statements if not any(who.type == "AWS" for who in item.principals)]
    return PolicyDocument(tuple(kept))


def without_the_logs(architecture: Architecture, key: Key) -> Architecture | None:
    kept = tuple(
        item
        for item in key.policy.statements
        if not any(spelled(part).startswith("logs.") for who in item.principals for part in who.identifiers)
    )
    if kept == key.policy.statements or not any(group.kms_key == key.ref for group in architecture.of(LogGroup)):
        return None
    return architecture.changed(key, policy=PolicyDocument(kept))


def for_the_balancer(architecture: Architecture, policy: BucketPolicy) -> bool:
    return any(item.access_log_bucket == policy.bucket for item in architecture.of(LoadBalancer))


def without_delivery(architecture: Architecture, policy: BucketPolicy) -> object:
    return PolicyDocument(
        tuple(
            item
            for item in policy.policy.statements
            if not any("elasticloadbalancing" in repr(part) for who in item.principals for part in who.identifiers)
        )
    )


def may_not_pull(architecture: Architecture, task: TaskDefinition) -> Architecture:
    role = architecture[task.execution_role]

    def without_pulling(policy: InlinePolicy) -> InlinePolicy:
        statements = policy.document.statements
        left = tuple(item for item in statements if not any(action.startswith("ecr:") for action in item.actions))
        return InlinePolicy(policy.policy_name, PolicyDocument(left))

    policies = tuple(map(without_pulling, role.inline_policies))
    return architecture.changed(role, inline_policies=policies, managed_policy_arns=())


def is_a_password(architecture: Architecture, secret: Secret) -> bool:
    given = [item.master_password for item in architecture.of(DatabaseInstance)]
    return secret.generate is not None and any(value is not None and value.secret == secret.ref for value in given)


def too_short(architecture: Architecture, secret: Secret) -> object:
    return with_fields(secret.generate, {"length": 6})


def newer_nodes(architecture: Architecture, group: NodeGroup) -> str:
    return "1.99"


def more_rules_of_one_priority(architecture: Architecture, acl: WebAcl) -> object:
    first = acl.managed_rule_groups[0]
    return (*acl.managed_rule_groups, with_fields(first, {"group_name": "AWSManagedRulesLinuxRuleSet"}))


def named_twice(architecture: Architecture, certificate: Certificate) -> object:
    return tuple(f"planted-{number}.groundplan.dev" for number in range(11))


def too_small(architecture: Architecture, balancer: LoadBalancer) -> Architecture:
    subnet = architecture[balancer.subnets[0]]
    smallest = next(iter(subnet.cidr_block.subnets(new_prefix=28)))
    return architecture.changed(subnet, cidr_block=smallest)


def many(first: Container) -> dict[str, str]:
    return {**{name: str(value) for name, value in first.environment.items()}, "PLANTED": "x" * 70_000}


def is_alone(architecture: Architecture, resource: Resource) -> bool:
    return not architecture.dependents.get(resource.ref)


def has_groups(architecture: Architecture, acl: WebAcl) -> bool:
    return bool(acl.managed_rule_groups)


def forwards(architecture: Architecture, listener: Listener) -> bool:
    return listener.protocol == "HTTPS"


UNRECORDED = {"GP-SEC-017": "nothing records the traffic of the second VPC"}
NOT_DELEGATED = {"GP-SEC-073": "what roles may do with the key then counts for nothing"}
NO_ENDPOINT = {"GP-COST-008": "S3 is then reached through the NAT gateway"}

MUTATIONS: tuple[Mutation, ...] = (
    change("GP-VAL-100", Queue, visibility_timeout=50_000),
    change("GP-VAL-101", TargetGroup, deregistration_delay=3_601),
    plant(
        "GP-VAL-102", LoadBalancer, another_vpc, also={"GP-SEC-017": "nothing records the traffic of the second VPC"}
    ),
    change(
        "GP-VAL-103", VpcEndpoint, where=lambda _, item: bool(item.route_tables), service="ecr.api", also=NO_ENDPOINT
    ),
    change("GP-VAL-104", Vpc, enable_dns_support=False, enable_dns_hostnames=False),
    change("GP-VAL-105", NetworkAcl, rules=same_number),
    twin("GP-VAL-106", Route),
    plant("GP-VAL-107", TaskDefinition, trusts_another),
    change("GP-VAL-108", Role, where=has_policies, inline_policies=too_long),
    change("GP-VAL-109", SecurityGroupRule, description="Für alle"),
    change(
        "GP-VAL-110",
        EcsService,
        where=lambda _, item: not item.load_balancers,
        health_check_grace_period=60,
    ),
    change("GP-VAL-111", Distribution, where=lambda _, item: bool(item.aliases), aliases=without_certificate_for_it),
    plant("GP-VAL-112", Distribution, same_alias, also={"GP-OPS-063": "the second distribution writes no logs"}),
    change("GP-VAL-113", CachePolicy, max_ttl=lambda _, item: item.default_ttl - 1),
    plant("GP-VAL-114", Listener, a_second_balancer, where=forwards),
    change(
        "GP-VAL-115",
        ListenerRule,
        where=lambda _, item: isinstance(item.action, WeightedForward),
        action=all_weights_nothing,
    ),
    twin("GP-VAL-116", MountTarget),
    change("GP-VAL-117", AccessPoint, permissions="rwx"),
    change("GP-VAL-118", BackupPlan, rules=kept_too_long),
    change("GP-VAL-119", BackupPlan, rules=too_hasty),
    change("GP-VAL-120", Budget, notifications=told_twice),
    change("GP-VAL-121", Role, max_session_duration=60),
    change("GP-VAL-122", Key, policy=nobody_administers, also=NOT_DELEGATED),
    plant("GP-VAL-123", Key, without_the_logs),
    change("GP-VAL-124", BucketPolicy, where=for_the_balancer, policy=without_delivery),
    plant("GP-VAL-125", TaskDefinition, may_not_pull),
    change("GP-VAL-126", Secret, where=is_a_password, generate=too_short),
    change("GP-VAL-127", NodeGroup, version=newer_nodes),
    twin("GP-VAL-128", ClusterAddon),
    change("GP-VAL-129", Schedule, maximum_retry_attempts=200),
    change("GP-VAL-130", ApiSchedule, schedule_expression="every night"),
    change("GP-VAL-131", SamplingRule, fixed_rate=Decimal(2)),
    change("GP-VAL-132", AccountPasswordPolicy, max_password_age=2_000),
    change("GP-VAL-133", RestApiMethod, timeout=30_000),
    change("GP-VAL-134", DatabaseInstance, ca_certificate_identifier="rds-ca-2019"),
    change(
        "GP-VAL-135",
        DatabaseInstance,
        where=lambda architecture, item: item.multi_az and item.source is None,
        availability_zone=lambda architecture, item: architecture.of(Subnet)[0].availability_zone,
    ),
    twin("GP-VAL-136", DnsRecord),
    change("GP-VAL-137", HealthCheck, resource_path="health"),
    change(
        "GP-VAL-138",
        WebAcl,
        where=lambda _, i: bool(i.managed_rule_groups),
        managed_rule_groups=more_rules_of_one_priority,
    ),
    change("GP-VAL-139", EventRule, targets=()),
    change("GP-VAL-140", Alarm, description="x" * 1_025),
    change("GP-VAL-141", Certificate, subject_alternative_names=named_twice),
    plant("GP-VAL-142", LoadBalancer, too_small),
    container("GP-VAL-143", environment=many),
)
