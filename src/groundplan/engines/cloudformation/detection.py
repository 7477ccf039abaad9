"""GuardDuty, Security Hub, IAM Access Analyzer, cost anomalies, and plain parameters in CloudFormation."""

from __future__ import annotations

from groundplan.engines.cloudformation.rows import RETURNED, Row
from groundplan.resources import Architecture
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


def _detector(detector: Detector, _: Architecture) -> dict[str, object]:
    return {"Enable": True, "Features": [_feature(name, detector) for name in DETECTOR_FEATURES]}


def _feature(name: str, detector: Detector) -> dict[str, object]:
    status = "ENABLED" if name in detector.features else "DISABLED"
    feature: dict[str, object] = {"Name": name, "Status": status}
    if name == "RUNTIME_MONITORING":
        feature["AdditionalConfiguration"] = [{"Name": agent, "Status": status} for agent in AGENTS]
    return feature


def _monitor(monitor: AnomalyMonitor, _: Architecture) -> dict[str, object]:
    ((key, value),) = monitor.tag.items()
    specification: dict[str, Json] = {"Tags": {"Key": key, "Values": [value], "MatchOptions": ["EQUALS"]}}
    return {"MonitorType": "CUSTOM", "MonitorSpecification": JsonDocument(specification)}


def _subscription(subscription: AnomalySubscription, _: Architecture) -> dict[str, object]:
    impact: dict[str, Json] = {
        "Dimensions": {
            "Key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
            "MatchOptions": ["GREATER_THAN_OR_EQUAL"],
            "Values": [f"{subscription.threshold_usd.normalize():f}"],
        }
    }
    return {
        # At once is possible for topics only; an address is told daily or weekly.
        "Frequency": "IMMEDIATE",
        "MonitorArnList": [subscription.monitor.arn],
        "Subscribers": [{"Type": "SNS", "Address": subscription.topic.arn}],
        "ThresholdExpression": JsonDocument(impact),
    }


ROWS = (
    Row(
        Detector,
        "AWS::GuardDuty::Detector",
        attributes={"id": RETURNED},
        write=_detector,
        written=frozenset({"features"}),
    ),
    Row(
        SecurityHub,
        "AWS::SecurityHub::Hub",
        attributes={"id": RETURNED, "arn": RETURNED},
        fixed={"EnableDefaultStandards": False},
    ),
    Row(
        SecurityStandard,
        "AWS::SecurityHub::Standard",
        attributes={"id": RETURNED},
        not_rendered={"hub": "a standard is one of the region's Security Hub, of which there is one"},
    ),
    Row(
        AccessAnalyzer,
        "AWS::AccessAnalyzer::Analyzer",
        attributes={"id": RETURNED, "arn": "Arn"},
    ),
    Row(
        AnomalyMonitor,
        "AWS::CE::AnomalyMonitor",
        attributes={"id": RETURNED, "arn": "MonitorArn"},
        write=_monitor,
        written=frozenset({"tag"}),
        tag_property="ResourceTags",
    ),
    Row(
        AnomalySubscription,
        "AWS::CE::AnomalySubscription",
        attributes={"id": RETURNED, "arn": "SubscriptionArn"},
        write=_subscription,
        written=frozenset({"monitor", "topic", "threshold_usd"}),
        tag_property="ResourceTags",
    ),
    Row(
        Parameter,
        "AWS::SSM::Parameter",
        attributes={"id": RETURNED},
        rename={"parameter_name": "Name"},
        fixed={"Type": "String"},
        tag_form="map",
    ),
)
