"""A fault for each rule of operations."""

from __future__ import annotations

from dataclasses import replace

from tests.checks.mutations.mutation import Mutation, change, plant, remove, with_more, without, without_action
from tests.checks.mutations.reliability import stopped
from tests.checks.mutations.security import is_primary

from groundplan.catalog import firewall
from groundplan.checks.facts import log_buckets
from groundplan.resources import Architecture
from groundplan.resources.compute import AutoScalingGroup
from groundplan.resources.containers import ContainerRepository, EcsCapacityProvider, EcsCluster, EcsService
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.delivery import LogDeliverySource
from groundplan.resources.firewall import ManagedRuleGroup, WebAcl, WebAclLogging
from groundplan.resources.gateway import RestApiStage
from groundplan.resources.governance import Trail
from groundplan.resources.kubernetes import NodeGroup
from groundplan.resources.messaging import Queue
from groundplan.resources.monitoring import Alarm, Budget, LogGroup, Metric, Topic, TopicPolicy, TopicSubscription
from groundplan.resources.network import Subnet
from groundplan.resources.policies import PolicyDocument
from groundplan.resources.schedules import Schedule
from groundplan.resources.security import Key, Role
from groundplan.resources.storage import Bucket
from groundplan.resources.values import Ref

RULE_GROUPS = tuple(
    ManagedRuleGroup(group_name=group.name, priority=100 + number)
    for number, group in enumerate(firewall.all_rule_groups().values())
)


def unwatched(architecture: Architecture, resource: DatabaseInstance | EcsService | Queue) -> Architecture:
    """Without the alarms that watch a resource."""
    alarms = [alarm for alarm in architecture.of(Alarm) if resource.ref in alarm.references()]
    return without(architecture, *alarms)


def is_for_dead_letters(architecture: Architecture, queue: Queue) -> bool:
    return any(other.dead_letter_queue == queue.ref for other in architecture.of(Queue))


def by_nobody(architecture: Architecture, queue: Queue) -> Architecture | None:
    if is_for_dead_letters(architecture, queue):
        return None
    changed = architecture
    for role in architecture.of(Role):
        changed = changed.changed(role, inline_policies=without_action(role, "sqs:ReceiveMessage"))
    return changed


def without_subscriptions(architecture: Architecture, topic: Topic) -> Architecture | None:
    found = [item for item in architecture.of(TopicSubscription) if item.topic == topic.ref]
    return without(architecture, *found) if found else None


def at_night(architecture: Architecture, schedule: Schedule) -> Architecture:
    database = architecture.of(DatabaseInstance)[0]
    asleep = stopped("04:00", "23:00", "development")(architecture, database)
    return asleep.changed(asleep[schedule.ref], schedule_expression="cron(0 3 * * ? *)")


def idle(architecture: Architecture, provider: EcsCapacityProvider) -> Architecture:
    group = architecture[provider.auto_scaling_group]
    second: AutoScalingGroup = replace(group, name="planted", auto_scaling_group_name="planted", min_size=2)
    more = replace(
        provider, name="planted", capacity_provider_name="planted", auto_scaling_group=Ref(AutoScalingGroup, "planted")
    )
    return architecture.with_resources((*architecture.resources, second, more))


def without_tags(architecture: Architecture, subnet: Subnet) -> Architecture:
    return replace(architecture, tags={key: value for key, value in architecture.tags.items() if key != "ManagedBy"})


def told_by(architecture: Architecture, policy: TopicPolicy) -> object:
    return PolicyDocument(())


def key_for_alarms(architecture: Architecture, key: Key) -> Architecture | None:
    if not any(topic.kms_key == key.ref for topic in architecture.of(Topic)):
        return None
    kept = tuple(
        item
        for item in key.policy.statements
        if not any(str(name).startswith("cloudwatch") for who in item.principals for name in who.identifiers)
    )
    return architecture.changed(key, policy=PolicyDocument(kept))


def unlogged(architecture: Architecture, source: LogDeliverySource) -> Architecture:
    return without(architecture, source)


def unseen_reads(architecture: Architecture, trail: Trail) -> Architecture | None:
    bucket = architecture[trail.bucket]
    return architecture.changed(bucket, access_log_bucket=None) if bucket.access_log_bucket else None


def is_for_no_logs(architecture: Architecture, bucket: Bucket) -> bool:
    return bucket.ref not in log_buckets(architecture)


def behind(architecture: Architecture, group: NodeGroup) -> str:
    minor = int(architecture[group.cluster].version.partition(".")[2])
    return f"1.{minor - 1}"


def on_presence(architecture: Architecture, alarm: Alarm) -> Architecture | None:
    if not isinstance(alarm.metric, Metric) or not alarm.actions:
        return None
    metric = replace(alarm.metric, metric_name="HealthyHostCount")
    return with_more(
        architecture,
        replace(
            alarm,
            name="planted",
            alarm_name="planted",
            metric=metric,
            comparison_operator="LessThanThreshold",
            treat_missing_data="notBreaching",
        ),
    )


MUTATIONS: tuple[Mutation, ...] = (
    change("GP-OPS-002", LogGroup, retention_in_days=0),
    change(
        "GP-OPS-003",
        Alarm,
        where=lambda architecture, item: bool(item.actions) and not architecture.dependents.get(item.ref),
        actions=(),
    ),
    plant("GP-OPS-004", DatabaseInstance, unwatched),
    plant("GP-OPS-005", EcsService, unwatched),
    change("GP-OPS-006", Subnet, tags={}),
    plant("GP-OPS-007", Subnet, without_tags),
    plant("GP-OPS-008", Topic, without_subscriptions),
    change("GP-OPS-009", DatabaseInstance, auto_minor_version_upgrade=False),
    change("GP-OPS-010", DatabaseInstance, monitoring_interval=0),
    change("GP-OPS-011", EcsCluster, container_insights="disabled"),
    change("GP-OPS-012", DatabaseInstance, where=is_primary, enabled_cloudwatch_logs_exports=("upgrade",)),
    change("GP-OPS-013", DatabaseInstance, copy_tags_to_snapshot=False),
    remove("GP-OPS-014", Budget),
    change("GP-OPS-015", ContainerRepository, keep_images=None, expire_untagged_after_days=None),
    change("GP-OPS-016", Bucket, where=is_for_no_logs, lifecycle_rules=()),
    change(
        "GP-OPS-017",
        DatabaseInstance,
        where=is_primary,
        engine_version="13.23",
        parameter_group=None,
        also={"GP-SEC-024": "PostgreSQL 13 takes connections without TLS by default"},
    ),
    plant("GP-OPS-021", EcsCapacityProvider, idle),
    plant("GP-OPS-030", Queue, by_nobody),
    plant("GP-OPS-031", Queue, unwatched, where=is_for_dead_letters),
    change("GP-OPS-040", WebAcl, managed_rule_groups=RULE_GROUPS),
    plant("GP-OPS-050", Schedule, at_night),
    change("GP-OPS-060", TopicPolicy, policy=told_by),
    plant("GP-OPS-061", Key, key_for_alarms),
    remove("GP-OPS-062", WebAclLogging),
    plant("GP-OPS-063", LogDeliverySource, unlogged),
    change("GP-OPS-064", RestApiStage, log_group=None, log_format=None),
    plant("GP-OPS-065", Trail, unseen_reads),
    change("GP-OPS-066", NodeGroup, version=behind),
    plant("GP-OPS-067", Alarm, on_presence),
)
