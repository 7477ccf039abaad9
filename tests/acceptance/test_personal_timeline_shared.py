"""What stands once in personal-timeline's account: zone, audit, detection, administrators, what watches the others."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from tests.acceptance.everywhere import EveryEnvironment
from tests.acceptance.rows import requirement
from tests.acceptance.system import Aws, System, Templates, TerraformRoot

from groundplan.resources import Architecture
from groundplan.resources.network import Vpc

ENVIRONMENT = "shared"
REGIONS = ("us-east-1", "us-west-2", "eu-west-1")
in_each_region = pytest.mark.parametrize("region", REGIONS)


@requirement("PT-05", "PT-09", "PT-12", "PT-87", "PT-193", "PT-235")
class TestShared(EveryEnvironment):
    """What holds for every environment."""


@requirement("PT-12", "PT-13", "PT-87")
def test_nothing_runs_in_it(architecture: Architecture) -> None:
    assert architecture.of(Vpc) == ()
    assert architecture.workloads == ()


@requirement("PT-88")
def test_zone(aws: Aws) -> None:
    """The other environments find it by a parameter."""
    (zone,) = aws.client("route53").list_hosted_zones()["HostedZones"]
    assert (zone["Name"], zone["Config"]["PrivateZone"]) == ("personal-timeline.com.", False)
    found = aws.client("ssm").get_parameter(Name="/personal-timeline/shared/hosted-zone")["Parameter"]["Value"]
    assert zone["Id"].endswith(found)


@requirement("PT-179")
def test_trail(aws: Aws) -> None:
    (trail,) = aws.client("cloudtrail").describe_trails()["trailList"]
    assert (trail["IsMultiRegionTrail"], trail["LogFileValidationEnabled"]) == (True, True)
    assert trail["IncludeGlobalServiceEvents"] is True
    assert trail["KmsKeyId"]
    assert aws.client("cloudtrail").get_trail_status(Name=trail["Name"])["IsLogging"] is True


@in_each_region
@requirement("PT-75", "PT-180")
def test_config_records(aws: Aws, region: str) -> None:
    config = aws.client("config", region)
    (recorder,) = config.describe_configuration_recorders()["ConfigurationRecorders"]
    assert recorder["recordingGroup"]["allSupported"] is True
    (status,) = config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
    assert status["recording"] is True


@requirement("PT-48", "PT-75", "PT-180", "PT-235")
def test_config_judges(aws: Aws) -> None:
    """Ten rules, and a pack of those of CIS."""
    config = aws.client("config")
    found = {rule["Source"]["SourceIdentifier"] for rule in config.describe_config_rules()["ConfigRules"]}
    assert {"RDS_STORAGE_ENCRYPTED", "CLOUD_TRAIL_ENABLED", "VPC_FLOW_LOGS_ENABLED"} <= found
    (pack,) = config.describe_conformance_packs()["ConformancePackDetails"]
    assert "cis" in pack["ConformancePackName"].lower()


@in_each_region
@requirement("PT-47", "PT-75", "PT-181")
def test_guardduty(aws: Aws, region: str) -> None:
    guardduty = aws.client("guardduty", region)
    (detector,) = guardduty.list_detectors()["DetectorIds"]
    found = guardduty.get_detector(DetectorId=detector)
    assert found["Status"] == "ENABLED"
    enabled = {item["Name"] for item in found["Features"] if item["Status"] == "ENABLED"}
    assert enabled >= {"S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "EBS_MALWARE_PROTECTION", "RDS_LOGIN_EVENTS"}


@in_each_region
@requirement("PT-48", "PT-75", "PT-182", "PT-235")
def test_security_hub(aws: Aws, region: str) -> None:
    hub = aws.client("securityhub", region)
    assert hub.describe_hub()["HubArn"].split(":")[3] == region
    standards = {
        item["StandardsArn"].split("standards/")[1] for item in hub.get_enabled_standards()["StandardsSubscriptions"]
    }
    assert standards == {
        "aws-foundational-security-best-practices/v/1.0.0", "cis-aws-foundations-benchmark/v/3.0.0",
    }  # fmt: skip


@in_each_region
@requirement("PT-46", "PT-47")
def test_access_analyzer(aws: Aws, region: str) -> None:
    (analyzer,) = aws.client("accessanalyzer", region).list_analyzers()["analyzers"]
    assert (analyzer["type"], analyzer["status"]) == ("ACCOUNT", "ACTIVE")


@in_each_region
@requirement("PT-190", "PT-75")
def test_findings_are_told(aws: Aws, region: str) -> None:
    """From severity high on; other regions hand theirs to the bus of the home region."""
    events = aws.client("events", region)
    for source in ("guardduty", "security-hub"):
        rule = events.describe_rule(Name=f"personal-timeline-shared-{source}-findings")
        assert rule["State"] == "ENABLED"
        (target,) = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
        home = target["Arn"].split(":")
        assert (home[2], home[3]) == ("sns" if region == "us-east-1" else "events", "us-east-1")


@requirement("PT-33", "PT-190")
def test_people_are_told(aws: Aws) -> None:
    topics = [item["TopicArn"] for item in aws.client("sns").list_topics()["Topics"]]
    (topic,) = (arn for arn in topics if arn.endswith(":personal-timeline-shared-alarms"))
    (found,) = aws.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert (found["Protocol"], found["Endpoint"]) == ("email", "operations@personal-timeline.com")


@requirement("PT-218")
def test_administrators_need_a_second_factor(aws: Aws, templates: Templates) -> None:
    roles = [role for page in aws.client("iam").get_paginator("list_roles").paginate() for role in page["Roles"]]
    (role,) = (item for item in roles if item["RoleName"].startswith("personal-timeline-shared-admin"))
    for statement in role["AssumeRolePolicyDocument"]["Statement"]:
        assert statement["Condition"]["Bool"] == {"aws:MultiFactorAuthPresent": "true"}


@requirement("PT-46", "PT-218")
def test_password_policy(aws: Aws) -> None:
    found = aws.client("iam").get_account_password_policy()["PasswordPolicy"]
    assert (found["MinimumPasswordLength"], found["PasswordReusePrevention"]) == (14, 24)


@requirement("PT-157", "PT-192")
def test_tags_count_in_the_bill(aws: Aws, terraform: TerraformRoot) -> None:
    """Terraform asks for them as resources, ``groundplan deploy`` by Cost Explorer's API."""
    wanted = {"Project", "Environment", "ManagedBy", "CostCenter", "Team", "Specification"}
    assert {
        values["tag_key"] for address, values in terraform.values.items() if "aws_ce_cost_allocation_tag" in address
    } == wanted


