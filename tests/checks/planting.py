"""A clean architecture, and ways to plant faults in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import TypeVar

from tests.checks.reachable import mended
from tests.engines.samples import sample_architecture

from groundplan.checks import Finding, all_rules, run
from groundplan.resources import Architecture, Resource
from groundplan.resources.containers import Container, ContainerHealthCheck, EcsService, TaskDefinition
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance, Table
from groundplan.resources.delivery import Distribution, LogDelivery, LogDeliverySource
from groundplan.resources.dns import HealthCheck
from groundplan.resources.files import FileSystem
from groundplan.resources.firewall import ManagedRuleGroup, WebAcl, WebAclLogging
from groundplan.resources.messaging import Queue
from groundplan.resources.monitoring import Alarm, LogGroup, Metric, Topic, TopicPolicy
from groundplan.resources.policies import Condition, InlinePolicy, PolicyDocument, Principal, Statement
from groundplan.resources.security import Key, Role, Secret, SecretRotation
from groundplan.resources.storage import Bucket, BucketLifecycleRule, BucketPolicy
from groundplan.resources.values import Pseudo, Ref, Textual, text

DATA_KEY = Ref(Key, "data")
REACHABILITY = ("GP-SEC-09", "GP-REL-09")
"""What rules about who reaches whom are called. They rightly speak of whatever a fault in the network leads to."""
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
    copied = get(sample_architecture(), Bucket, "uploads").replication
    rotated = SecretRotation(
        name="database",
        concern="databases",
        secret=Ref(Secret, "database").attribute("id"),
        automatically_after_days=30,
    )
    monitored = {"monitoring_interval": 60, "monitoring_role": Ref(Role, "database-monitoring")}
    return together(
        mended,
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
        *(change(LogGroup, group.name, retention_in_days=365) for group in sample_architecture().of(LogGroup)),
        *(change(Bucket, bucket, replication=copied) for bucket in ("backups", "website")),
        change(
            WebAcl, "cdn",
            managed_rule_groups=(ManagedRuleGroup(group_name="AWSManagedRulesKnownBadInputsRuleSet", priority=10),),
        ),
        change(Bucket, "uploads", lifecycle_rules=(abort,)),
        change(Bucket, "logs", lifecycle_rules=(*log_rules, abort)),
        change(BucketPolicy, "logs", policy=PolicyDocument((*log_statements, only_tls(logs)))),
        add(
            rotated,
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
        *_thrift_and_delivery(),
    )(sample_architecture())  # fmt: skip


def _only_for_this_account(architecture: Architecture) -> Architecture:
    """Alarms of other accounts have no business with the key of the logs."""
    key = get(architecture, Key, "logs")
    ours = Condition(operator="StringEquals", key="aws:SourceAccount", values=(Pseudo.ACCOUNT_ID,))
    statements = (replace(item, conditions=(ours,)) if item.sid == "Alarms" else item for item in key.policy.statements)
    return architecture.changed(key, policy=PolicyDocument(tuple(statements)))


def _thrift_and_delivery() -> Iterator[Planting]:
    """What the rules about cost, delivery and the last details find in the sample."""
    yield change(DatabaseInstance, "main", instance_class="db.t4g.medium")
    yield change(DatabaseInstance, "main-replica", "1", instance_class="db.t4g.medium")
    yield change(DatabaseInstance, "elsewhere", instance_class="db.t4g.medium")
    yield change(DatabaseInstance, "reports", instance_class="db.t4g.medium")
    yield change(CacheReplicationGroup, "sessions", node_type="cache.t4g.medium")
    yield change(CacheReplicationGroup, "catalogue", node_type="cache.t4g.medium")
    yield change(Table, "counters", point_in_time_recovery=True, deletion_protection=True)
    yield change(FileSystem, "scratch", transition_to_ia="AFTER_30_DAYS", kms_key=DATA_KEY)
    yield change(HealthCheck, "app", request_interval=30)
    check = ContainerHealthCheck(command=("CMD", "true"), interval=30, timeout=5, retries=3, start_period=0)
    yield change_container("worker", health_check=check)
    old_versions = BucketLifecycleRule(id="versions", noncurrent_expiration_days=30)
    records = get(sample_architecture(), Bucket, "records").lifecycle_rules
    yield change(Bucket, "records", lifecycle_rules=(*records, old_versions), access_log_bucket=Ref(Bucket, "logs"))
    speakers = ("costalerts.amazonaws.com", "events.amazonaws.com")
    yield let(TopicPolicy, "alerts", *speakers, actions=("sns:Publish",), on=Ref(Topic, "alerts").arn)
    yield _only_for_this_account
    yield let(Key, "logs", *speakers, actions=("kms:Decrypt", "kms:GenerateDataKey*"), on="*")
    yield let(BucketPolicy, "logs", "delivery.logs.amazonaws.com", actions=("s3:PutObject",), on=_in("logs"))
    yield copy(LogGroup, "waf-load-balancer", name="waf-cdn", log_group_name="aws-waf-logs-cdn",
               region="us-east-1", kms_key=None)  # fmt: skip
    yield copy(WebAclLogging, "load_balancer", name="cdn", region="us-east-1", web_acl=Ref(WebAcl, "cdn"),
               log_group=Ref(LogGroup, "waf-cdn"))  # fmt: skip
    yield change(Distribution, "plain", default_root_object="index.html")
    yield copy(LogDeliverySource, "website", name="plain", source_name="plain", distribution=Ref(Distribution, "plain"))
    yield copy(LogDelivery, "website", name="plain", source=Ref(LogDeliverySource, "plain"))
    yield remove(Secret, "elsewhere")


def _in(bucket: str) -> Textual:
    return text(Ref(Bucket, bucket).arn, "/*")


def let(kind: type[Resource], name: str, *services: str, actions: tuple[str, ...], on: Textual) -> Planting:
    """Let services act: one more statement in the policy of a resource, for this account."""

    def planted(architecture: Architecture) -> Architecture:
        found = get(architecture, kind, name)
        policy: PolicyDocument = vars(found)["policy"]
        own = Condition(operator="StringEquals", key="aws:SourceAccount", values=(Pseudo.ACCOUNT_ID,))
        more = Statement(
            sid="More",
            actions=actions,
            resources=(on,),
            principals=(Principal("Service", services),),
            conditions=(own,),
        )
        return architecture.changed(found, policy=PolicyDocument((*policy.statements, more)))

    return planted


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
        found = {finding.rule for finding in findings}
        if not self.rule.startswith(REACHABILITY):
            found -= {rule for rule in found if rule.startswith(REACHABILITY)} - set(self.also)
        assert found == {self.rule, *self.also}, _shown(findings)
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
        (rule,) = (rule for rule in all_rules() if rule.id == self.rule)
        assert run(self.planting(clean()), rules=(rule,)).findings == ()


def _shown(findings: tuple[Finding, ...]) -> str:
    return "\n".join(f"{finding.rule} {finding.message}" for finding in findings)


def identify(case: object) -> str:
    """A test's name: the rule and whether it has to speak."""
    assert isinstance(case, Bad | Good)
    return f"{case.rule}-{type(case).__name__.lower()}"
