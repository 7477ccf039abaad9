"""What watches an account: Amazon GuardDuty, AWS Security Hub, IAM Access Analyzer. A region has one of each."""

from __future__ import annotations

from typing import ClassVar, Literal

from groundplan.record import dataclass
from groundplan.resources.base import Resource
from groundplan.resources.values import Ref, Textual

DetectorFeature = Literal[
    "S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "EBS_MALWARE_PROTECTION", "RDS_LOGIN_EVENTS", "LAMBDA_NETWORK_LOGS",
    "RUNTIME_MONITORING",
]  # fmt: skip
DETECTOR_FEATURES: tuple[DetectorFeature, ...] = (
    "S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "EBS_MALWARE_PROTECTION", "RDS_LOGIN_EVENTS", "LAMBDA_NETWORK_LOGS",
    "RUNTIME_MONITORING",
)  # fmt: skip
"""Source: https://docs.aws.amazon.com/guardduty/latest/APIReference/API_DetectorFeatureConfiguration.html"""
AGENTS = ("EKS_ADDON_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT", "EC2_AGENT_MANAGEMENT")
"""Where runtime monitoring puts its agent by itself.
Source: https://docs.aws.amazon.com/guardduty/latest/APIReference/API_DetectorAdditionalConfiguration.html"""


@dataclass(frozen=True, kw_only=True)
class Detector(Resource):
    """GuardDuty in a region. Its foundation reads CloudTrail, flow logs and DNS by itself."""

    title: ClassVar[str] = "GuardDuty detector"
    features: tuple[DetectorFeature, ...]
    """The protection plans that are on. The others are off: AWS would switch on most of them by itself."""
    finding_publishing_frequency: Literal["FIFTEEN_MINUTES", "ONE_HOUR", "SIX_HOURS"] = "FIFTEEN_MINUTES"
    """How often a finding that goes on is told again."""


@dataclass(frozen=True, kw_only=True)
class SecurityHub(Resource):
    """Security Hub in a region, with the standards that refer to it and no others."""

    title: ClassVar[str] = "Security Hub"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    taggable: ClassVar[bool] = False
    auto_enable_controls: bool = True
    """Whether what AWS adds to a standard is checked as well."""
    control_finding_generator: Literal["SECURITY_CONTROL", "STANDARD_CONTROL"] = "SECURITY_CONTROL"
    """``SECURITY_CONTROL``: one finding for a control, however many standards have it."""


@dataclass(frozen=True, kw_only=True)
class SecurityStandard(Resource):
    """A standard that Security Hub holds the region to."""

    title: ClassVar[str] = "Security Hub standard"
    taggable: ClassVar[bool] = False
    hub: Ref[SecurityHub]
    standards_arn: Textual


@dataclass(frozen=True, kw_only=True)
class AccessAnalyzer(Resource):
    """IAM Access Analyzer in a region: what of it can be reached from outside of the account."""

    title: ClassVar[str] = "IAM Access Analyzer"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    analyzer_name: str
    type: Literal["ACCOUNT", "ORGANIZATION"] = "ACCOUNT"