@requirement("PT-34", "PT-52", "PT-188", "PT-192")
def test_anomalies_of_cost(aws: Aws, architecture: Architecture) -> None:
    explorer = aws.client("ce")
    (monitor,) = explorer.get_anomaly_monitors()["AnomalyMonitors"]
    (subscription,) = explorer.get_anomaly_subscriptions()["AnomalySubscriptions"]
    assert subscription["MonitorArnList"] == [monitor["MonitorArn"]]
    assert "50" in json.dumps(subscription["ThresholdExpression"])
    assert subscription["Subscribers"]


@requirement("PT-12", "PT-44", "PT-90")
def test_one_dashboard_over_all_environments(aws: Aws) -> None:
    cloudwatch = aws.client("cloudwatch")
    names = [item["DashboardName"] for item in cloudwatch.list_dashboards()["DashboardEntries"]]
    (name,) = (item for item in names if item.startswith("personal-timeline-shared-"))
    body = cloudwatch.get_dashboard(DashboardName=name)["DashboardBody"]
    for token in ("dev", "staging", "prod"):
        assert f"personal-timeline-{token}-" in body


@requirement("PT-44", "PT-247")
def test_quotas_are_watched(aws: Aws) -> None:
    """What AWS counts itself, against what it allows."""
    pages = aws.client("cloudwatch").get_paginator("describe_alarms").paginate()
    alarms: list[dict[str, Any]] = [item for page in pages for item in page["MetricAlarms"]]
    quotas = [item for item in alarms if item["AlarmName"].startswith("personal-timeline-shared-quota-")]
    assert len(quotas) >= 3
    for alarm in quotas:
        assert any("SERVICE_QUOTA" in query.get("Expression", "") for query in alarm["Metrics"])
        assert Decimal(str(alarm["Threshold"])) <= 80
        assert alarm["AlarmActions"]


@requirement("PT-225")
def test_trusted_advisor_answers(aws: Aws, readme: str) -> None:
    """C-48: most checks need a paid support plan; it is a step of the monthly review."""
    assert aws.client("support").describe_trusted_advisor_checks(language="en")["checks"]
    assert "Trusted Advisor" in readme


@requirement("PT-05", "PT-10")
def test_it_has_a_state_of_its_own(terraform: TerraformRoot, system: System) -> None:
    assert f'key = "{system.name}/shared' in terraform.text("backend.tf").replace("  ", " ") or "shared" in (
        terraform.text("backend.tf")
    )
