"""SM-04, SM-17, SM-43, SM-44, SM-46 to SM-54, SM-115 to SM-118, SM-122, SM-125, SM-178, SM-186: security, audit,
monitoring, backup, and the life of both environments beside each other."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from tests.acceptance.environments import in_each
from tests.acceptance.policies import allows
from tests.acceptance.rows import requirement
from tests.acceptance.system import Aws, CommandLine, Templates, at
from tests.acceptance.test_solemate_compute import deployed_balancer, deployed_task
from tests.acceptance.test_solemate_storage import deployed_distribution

from groundplan.resources import Architecture
from groundplan.resources.firewall import WebAcl
from groundplan.resources.governance import BackupSelection, ConfigRule, ConfigurationRecorder, Trail
from groundplan.resources.monitoring import Alarm, LogGroup

ENVIRONMENT = "production"
both = in_each("staging", "production")
GROUPS = {
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesSQLiRuleSet",
}


@both
@requirement("SM-43", "SM-44")
def test_deployed_roles_let_tasks_start_and_no_more(aws: Aws, environment: str) -> None:
    """C-09: the execution role reads the one injected secret."""
    task, iam = deployed_task(aws, environment), aws.client("iam")
    name = task["executionRoleArn"].rpartition("/")[2]
    documents = [
        iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
    ]
    secret = at(task["containerDefinitions"], "api.secrets.DATABASE_URL.valueFrom")
    assert allows(documents, "secretsmanager:GetSecretValue", secret)
    other = secret.replace("main_url", "main_password")
    assert other != secret
    assert not allows(documents, "secretsmanager:GetSecretValue", other)
    assert not allows(documents, "secretsmanager:PutSecretValue", secret)


@both
@requirement("SM-44")
def test_deployed_credentials_are_secrets(aws: Aws, environment: str) -> None:
    secrets = aws.client("secretsmanager")
    names = {item["Name"] for item in secrets.list_secrets()["SecretList"]}
    assert names == {f"Solemate/{environment}/{name}" for name in ("main_password", "main_url")}
    container = at(deployed_task(aws, environment)["containerDefinitions"], "api")
    url = secrets.get_secret_value(SecretId=at(container, "secrets.DATABASE_URL.valueFrom"))["SecretString"]
    assert url.endswith("?sslmode=require")
    password = url.partition("@")[0].rpartition(":")[2]
    assert len(password) == 32
    assert password not in json.dumps(container)


@both
@requirement("SM-46")
def test_firewalls(architecture: Architecture, environment: str) -> None:
    acls = {acl.scope: acl for acl in architecture.of(WebAcl)}
    assert set(acls) == {"REGIONAL", "CLOUDFRONT"}
    for acl in acls.values():
        assert {group.group_name for group in acl.managed_rule_groups} == GROUPS
        assert not any(group.only_count for group in acl.managed_rule_groups)
        assert acl.rate_limit is not None
        assert acl.rate_limit.limit == 2000


@both
@requirement("SM-46")
def test_deployed_firewalls(aws: Aws, environment: str) -> None:
    for scope, region in (("REGIONAL", "us-west-2"), ("CLOUDFRONT", "us-east-1")):
        waf = aws.client("wafv2", region)
        (summary,) = waf.list_web_acls(Scope=scope)["WebACLs"]
        rules = waf.get_web_acl(Name=summary["Name"], Id=summary["Id"], Scope=scope)["WebACL"]["Rules"]
        assert {rule["Name"] for rule in rules} == GROUPS | {"RateLimit"}
        limit = next(rule for rule in rules if rule["Name"] == "RateLimit")
        assert (limit["Statement"]["RateBasedStatement"]["Limit"], limit["Action"]) == (2000, {"Block": {}})
        if scope == "CLOUDFRONT":
            assert at(deployed_distribution(aws), "DistributionConfig.WebACLId") == summary["ARN"]
        else:
            balancer = deployed_balancer(aws, environment)["LoadBalancerArn"]
            assert waf.get_web_acl_for_resource(ResourceArn=balancer)["WebACL"]["ARN"] == summary["ARN"]


@requirement("SM-47")
def test_deployed_trail(aws: Aws, architecture: Architecture) -> None:
    (trail,) = aws.client("cloudtrail").describe_trails()["trailList"]
    assert (trail["IsMultiRegionTrail"], trail["LogFileValidationEnabled"]) == (True, True)
    assert trail["IncludeGlobalServiceEvents"] is True
    assert aws.client("cloudtrail").get_trail_status(Name=trail["Name"])["IsLogging"] is True
    assert trail["KmsKeyId"]
    (designed,) = architecture.of(Trail)
    assert (trail["Name"], trail["S3BucketName"]) == (designed.trail_name, "solemate-trail-production")


@requirement("SM-48")
def test_deployed_config(aws: Aws, architecture: Architecture) -> None:
    config = aws.client("config")
    (recorder,) = config.describe_configuration_recorders()["ConfigurationRecorders"]
    assert recorder["recordingGroup"]["allSupported"] is True
    assert [
        item["recording"] for item in config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
    ] == [True]
    found = {rule["Source"]["SourceIdentifier"] for rule in config.describe_config_rules()["ConfigRules"]}
    assert found == {rule.source_identifier for rule in architecture.of(ConfigRule)}
    assert {"RDS_STORAGE_ENCRYPTED", "CLOUD_TRAIL_ENABLED", "VPC_FLOW_LOGS_ENABLED"} <= found


@pytest.mark.environment("staging")
@requirement("SM-47", "SM-48")
def test_one_account_has_one_recorder(architecture: Architecture) -> None:
    assert architecture.of(ConfigurationRecorder) == architecture.of(Trail) == ()


@both
@requirement("SM-49", "SM-52", "SM-186")
def test_deployed_alarms_tell_and_act(aws: Aws, architecture: Architecture, environment: str) -> None:
    """Somebody hears of each; those of target tracking start and stop tasks."""
    found: list[dict[str, Any]] = []
    for region in ("us-west-2", "us-east-1"):
        found += aws.client("cloudwatch", region).describe_alarms()["MetricAlarms"]
    scaling = [alarm for alarm in found if alarm["AlarmName"].startswith("TargetTracking-")]
    own = [alarm for alarm in found if alarm not in scaling]
    assert {alarm["AlarmName"] for alarm in own} == {alarm.alarm_name for alarm in architecture.of(Alarm)}
    for alarm in own:
        assert all(action.split(":")[2] == "sns" for action in alarm["AlarmActions"])
        assert alarm["AlarmActions"]
        assert alarm["OKActions"] == alarm["AlarmActions"]
    assert scaling
    for alarm in scaling:
        assert all(action.split(":")[2] == "autoscaling" for action in alarm["AlarmActions"])


@both
@requirement("SM-50")
def test_deployed_log_groups_have_a_retention(aws: Aws, architecture: Architecture, environment: str) -> None:
    names = {group.log_group_name for group in architecture.of(LogGroup)}
    found = [
        group
        for region in ("us-west-2", "us-east-1")
        for page in aws.client("logs", region).get_paginator("describe_log_groups").paginate()
        for group in page["logGroups"]
    ]
    assert names <= {group["logGroupName"] for group in found}
    assert [group["logGroupName"] for group in found if not group.get("retentionInDays")] == []
    options = at(deployed_task(aws, environment)["containerDefinitions"], "api.logConfiguration.options")
    assert options["awslogs-group"] in names


@both
@requirement("SM-49", "SM-51")
def test_deployed_dashboard(aws: Aws, environment: str) -> None:
    cloudwatch = aws.client("cloudwatch")
    (entry,) = cloudwatch.list_dashboards()["DashboardEntries"]
    assert entry["DashboardName"].startswith(f"Solemate-{environment}-")
    body = json.loads(cloudwatch.get_dashboard(DashboardName=entry["DashboardName"])["DashboardBody"])
    watched = json.dumps(body)
    for namespace in ("AWS/ECS", "AWS/ApplicationELB", "AWS/RDS"):
        assert namespace in watched
    assert f"solemate-{environment}-main" in watched


@both
@requirement("SM-52", "SM-117", "SM-186")
def test_deployed_subscriptions(aws: Aws, environment: str) -> None:
    """An e-mail address and a webhook of an external service, in both regions in which there are alarms."""
    for region in ("us-west-2", "us-east-1"):
        found = aws.client("sns", region).list_subscriptions()["Subscriptions"]
        assert {(item["Protocol"], item["Endpoint"]) for item in found} == {
            ("email", "operations@solemate.com"),
            ("https", "https://events.solemate.com/aws"),
        }


@both
@requirement("SM-54")
def test_deployed_budget(aws: Aws, environment: str) -> None:
    (budget,) = aws.client("budgets").describe_budgets(AccountId=aws.account)["Budgets"]
    assert Decimal(budget["BudgetLimit"]["Amount"]) == {"staging": 250, "production": 600}[environment]
    assert (budget["TimeUnit"], budget["BudgetType"]) == ("MONTHLY", "COST")


@both
@requirement("SM-115")
def test_deployed_zone(aws: Aws, environment: str) -> None:
    """What the registrar, or the parent zone, has to point to."""
    route53 = aws.client("route53")
    (zone,) = route53.list_hosted_zones()["HostedZones"]
    name = {"staging": "staging.solemate.com.", "production": "solemate.com."}[environment]
    assert (zone["Name"], zone["Config"]["PrivateZone"]) == (name, False)
    assert len(route53.get_hosted_zone(Id=zone["Id"])["DelegationSet"]["NameServers"]) == 4


@requirement("SM-36", "SM-118", "SM-122")
def test_deployed_backup(aws: Aws, architecture: Architecture) -> None:
    backup = aws.client("backup")
    (plan,) = backup.list_backup_plans()["BackupPlansList"]
    (rule,) = backup.get_backup_plan(BackupPlanId=plan["BackupPlanId"])["BackupPlan"]["Rules"]
    assert rule["Lifecycle"]["DeleteAfterDays"] == 35
    (copy,) = rule["CopyActions"]
    assert copy["DestinationBackupVaultArn"].split(":")[3] == "us-east-2"
    (vault,) = aws.client("backup", "us-east-2").list_backup_vaults()["BackupVaultList"]
    assert vault["BackupVaultArn"] == copy["DestinationBackupVaultArn"]
    assert vault["EncryptionKeyArn"]
    (selection,) = architecture.of(BackupSelection)
    assert len(selection.resource_arns) >= 2


@both
@requirement("SM-125")
def test_everything_designed_is_deployed(
    aws: Aws, command_line: CommandLine, templates: Templates, environment: str
) -> None:
    """Each resource of each template stands in the stack that was made of it."""
    for stack in templates.rendering.stacks:
        pages = (
            aws.client("cloudformation", stack.region)
            .get_paginator("list_stack_resources")
            .paginate(StackName=stack.name)
        )
        found = {
            item["LogicalResourceId"]: item["ResourceStatus"]
            for page in pages
            for item in page["StackResourceSummaries"]
        }
        content: Any = stack.template
        assert set(found) == set(content["Resources"])
        assert set(found.values()) <= {"CREATE_COMPLETE", "UPDATE_COMPLETE"}


def unplanned(command: CommandLine, environment: str) -> list[Any]:
    found: list[Any] = command.json("plan", "--target", "local", "--environment", environment)["changes"]
    return found


@requirement("SM-04", "SM-17", "SM-79", "SM-99", "SM-124", "SM-178")
def test_both_environments_live_and_go_in_one_account(aws: Aws, command_line: CommandLine) -> None:
    """C-54: neither takes anything from the other, and what goes takes nothing of the other with it. The last test of
    all: what the others look at is gone."""
    command_line.run("deploy", "--target", "local", "--environment", "staging")
    assert unplanned(command_line, "staging") == unplanned(command_line, "production") == []
    summaries = aws.client("cloudfront").list_distributions()["DistributionList"]["Items"]
    aliases = [alias for item in summaries for alias in item["Aliases"]["Items"]]
    assert sorted(aliases) == ["solemate.com", "staging.solemate.com", "www.solemate.com"]
    assert owners(aws) == {"staging", "production"}

    command_line.run("destroy", "--target", "local", "--environment", "staging", "--yes")
    assert unplanned(command_line, "production") == []
    assert owners(aws) == {"production"}
    assert all("staging" not in name for name in names_of_what_costs(aws))

    command_line.run(
        "destroy",
        "--target",
        "local",
        "--environment",
        "production",
        "--yes",
        "--delete-protected",
        "database_instance.main",
    )
    assert owners(aws) == set()
    kept = names_of_what_costs(aws)
    assert {name for name in kept if not name.startswith("solemate-production-main-")} == {
        "solemate-assets-production", "solemate-assets-production-us-east-2", "solemate-logs-production",
        "solemate-trail-production", "solemate-config-production", "Solemate-production-backup",
        "Solemate-production-backup-copies",
    }  # fmt: skip
    snapshots = aws.client("rds").describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]
    assert [item["DBInstanceIdentifier"] for item in snapshots] == ["solemate-production-main"]


def owners(aws: Aws) -> set[str]:
    """The environments that have a network of their own."""
    vpcs = [vpc for vpc in aws.client("ec2").describe_vpcs()["Vpcs"] if not vpc["IsDefault"]]
    return {tag["Value"] for vpc in vpcs for tag in vpc["Tags"] if tag["Key"] == "Environment"}


def names_of_what_costs(aws: Aws) -> set[str]:
    """By their names: whatever of both environments is still there and would be paid for, or hold data."""
    ec2 = aws.client("ec2")
    assert [item for item in ec2.describe_addresses()["Addresses"] if "AssociationId" not in item] == []
    found = {bucket["Name"] for bucket in aws.client("s3").list_buckets()["Buckets"]}
    found |= {item["DBInstanceIdentifier"] for item in aws.client("rds").describe_db_instances()["DBInstances"]}
    found |= {item["LoadBalancerName"] for item in aws.client("elbv2").describe_load_balancers()["LoadBalancers"]}
    found |= {item["repositoryName"] for item in aws.client("ecr").describe_repositories()["repositories"]}
    found |= {item["Name"] for item in aws.client("secretsmanager").list_secrets()["SecretList"]}
    found |= {
        item["Comment"] for item in aws.client("cloudfront").list_distributions()["DistributionList"].get("Items", [])
    }
    for region in ("us-west-2", "us-east-1", "us-east-2"):
        found |= {item["logGroupName"] for item in aws.client("logs", region).describe_log_groups()["logGroups"]}
        found |= {
            item["BackupVaultName"] for item in aws.client("backup", region).list_backup_vaults()["BackupVaultList"]
        }
    for item in aws.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]:
        found.add(item["AutoScalingGroupName"])
    return found
