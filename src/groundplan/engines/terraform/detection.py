"""GuardDuty, Security Hub, IAM Access Analyzer, cost anomalies, and plain parameters in Terraform."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.engines.terraform.context import Context, label
from groundplan.engines.terraform.hcl import Block, Expression
from groundplan.engines.terraform.rows import Row
from groundplan.resources.anomalies import AnomalyMonitor, AnomalySubscription
from groundplan.resources.detection import (
    AGENTS,
    DETECTOR_FEATURES,
    AccessAnalyzer,
    Detector,
    SecurityHub,
    SecurityStandard,
)
from groundplan.resources.parameters import Parameter
from groundplan.resources.values import Json, JsonDocument

SECURITY, BUDGETS, PARAMETERS = "security.tf", "budgets.tf", "parameters.tf"
DETECTOR_FEATURE = "aws_guardduty_detector_feature"


def _features(detector: Detector, context: Context) -> Iterator[Block]:
    for name in DETECTOR_FEATURES:
        status = "ENABLED" if name in detector.features else "DISABLED"
        agents = AGENTS if name == "RUNTIME_MONITORING" else ()
        yield context.resource(
            DETECTOR_FEATURE,
            f"{label(detector.ref)}_{name.lower()}",
            *context.arguments({"detector_id": context.refer(detector.ref), "name": name, "status": status}),
            *(context.block("additional_configuration", {"name": agent, "status": status}) for agent in agents),
        )


def _monitor(monitor: AnomalyMonitor, _: Context) -> dict[str, object]:
    ((key, value),) = monitor.tag.items()
    specification: dict[str, Json] = {"Tags": {"Key": key, "Values": [value], "MatchOptions": ["EQUALS"]}}
    return {"monitor_specification": JsonDocument(specification)}


def _subscription(subscription: AnomalySubscription, context: Context) -> dict[str, object]:
    return {"monitor_arn_list": [Expression(context.attribute(subscription.monitor, "arn"))]}


def _subscriber(subscription: AnomalySubscription, context: Context) -> Iterator[Block]:
    yield context.block("subscriber", {"type": "SNS", "address": context.refer(subscription.topic)})
    impact = {
        "key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
        "match_options": ["GREATER_THAN_OR_EQUAL"],
        "values": [f"{subscription.threshold_usd.normalize():f}"],
    }
    yield context.block("threshold_expression", {}, context.block("dimension", impact))


ROWS = (
    Row(
        Detector,
        "aws_guardduty_detector",
        SECURITY,
        attributes={"id": "id"},
        fixed={"enable": True},
        first=("enable",),
        beside=_features,
        written=frozenset({"features"}),
    ),
    Row(
        SecurityHub,
        "aws_securityhub_account",
        SECURITY,
        attributes={"id": "id", "arn": "arn"},
        fixed={"enable_default_standards": False},
        section=1,
    ),
    Row(
        SecurityStandard,
        "aws_securityhub_standards_subscription",
        SECURITY,
        attributes={"id": "id"},
        not_rendered={"hub": "a standard is one of the region's Security Hub, of which there is one"},
        section=1,
    ),
    Row(
        AccessAnalyzer,
        "aws_accessanalyzer_analyzer",
        SECURITY,
        attributes={"id": "id", "arn": "arn"},
        first=("analyzer_name",),
        section=2,
    ),
    Row(
        AnomalyMonitor,
        "aws_ce_anomaly_monitor",
        BUDGETS,
        attributes={"id": "id", "arn": "arn"},
        rename={"monitor_name": "name"},
        fixed={"monitor_type": "CUSTOM"},
        arguments=_monitor,
        written=frozenset({"tag"}),
        section=2,
    ),
    Row(
        AnomalySubscription,
        "aws_ce_anomaly_subscription",
        BUDGETS,
        attributes={"id": "id", "arn": "arn"},
        rename={"subscription_name": "name"},
        fixed={"frequency": "IMMEDIATE"},
        arguments=_subscription,
        blocks=_subscriber,
        written=frozenset({"monitor", "topic", "threshold_usd"}),
        section=2,
    ),
    Row(
        Parameter,
        "aws_ssm_parameter",
        PARAMETERS,
        attributes={"id": "name"},
        rename={"parameter_name": "name", "value": "insecure_value"},
        fixed={"type": "String"},
    ),
)
