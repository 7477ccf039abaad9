"""What watches the account in two regions, unusual costs, and a parameter for others."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from tests.engines.parts.governance import RECORDER
from tests.engines.parts.names import ALERTS, COPIES_REGION

from groundplan.resources import Resource
from groundplan.resources.anomalies import COST_REGION, AnomalyMonitor, AnomalySubscription
from groundplan.resources.detection import AccessAnalyzer, Detector, SecurityHub, SecurityStandard
from groundplan.resources.dns import HostedZone
from groundplan.resources.governance import ConformancePack
from groundplan.resources.parameters import Parameter
from groundplan.resources.values import Pseudo, Ref, text

HUB, HUB_ELSEWHERE = Ref(SecurityHub, "main"), Ref(SecurityHub, "copies")
MONITOR = Ref(AnomalyMonitor, "main")
PACK = """\
Resources:
  S3BucketLoggingEnabled:
    Type: AWS::Config::ConfigRule
    Properties:
      ConfigRuleName: s3-bucket-logging-enabled
      Source: {Owner: AWS, SourceIdentifier: S3_BUCKET_LOGGING_ENABLED}
"""


def detection() -> Iterator[Resource]:
    """What watches the account of the sample."""
    yield Detector(
        name="main", concern="security", features=("S3_DATA_EVENTS", "RUNTIME_MONITORING"), tags={"Name": "sample"}
    )
    yield Detector(
        name="copies",
        concern="security",
        region=COPIES_REGION,
        features=(),
        finding_publishing_frequency="SIX_HOURS",
    )
    yield SecurityHub(name="main", concern="security")
    yield SecurityHub(
        name="copies",
        concern="security",
        region=COPIES_REGION,
        auto_enable_controls=False,
        control_finding_generator="STANDARD_CONTROL",
    )
    standard = text(
        "arn:",
        Pseudo.PARTITION,
        ":securityhub:",
        Pseudo.REGION,
        "::standards/aws-foundational-security-best-practices/v/1.0.0",
    )
    yield SecurityStandard(name="fsbp", concern="security", hub=HUB, standards_arn=standard, depends_on=(HUB,))
    yield SecurityStandard(
        name="fsbp-copies",
        concern="security",
        region=COPIES_REGION,
        hub=HUB_ELSEWHERE,
        standards_arn=standard,
        depends_on=(HUB_ELSEWHERE,),
    )
    yield AccessAnalyzer(
        name="main", concern="security", analyzer_name="sample-production-analyzer", tags={"Name": "sample"}
    )
    yield ConformancePack(
        name="s3", concern="audit", pack_name="sample-production-s3", template_body=PACK, depends_on=(RECORDER,)
    )
    yield AnomalyMonitor(
        name="main",
        concern="security",
        region=COST_REGION,
        monitor_name="sample-production-anomalies",
        tag={"Project": "Sample"},
        tags={"Name": "sample-production-anomalies"},
    )
    yield AnomalySubscription(
        name="main",
        concern="security",
        region=COST_REGION,
        subscription_name="sample-production-told",
        monitor=MONITOR,
        topic=ALERTS,
        threshold_usd=Decimal(50),
    )
    yield Parameter(
        name="hosted-zone",
        concern="network",
        parameter_name="/sample/shared/hosted-zone",
        description="Route 53 hosted zone of example.com",
        value=Ref(HostedZone, "main").attribute("id"),
        tags={"Name": "sample-hosted-zone"},
    )
