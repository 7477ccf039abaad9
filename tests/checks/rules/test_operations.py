"""What makes a system hard to run: for each rule a fault that it finds and a neighbour that it leaves alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.checks.planting import (
    Bad,
    Good,
    Planting,
    add,
    alarm,
    change,
    clean,
    identify,
    less_rights,
    more_rights,
    remove,
    together,
)

from groundplan.catalog import firewall
from groundplan.checks import run
from groundplan.resources import Architecture
from groundplan.resources.compute import AutoScalingGroup
from groundplan.resources.containers import ContainerRepository, EcsCapacityProvider, EcsCluster, EcsService
from groundplan.resources.databases import CacheParameterGroup, CacheReplicationGroup, DatabaseInstance
from groundplan.resources.firewall import ManagedRuleGroup, WebAcl
from groundplan.resources.messaging import Queue
from groundplan.resources.monitoring import Alarm, Budget, BudgetNotification, LogGroup, Topic, TopicSubscription
from groundplan.resources.network import NatGateway, Subnet
from groundplan.resources.storage import Bucket, BucketLifecycleRule
from groundplan.resources.values import Ref

MAIN = "database_instance.main"


def tags(**changes: str | None) -> Planting:
    """Change the environment's tags; None takes one away."""

    def planted(architecture: Architecture) -> Architecture:
        merged = {**architecture.tags, **changes}
        return replace(architecture, tags={key: value for key, value in merged.items() if value is not None})

    return planted


OLD_REDIS = together(
    change(CacheReplicationGroup, "sessions", engine_version="5.0.6"),
    change(CacheParameterGroup, "main", family="redis5.0"),
)

IDLE = EcsCapacityProvider(
    name="idle",
    concern="services",
    capacity_provider_name="sample-production-idle",
    auto_scaling_group=Ref(AutoScalingGroup, "machines"),
)

EVERY_RULE_GROUP = tuple(
    ManagedRuleGroup(group_name=group.name, priority=number)
    for number, group in enumerate(firewall.all_rule_groups().values())
)

BAD = (
    Bad(
        "GP-OPS-040",
        change(WebAcl, "cdn", managed_rule_groups=EVERY_RULE_GROUP),
        "web_acl.cdn",
        ("1977 capacity units; 1500 at most are right",),
    ),
    Bad("GP-OPS-021", add(IDLE), "ecs_capacity_provider.idle", ("10 instances", "a service or 0 is right")),
    Bad("GP-OPS-002", change(LogGroup, "api", retention_in_days=0), "log_group.api", ("for ever", "30 is usual")),
    Bad("GP-OPS-003", change(Alarm, "errors", actions=()), "alarm.errors", ("no actions", "a topic is right")),
    Bad("GP-OPS-004", remove(Alarm, "database"), MAIN, ("AWS/RDS", "at least one")),
    Bad("GP-OPS-004", remove(Alarm, "cache"), "cache_replication_group.sessions", ("AWS/ElastiCache", "at least one")),
    Bad("GP-OPS-005", remove(Alarm, "worker"), "ecs_service.worker", ("AWS/ECS", "at least one")),
    Bad("GP-OPS-006", change(Subnet, "private", "a", tags={}), "subnet.private[a]", ("no Name tag",)),
    Bad("GP-OPS-007", tags(Environment=None, ManagedBy=""), "architecture", ("no tag Environment and ManagedBy",)),
    Bad("GP-OPS-007", change(Bucket, "logs", tags={"Note": "x" * 257}), "bucket.logs", ("257", "256")),
    Bad("GP-OPS-007", change(Bucket, "logs", tags={"aws:owner": "me"}), "bucket.logs", ('without "aws:" in front',)),
    Bad("GP-OPS-007", change(Bucket, "logs", tags={f"t{n}": "" for n in range(48)}), "bucket.logs", ("51 tags",)),
    Bad("GP-OPS-008", remove(TopicSubscription, "alerts"), "topic.alerts", ("no subscription",)),
    Bad("GP-OPS-009", change(DatabaseInstance, "main", auto_minor_version_upgrade=False), MAIN, ("true is right",)),
    Bad(
        "GP-OPS-009",
        change(CacheReplicationGroup, "sessions", auto_minor_version_upgrade=False),
        "cache_replication_group.sessions",
        ("true is right",),
    ),
    Bad("GP-OPS-010", change(DatabaseInstance, "main", monitoring_interval=0), MAIN, ("Enhanced Monitoring off",)),
    Bad(
        "GP-OPS-010",
        change(
            DatabaseInstance, "main", performance_insights_enabled=False, performance_insights_retention_period=None
        ),
        MAIN,
        ("Performance Insights off",),
    ),
    Bad("GP-OPS-011", change(EcsCluster, "main", container_insights="disabled"), "ecs_cluster.main", ("enabled is",)),
    Bad(
        "GP-OPS-012",
        change(DatabaseInstance, "main", enabled_cloudwatch_logs_exports=("upgrade",)),
        MAIN,
        ("upgrade;",),
    ),
    Bad("GP-OPS-013", change(DatabaseInstance, "main", copy_tags_to_snapshot=False), MAIN, ("true is right",)),
    Bad("GP-OPS-014", remove(Budget, "monthly"), "architecture", ("no budget",)),
    Bad(
        "GP-OPS-014",
        change(
            Budget, "monthly", notifications=(BudgetNotification(notification_type="ACTUAL", threshold_percent=80),)
        ),
        "budget.monthly",
        ("notifies nobody",),
    ),
    Bad(
        "GP-OPS-015",
        change(ContainerRepository, "api", keep_images=None, expire_untagged_after_days=None),
        "container_repository.api",
        ("keep_images",),
    ),
    Bad("GP-OPS-016", change(Bucket, "uploads", lifecycle_rules=()), "bucket.uploads", ("7 days are right",)),
    Bad("GP-OPS-017", OLD_REDIS, "cache_replication_group.sessions", ("5.0.6", "2026-01-31", "7 is right")),
    Bad(
        "GP-OPS-017",
        change(DatabaseInstance, "reports", engine_version="13.23", parameter_group=None),
        "database_instance.reports",
        ("13.23", "2026-02-28", "18 is right"),
        also=("GP-SEC-024",),
    ),
    Bad(
        "GP-OPS-030",
        together(
            less_rights("mailer", "sqs:ReceiveMessage"),
            more_rights("mailer", "sqs:ReceiveMessage", on=Ref(Queue, "orders").arn),
        ),
        "queue.emails",
        ("only written to",),
    ),
    Bad(
        "GP-OPS-030",
        together(
            less_rights("mailer", "sqs:SendMessage"),
            more_rights("mailer", "sqs:SendMessage", on=Ref(Queue, "orders").arn),
        ),
        "queue.emails",
        ("only read from",),
    ),
    Bad(
        "GP-OPS-030",
        together(
            less_rights("mailer", "sqs:SendMessage"),
            less_rights("mailer", "sqs:ReceiveMessage"),
            more_rights("mailer", "sqs:SendMessage", "sqs:ReceiveMessage", on=Ref(Queue, "orders").arn),
        ),
        "queue.emails",
        ("needed by nobody",),
    ),
    Bad("GP-OPS-031", remove(Alarm, "emails-dead-letters"), "queue.emails-dead-letters", ("no alarm", "AWS/SQS")),
)

