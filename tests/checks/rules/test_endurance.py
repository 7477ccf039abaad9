"""Peaks, zones and who hears of it: a fault that each rule finds, and a neighbour that it leaves alone."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest
from tests.checks.mutations.operations import MUTATIONS as OPERATIONS
from tests.checks.mutations.planted import planted_by
from tests.checks.mutations.reliability import MUTATIONS as RELIABILITY
from tests.checks.planting import Bad, Good, change, change_container, get, identify, let, remove, together

from groundplan.resources import Architecture
from groundplan.resources.compute import AutoScalingGroup
from groundplan.resources.databases import DatabaseInstance, DatabaseParameterGroup, Table
from groundplan.resources.delivery import LogDeliveryDestination
from groundplan.resources.dns import DnsRecord
from groundplan.resources.edge import Listener, ListenerRule, Redirect
from groundplan.resources.files import MountTarget
from groundplan.resources.firewall import WebAclLogging
from groundplan.resources.gateway import RestApiStage
from groundplan.resources.governance import BackupSelection
from groundplan.resources.kubernetes import NodeGroup
from groundplan.resources.messaging import Queue
from groundplan.resources.monitoring import Alarm, Topic, TopicPolicy
from groundplan.resources.network import Subnet, VpcEndpoint
from groundplan.resources.policies import PolicyDocument
from groundplan.resources.scaling import ScalableTarget
from groundplan.resources.security import Key
from groundplan.resources.storage import Bucket
from groundplan.resources.values import Ref

SMALL = change(DatabaseInstance, "main", instance_class="db.t4g.micro")
TOPIC = Ref(Topic, "alerts").arn
SPEAKERS = ("cloudwatch.amazonaws.com", "budgets.amazonaws.com", "costalerts.amazonaws.com")
WITHOUT_EVENTS = together(
    change(TopicPolicy, "alerts", policy=PolicyDocument(())),
    let(TopicPolicy, "alerts", *SPEAKERS, actions=("sns:Publish",), on=TOPIC),
)


def key_without_events(architecture: Architecture) -> Architecture:
    """EventBridge may publish to the topic, and not use its key."""
    key = get(architecture, Key, "logs")
    kept = tuple(item for item in key.policy.statements if item.sid != "More")
    less = architecture.changed(key, policy=PolicyDocument(kept))
    return let(Key, "logs", SPEAKERS[-1], actions=("kms:Decrypt", "kms:GenerateDataKey*"), on="*")(less)


BAD = (
    Bad(
        "GP-OPS-061", key_without_events, "event_rule.promotion", ("topic.alerts, whose key.logs does not let events.",)
    ),
    Bad(
        "GP-REL-061",
        planted_by(RELIABILITY, "GP-REL-061"),
        "listener_rule.api",
        ("takes planted.groundplan.dev, for which no certificate of listener.htt",),
    ),
    Bad(
        "GP-REL-062",
        planted_by(RELIABILITY, "GP-REL-062"),
        "listener.http",
        ("redirects to HTTPS on port 8444, where nobody listens",),
    ),
    Bad(
        "GP-REL-064",
        planted_by(RELIABILITY, "GP-REL-064"),
        "table.locks",
        (
            "has point_in_time_recovery false",
            "true is right",
        ),
    ),
    Bad(
        "GP-REL-065",
        planted_by(RELIABILITY, "GP-REL-065"),
        "table.locks",
        (
            "has deletion_protection false",
            "true is right",
        ),
    ),
    Bad(
        "GP-REL-066",
        planted_by(RELIABILITY, "GP-REL-066"),
        "file_system.shared",
        ("has no mount target in ap-south-1a, where nodes run",),
    ),
    Bad(
        "GP-REL-067",
        planted_by(RELIABILITY, "GP-REL-067"),
        "vpc_endpoint.ecr-api",
        (
            "is not in ap-south-1b, where tasks run",
            "each of their zones is right",
        ),
    ),
    Bad(
        "GP-REL-068",
        planted_by(RELIABILITY, "GP-REL-068"),
        "dns_record.app",
        (
            "has failover PRIMARY and no health_check",
            "one is right",
        ),
    ),
    Bad(
        "GP-REL-071",
        planted_by(RELIABILITY, "GP-REL-071"),
        "auto_scaling_group.machines",
        (
            "has subnets in ap-south-1a",
            "two zones or more are right",
        ),
    ),
    Bad(
        "GP-REL-072",
        planted_by(RELIABILITY, "GP-REL-072"),
        "ecs_service.worker",
        (
            "has neither a load balancer nor a health_check in its task",
            "one is right",
        ),
    ),
    Bad(
        "GP-REL-073",
        planted_by(RELIABILITY, "GP-REL-073"),
        "queue.emails",
        (
            "has max_receive_count 1",
            "3 or more are right",
        ),
    ),
    Bad(
        "GP-OPS-062",
        planted_by(OPERATIONS, "GP-OPS-062"),
        "web_acl.load_balancer",
        (
            "has no web_acl_logging",
            "one is right",
        ),
    ),
    Bad(
        "GP-OPS-063",
        planted_by(OPERATIONS, "GP-OPS-063"),
        "distribution.website",
        (
            "has no log_delivery",
            "one is right",
        ),
    ),
    Bad(
        "GP-OPS-064",
        planted_by(OPERATIONS, "GP-OPS-064"),
        "rest_api_stage.api",
        (
            "has no log_group with a log_format",
            "both are right",
        ),
    ),
    Bad(
        "GP-OPS-065",
        planted_by(OPERATIONS, "GP-OPS-065"),
        "bucket.records",
        (
            "takes the records of trail.main and has no access_log_bucket",
            "one is right",
        ),
    ),
    Bad(
        "GP-OPS-066",
        planted_by(OPERATIONS, "GP-OPS-066"),
        "node_group.general",
        (
            "has version 1.34, and its cluster 1.35",
            "the same is right",
        ),
    ),
    Bad(
        "GP-OPS-067",
        planted_by(OPERATIONS, "GP-OPS-067"),
        "alarm.planted",
        (
            "rings when HealthyHostCount is low and has treat_missing_data notBreac",
            "breaching is right",
        ),
    ),
    Bad(
        "GP-REL-060",
        SMALL,
        "database_instance.main",
        ("109 connections", "20 of ecs_service.api with 10 each", "260 at their peak"),
    ),
    Bad(
        "GP-REL-060",
        together(
            change(DatabaseInstance, "reports", parameter_group=None),
            change(DatabaseParameterGroup, "main", parameters={"rds.force_ssl": "1", "max_connections": "100"}),
        ),
        "database_instance.main",
        ("97 connections",),
    ),
    Bad(
        "GP-REL-063",
        change(Subnet, "private", "b", cidr_block=IPv4Network("10.0.100.0/28")),
        "subnet.private[b]",
        ("11 addresses, and 26 tasks",),
    ),
    Bad(
        "GP-REL-069",
        change(ScalableTarget, "api", scheduled_actions=(), max_capacity=3),
        "scalable_target.api",
        ("min_capacity and max_capacity 3",),
    ),
    Bad(
        "GP-REL-070",
        together(remove(BackupSelection, "main"), remove(BackupSelection, "volumes")),
        "backup_plan.main",
        ("no backup_selection",),
    ),
    Bad("GP-OPS-060", WITHOUT_EVENTS, "event_rule.promotion", ("does not let events.amazonaws.com",)),
)
GOOD = (
    Good("GP-REL-060", together(SMALL, change_container("api", environment={"DB_POOL_SIZE": "2"}))),
    Good("GP-REL-061", change(ListenerRule, "api", host_headers=("admin.example.com",))),
    Good("GP-REL-062", change(Listener, "http", default_action=Redirect(status_code="HTTP_302"))),
    Good("GP-REL-063", change(Subnet, "private", "b", cidr_block=IPv4Network("10.0.100.0/27"))),
    Good("GP-REL-064", change(Table, "locks", point_in_time_recovery=True)),
    Good("GP-REL-065", change(Table, "locks", deletion_protection=True)),
    Good(
        "GP-REL-066",
        together(
            remove(MountTarget, "shared", "b"),
            *(change(NodeGroup, group, subnets=(Ref(Subnet, "private", "a"),)) for group in ("general", "batch")),
        ),
    ),
    Good("GP-REL-067", change(VpcEndpoint, "s3", private_dns_enabled=None)),
    Good("GP-REL-068", change(DnsRecord, "app", health_check=None, evaluate_target_health=True)),
    Good("GP-REL-069", change(ScalableTarget, "api", scheduled_actions=(), max_capacity=4)),
    Good("GP-REL-070", remove(BackupSelection, "volumes")),
    Good("GP-REL-071", change(AutoScalingGroup, "machines", max_size=9)),
    Good("GP-REL-072", change_container("worker", command=("run",))),
    Good("GP-REL-073", change(Queue, "emails", max_receive_count=3)),
    Good("GP-OPS-060", let(TopicPolicy, "alerts", "lambda.amazonaws.com", actions=("sns:*",), on=TOPIC)),
    Good("GP-OPS-061", change(Topic, "alerts", kms_key=None)),
    Good("GP-OPS-062", change(WebAclLogging, "load_balancer", logged_actions=("BLOCK",))),
    Good("GP-OPS-063", change(LogDeliveryDestination, "cdn", output_format="json")),
    Good("GP-OPS-064", change(RestApiStage, "api", throttling_rate=7)),
    Good("GP-OPS-065", change(Bucket, "records", access_log_prefix="records/")),
    Good("GP-OPS-066", change(NodeGroup, "general", version="1.36")),
    Good("GP-OPS-067", change(Alarm, "errors", treat_missing_data="notBreaching")),
)


@pytest.mark.parametrize("case", BAD, ids=identify)
def test_finds_the_fault(case: Bad) -> None:
    case.check()


@pytest.mark.parametrize("case", GOOD, ids=identify)
def test_leaves_the_neighbour_alone(case: Good) -> None:
    case.check()
