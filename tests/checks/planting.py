"""A clean architecture, and ways to plant faults in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import TypeVar

from tests.engines.samples import sample_architecture

from groundplan.checks import Finding, run
from groundplan.resources import Architecture, Resource
from groundplan.resources.containers import Container, EcsService, TaskDefinition
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance
from groundplan.resources.files import FileSystem
from groundplan.resources.messaging import Queue
from groundplan.resources.monitoring import Alarm, LogGroup, Metric, Topic
from groundplan.resources.policies import Condition, InlinePolicy, PolicyDocument, Principal, Statement
from groundplan.resources.security import Key, Role, Secret
from groundplan.resources.storage import Bucket, BucketLifecycleRule, BucketPolicy
from groundplan.resources.values import Ref, Textual, text

DATA_KEY = Ref(Key, "data")
T = TypeVar("T")
R = TypeVar("R", bound=Resource)
Planting = Callable[[Architecture], Architecture]


@cache
def clean() -> Architecture:
    """The sample architecture with everything mended that the checks rightly find in it."""
    logs = Ref(Bucket, "logs")
    abort = BucketLifecycleRule(id="abort", abort_incomplete_multipart_upload_days=7)
    log_rules = get(sample_architecture(), Bucket, "logs").lifecycle_rules
    log_statements = get(sample_architecture(), BucketPolicy, "logs").policy.statements
    monitored = {"monitoring_interval": 60, "monitoring_role": Ref(Role, "database-monitoring")}
    return together(
        change(
            DatabaseInstance, "reports", multi_az=True, backup_retention_period=7, deletion_protection=True,
            skip_final_snapshot=False, final_snapshot_identifier="sample-production-reports-final",
            max_allocated_storage=40, enabled_cloudwatch_logs_exports=("postgresql",),
            performance_insights_enabled=True, **monitored,
        ),
        change(DatabaseInstance, "main-replica", "1", **monitored),
        change(
            DatabaseInstance, "elsewhere", performance_insights_enabled=True, performance_insights_retention_period=7,
            **monitored,
        ),
        change(EcsService, "worker", desired_count=2),
        change_container("worker", readonly_root_filesystem=True),
        change(Secret, "payment-key", kms_key=DATA_KEY),
        change(LogGroup, "flow-logs", kms_key=Ref(Key, "logs")),
        more_rights("api-execution", "secretsmanager:GetSecretValue", on=Ref(Secret, "database").arn),
        more_rights("api", "kms:Decrypt", "kms:GenerateDataKey", on=DATA_KEY.arn),
        change(FileSystem, "scratch", automatic_backups=True),
        change(Bucket, "uploads", lifecycle_rules=(abort,)),
        change(Bucket, "logs", lifecycle_rules=(*log_rules, abort)),
        change(BucketPolicy, "logs", policy=PolicyDocument((*log_statements, only_tls(logs)))),
        add(
            alarm("database", "AWS/RDS", "DBInstanceIdentifier", Ref(DatabaseInstance, "main").attribute("id")),
            alarm("reports", "AWS/RDS", "DBInstanceIdentifier", Ref(DatabaseInstance, "reports").attribute("id")),
            alarm("elsewhere", "AWS/RDS", "DBInstanceIdentifier", Ref(DatabaseInstance, "elsewhere").attribute("id")),
            alarm(
                "replica", "AWS/RDS", "DBInstanceIdentifier", Ref(DatabaseInstance, "main-replica", "1").attribute("id")
            ),
            alarm(
                "cache", "AWS/ElastiCache", "CacheClusterId",
                text(Ref(CacheReplicationGroup, "sessions").attribute("id"), "-001"),
            ),
            alarm(
                "catalogue", "AWS/ElastiCache", "CacheClusterId",
                text(Ref(CacheReplicationGroup, "catalogue").attribute("id"), "-0001-001"),
            ),
            *(
                alarm(queue, "AWS/SQS", "QueueName", Ref(Queue, queue).attribute("name"))
                for queue in ("emails-dead-letters", "orders-dead-letters", "jobs-not-started")
            ),
            alarm("worker", "AWS/ECS", "ServiceName", Ref(EcsService, "worker").attribute("name")),
        ),
    )(sample_architecture())  # fmt: skip


def with_fields(value: T, fields: Mapping[str, object]) -> T:
    """The same value with other fields, named at run time."""
    return replace(value, **fields)  # type: ignore[type-var]  # fields differ by kind


def get(architecture: Architecture, kind: type[R], name: str, key: str | None = None) -> R:
    """The resource, which has to be there."""
    found = architecture.find(kind, name, key)
    assert found is not None, f"the sample has no {kind.kind_name()}.{name}"
    return found


def change(kind: type[Resource], name: str, key: str | None = None, /, **fields: object) -> Planting:
    """Change fields of a resource."""
    return lambda architecture: architecture.changed(get(architecture, kind, name, key), **fields)


def change_container(task: str, **fields: object) -> Planting:
    """Change fields of the first container of a task definition."""

    def planted(architecture: Architecture) -> Architecture:
        definition = get(architecture, TaskDefinition, task)
        first: Container = with_fields(definition.containers[0], fields)
        return architecture.changed(definition, containers=(first, *definition.containers[1:]))

    return planted


def more_rights(role: str, *actions: str, on: Textual, conditions: tuple[Condition, ...] = ()) -> Planting:
    """Give a role one more policy, called ``more``."""

    def planted(architecture: Architecture) -> Architecture:
        found = get(architecture, Role, role)
        statement = Statement(actions=actions, resources=(on,), conditions=conditions)
        more = InlinePolicy("more", PolicyDocument((statement,)))
        return architecture.changed(found, inline_policies=(*found.inline_policies, more))

    return planted


def less_rights(role: str, action: str) -> Planting:
    """Take an action out of every policy of a role."""

    def planted(architecture: Architecture) -> Architecture:
        found = get(architecture, Role, role)
        policies = tuple(
            InlinePolicy(policy.policy_name, PolicyDocument(tuple(_without(policy.document, action))))
            for policy in found.inline_policies
        )
        return architecture.changed(found, inline_policies=policies)

    return planted


def _without(document: PolicyDocument, action: str) -> Iterator[Statement]:
    for statement in document.statements:
        left = tuple(allowed for allowed in statement.actions if allowed != action)
        if left:
            yield replace(statement, actions=left)


def add(*resources: Resource) -> Planting:
    """Add resources."""
    return lambda architecture: architecture.with_resources((*architecture.resources, *resources))


def copy(kind: type[Resource], name: str, key: str | None = None, /, **fields: object) -> Planting:
    """Add a copy of a resource with other fields; ``name`` or ``key`` has to be one of them."""

    def planted(architecture: Architecture) -> Architecture:
        return add(with_fields(get(architecture, kind, name, key), fields))(architecture)

    return planted


def remove(kind: type[Resource], name: str, key: str | None = None) -> Planting:
    """Take a resource away."""
    return lambda architecture: architecture.with_resources(
        resource for resource in architecture.resources if resource.ref != Ref(kind, name, key)
    )


def together(*plantings: Planting) -> Planting:
    """One after the other."""

    def planted(architecture: Architecture) -> Architecture:
        for planting in plantings:
            architecture = planting(architecture)
        return architecture

    return planted


def alarm(name: str, namespace: str, dimension: str, value: Textual) -> Alarm:
    """An alarm on the CPU of something."""
    return Alarm(
        name=name,
        concern="monitoring",
        alarm_name=f"sample-production-{name}",
        description=f"CPU of {name}",
        metric=Metric(namespace=namespace, metric_name="CPUUtilization", dimensions={dimension: value}),
        comparison_operator="GreaterThanThreshold",
        threshold=Decimal(80),
        period=300,
        evaluation_periods=1,
        datapoints_to_alarm=1,
        actions=(Ref(Topic, "alerts"),),
    )


def only_tls(bucket: Ref[Bucket]) -> Statement:
    """Denies requests without TLS."""
    return Statement(
        sid="OnlyTls",
        effect="Deny",
        principals=(Principal("*", ("*",)),),
        actions=("s3:*",),
        resources=(bucket.arn, text(bucket.arn, "/*")),
        conditions=(Condition(operator="Bool", key="aws:SecureTransport", values=("false",)),),
    )


@dataclass(frozen=True)
class Bad:
    """A fault, and what the rule has to say of it."""

    rule: str
    planting: Planting
    at: str
    """Address of the resource that the finding names."""
    says: tuple[str, ...]
    """What the message holds: the value found, the value that would be right."""
    also: tuple[str, ...] = ()
    """Other rules that the same fault rightly breaks."""

    def check(self) -> None:
        """Exactly this rule speaks, of this resource, and says what is right."""
        findings = run(self.planting(clean())).findings
        assert {finding.rule for finding in findings} == {self.rule, *self.also}, _shown(findings)
        mine = [finding for finding in findings if finding.rule == self.rule]
        assert [finding.resource for finding in mine] == [self.at], _shown(findings)
        for part in self.says:
            assert part in mine[0].message


@dataclass(frozen=True)
class Good:
    """Something near the border that the rule must not speak of."""

    rule: str
    planting: Planting

    def check(self) -> None:
        """The rule is silent."""
        findings = run(self.planting(clean())).findings
        assert [finding for finding in findings if finding.rule == self.rule] == []


def _shown(findings: tuple[Finding, ...]) -> str:
    return "\n".join(f"{finding.rule} {finding.message}" for finding in findings)


def identify(case: object) -> str:
    """A test's name: the rule and whether it has to speak."""
    assert isinstance(case, Bad | Good)
    return f"{case.rule}-{type(case).__name__.lower()}"