GOOD = (
    Good("GP-OPS-040", change(WebAcl, "cdn", managed_rule_groups=EVERY_RULE_GROUP[:5])),
    Good("GP-OPS-003", change(Alarm, "shop-rollback", actions=())),
    Good("GP-OPS-021", together(add(IDLE), change(AutoScalingGroup, "machines", min_size=0))),
    Good("GP-OPS-002", change(LogGroup, "api", retention_in_days=1)),
    Good("GP-OPS-003", change(Alarm, "errors", period=60)),
    Good(
        "GP-OPS-004",
        together(
            remove(Alarm, "database"),
            add(alarm("other", "AWS/RDS", "DBInstanceIdentifier", Ref(DatabaseInstance, "main").attribute("id"))),
        ),
    ),
    Good(
        "GP-OPS-005",
        together(
            remove(Alarm, "worker"),
            add(alarm("deep", "ECS/ContainerInsights", "ServiceName", Ref(EcsService, "worker").attribute("name"))),
        ),
    ),
    Good("GP-OPS-006", change(NatGateway, "main", "a", tags={"Name": "n"})),
    Good("GP-OPS-006", change(Bucket, "logs", tags={})),
    Good("GP-OPS-007", change(Bucket, "logs", tags={"Note": "x" * 256})),
    Good("GP-OPS-007", change(Bucket, "logs", tags={f"t{n}": "" for n in range(47)})),
    Good("GP-OPS-008", add(Topic(name="quiet", concern="monitoring", topic_name="quiet", display_name="Quiet"))),
    Good("GP-OPS-009", change(DatabaseInstance, "main", ca_certificate_identifier="rds-ca-rsa4096-g1")),
    Good("GP-OPS-010", change(DatabaseInstance, "main", monitoring_interval=1)),
    Good("GP-OPS-011", change(EcsCluster, "main", container_insights="enhanced")),
    Good("GP-OPS-012", change(DatabaseInstance, "main", enabled_cloudwatch_logs_exports=("postgresql",))),
    Good("GP-OPS-013", change(DatabaseInstance, "main", tags={})),
    Good(
        "GP-OPS-014",
        change(
            Budget,
            "monthly",
            notifications=(
                BudgetNotification(notification_type="ACTUAL", threshold_percent=80, topics=(Ref(Topic, "alerts"),)),
            ),
        ),
    ),
    Good("GP-OPS-017", change(DatabaseInstance, "main", engine_version="14.18")),
    Good("GP-OPS-015", change(ContainerRepository, "api", keep_images=None)),
    Good(
        "GP-OPS-016",
        change(
            Bucket,
            "uploads",
            lifecycle_rules=(
                BucketLifecycleRule(id="both", expiration_days=365, abort_incomplete_multipart_upload_days=1),
            ),
        ),
    ),
    Good(
        "GP-OPS-030",
        together(
            less_rights("mailer", "sqs:SendMessage"),
            less_rights("mailer", "sqs:ReceiveMessage"),
            more_rights("mailer", "sqs:*", on=Ref(Queue, "orders").arn),
            more_rights("api", "sqs:SendMessage", "sqs:Receive*", on=Ref(Queue, "emails").arn),
        ),
    ),
    Good(
        "GP-OPS-031",
        together(
            remove(Alarm, "emails-dead-letters"),
            add(alarm("dead", "AWS/SQS", "QueueName", Ref(Queue, "emails-dead-letters").attribute("name"))),
        ),
    ),
)


@pytest.mark.parametrize("case", BAD, ids=identify)
def test_finds_the_fault(case: Bad) -> None:
    case.check()


@pytest.mark.parametrize("case", GOOD, ids=identify)
def test_leaves_the_neighbour_alone(case: Good) -> None:
    case.check()


def test_an_alarm_on_another_namespace_does_not_count() -> None:
    planted = together(
        remove(Alarm, "database"),
        add(alarm("wrong", "AWS/ECS", "DBInstanceIdentifier", Ref(DatabaseInstance, "main").attribute("id"))),
    )(clean())
    assert [(finding.rule, finding.resource) for finding in run(planted).findings] == [("GP-OPS-004", MAIN)]
