"""``shared:`` deployed, read back, and looked up by an environment of the same file."""

from __future__ import annotations

import json
from typing import Any

from tests.cli.commands import Command, Write
from tests.operations.running import REGION, Aws

from groundplan.errors import ExitCode

OTHER = "us-west-2"


def blueprint(project: str) -> str:
    return f"""\
project: {project}
region: {REGION}
profile: poc
services:
  web: {{image: {{repository: web, tag: "1"}}, port: 80, public: {{domain: web.{project}.dev}}}}
shared:
  dns: {{zone: {project}.dev}}
  audit: {{rules: [RDS_STORAGE_ENCRYPTED], conformance_packs: [Operational-Best-Practices-for-Amazon-S3]}}
  security: {{regions: [{OTHER}], severity: critical}}
  account: {{administrators: [], anomalies: 50 USD/month, passwords: null, cost_tags: false}}
  alarms: {{email: ops@example.com}}
"""


def test_an_environment_before_shared_is_told_what_to_do(
    groundplan: Command, write: Write, aws: Aws, project: str
) -> None:
    write(blueprint(project))
    for command in (("deploy", "-y"), ("plan",)):
        told = groundplan(*command)
        assert told.code == ExitCode.BAD_INPUT
        assert f"not there yet: the parameter /{project}/shared/hosted-zone in {REGION}" in told.err
        assert "run groundplan deploy -e shared first" in told.err.replace("\n", " ")
    assert not aws.stacks(project), "nothing was begun"


def test_shared_and_an_environment_that_looks_the_zone_up(
    groundplan: Command, write: Write, aws: Aws, project: str
) -> None:
    write(blueprint(project))
    deployed = groundplan("deploy", "-e", "shared", "-y")
    assert deployed.code == ExitCode.FINE, deployed.err
    assert groundplan("plan", "-e", "shared", "--format", "json").json["changes"] == []
    zone = _check_zone(aws, project)
    for region in (REGION, OTHER):
        _check_watch(aws, region)
    _check_records(aws, project)
    _check_account(aws, project)
    _check_rules(aws, project)

    deployed = groundplan("deploy", "-y")
    assert deployed.code == ExitCode.FINE, deployed.err
    records = aws.client("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    assert f"web.{project}.dev." in {record["Name"] for record in records if record["Type"] == "A"}
    for environment in ("production", "shared"):
        gone = groundplan("destroy", "-e", environment, "-y", "--delete-data")
        assert gone.code == ExitCode.FINE, gone.err
    assert aws.client("guardduty").list_detectors()["DetectorIds"] == []
    assert not aws.stacks(project)


def _check_zone(aws: Aws, project: str) -> str:
    name = f"/{project}/shared/hosted-zone"
    parameter = aws.client("ssm").get_parameter(Name=name)["Parameter"]
    assert parameter["Type"] == "String"
    zone = aws.client("route53").get_hosted_zone(Id=parameter["Value"])["HostedZone"]
    assert zone["Name"] == f"{project}.dev."
    found: str = parameter["Value"]
    return found


def _check_watch(aws: Aws, region: str) -> None:
    guardduty = aws.client("guardduty", region)
    (detector,) = guardduty.list_detectors()["DetectorIds"]
    features = {item["Name"]: item["Status"] for item in guardduty.get_detector(DetectorId=detector)["Features"]}
    assert features["S3_DATA_EVENTS"] == "ENABLED"
    assert features["RUNTIME_MONITORING"] == "DISABLED"
    hub = aws.client("securityhub", region)
    assert hub.describe_hub()["HubArn"].split(":")[3] == region
    standards = {item["StandardsArn"] for item in hub.get_enabled_standards()["StandardsSubscriptions"]}
    assert standards == {
        f"arn:aws:securityhub:{region}::standards/aws-foundational-security-best-practices/v/1.0.0",
        f"arn:aws:securityhub:{region}::standards/cis-aws-foundations-benchmark/v/3.0.0",
    }
    (analyzer,) = aws.client("accessanalyzer", region).list_analyzers()["analyzers"]
    assert analyzer["type"] == "ACCOUNT"


def _check_records(aws: Aws, project: str) -> None:
    for region in (REGION, OTHER):
        (recorder,) = aws.client("config", region).describe_configuration_recorders()["ConfigurationRecorders"]
        assert recorder["name"] == f"{project}-shared-recorder"
        assert recorder["recordingGroup"]["includeGlobalResourceTypes"] == (region == REGION)
    packs = aws.client("config").describe_conformance_packs()["ConformancePackDetails"]
    assert [pack["ConformancePackName"] for pack in packs] == [f"{project}-shared-amazon-s3"]


def _check_account(aws: Aws, project: str) -> None:
    role = aws.client("iam").get_role(RoleName=f"{project}-shared-administrators")["Role"]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Condition"] == {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    assert role["MaxSessionDuration"] == 3600
    costs = aws.client("ce", "us-east-1")
    (monitor,) = [
        item
        for item in costs.get_anomaly_monitors()["AnomalyMonitors"]
        if item["MonitorName"] == f"{project}-shared-anomalies"
    ]
    assert monitor["MonitorSpecification"]["Tags"]["Values"] == [project]
    (subscription,) = [
        item
        for item in costs.get_anomaly_subscriptions()["AnomalySubscriptions"]
        if item["MonitorArnList"] == [monitor["MonitorArn"]]
    ]
    assert subscription["Frequency"] == "IMMEDIATE"
    assert subscription["Subscribers"][0]["Address"].endswith(f":{project}-shared-alarms")


def _check_rules(aws: Aws, project: str) -> None:
    rules = {item["Name"]: item for item in aws.client("events").list_rules()["Rules"]}
    rule = rules[f"{project}-shared-guardduty-findings"]
    assert json.loads(rule["EventPattern"])["detail"] == {"severity": [{"numeric": [">=", 9]}]}
    (target,) = _targets(aws, REGION, rule["Name"])
    assert target["Arn"].endswith(f":{project}-shared-alarms")
    (there,) = _targets(aws, OTHER, rule["Name"])
    assert there["Arn"].endswith(f":events:{REGION}:123456789012:event-bus/default")
    assert there["RoleArn"].endswith(f":role/{project}-shared-findings-role")


def _targets(aws: Aws, region: str, rule: str) -> list[Any]:
    found: list[Any] = aws.client("events", region).list_targets_by_rule(Rule=rule)["Targets"]
    return found
