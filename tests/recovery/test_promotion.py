"""The promotion on the local AWS: the document is read back and carried out, and the replica takes writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.engines.cloudformation.deploying import Client, Deployment, local_aws
from tests.recovery.automation import Execution
from tests.recovery.shop import shop

from groundplan.engines.cloudformation import render

HOME, AWAY = "us-east-1", "us-west-2"


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with local_aws(tmp_path_factory.mktemp("local"), AWAY) as client:
        architecture = shop()
        inputs = {item.name: item.default or "" for item in architecture.inputs}
        Deployment(render(architecture), client, inputs).create()
        yield client


def document(aws: Client) -> dict[str, Any]:
    found = aws("ssm").get_document(Name="Shop-production-standby-promotion")
    content: dict[str, Any] = json.loads(found["Content"])
    return content


def database(aws: Client, region: str) -> dict[str, Any]:
    (found,) = aws("rds", region).describe_db_instances()["DBInstances"]
    return dict(found)


def answers(aws: Client) -> dict[str, str]:
    """What the standby's load balancer answers by itself, by host."""
    balancing = aws("elbv2")
    (balancer,) = balancing.describe_load_balancers()["LoadBalancers"]
    found = {}
    for listener in balancing.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]:
        for rule in balancing.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]:
            hosts = [host for item in rule["Conditions"] for host in item.get("HostHeaderConfig", {}).get("Values", ())]
            for action in rule["Actions"]:
                if action["Type"] == "fixed-response" and hosts:
                    found[hosts[0]] = action["FixedResponseConfig"]["StatusCode"]
    return found


def test_the_promotion_makes_an_instance_of_its_own(aws: Client) -> None:
    before = database(aws, AWAY)
    assert before["ReadReplicaSourceDBInstanceIdentifier"].startswith(f"arn:aws:rds:{HOME}:")
    assert (before["BackupRetentionPeriod"], before["MultiAZ"]) == (0, False)
    assert answers(aws) == {"standby.api.shop.com": "404"}
    first = Execution(document(aws), aws)
    first.run()
    assert first.done[-6:] == [
        "Look_main", "IsReplica_main", "Ready_main", "Promote_main", "Wait_main", "MultiAz_main",
    ]  # fmt: skip
    assert first.failed == []
    after = database(aws, AWAY)
    assert "ReadReplicaSourceDBInstanceIdentifier" not in after
    assert (after["BackupRetentionPeriod"], after["MultiAZ"]) == (7, True)
    assert after["Endpoint"] == before["Endpoint"]
    assert database(aws, HOME)["ReadReplicaDBInstanceIdentifiers"] == []
    assert answers(aws) == {"standby.api.shop.com": "200"}
    (target,) = aws("application-autoscaling").describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (3, 6)
    again = Execution(document(aws), aws)
    again.run()
    assert "Promote_main" not in again.done
    assert again.failed == []
    with pytest.raises(ClientError, match="is not a read replica"):
        aws("rds").promote_read_replica(DBInstanceIdentifier=after["DBInstanceIdentifier"])


def test_the_domain_has_both_records(aws: Client) -> None:
    names = aws("route53")
    zone = names.list_hosted_zones()["HostedZones"][0]["Id"]
    found = names.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    records = {item["Failover"]: item for item in found if "Failover" in item}
    assert records["PRIMARY"]["AliasTarget"]["DNSName"].endswith(f".{HOME}.elb.amazonaws.com")
    assert records["SECONDARY"]["AliasTarget"]["DNSName"].endswith(f".{AWAY}.elb.amazonaws.com")
    check = names.get_health_check(HealthCheckId=records["PRIMARY"]["HealthCheckId"])["HealthCheck"]
    children = check["HealthCheckConfig"]["ChildHealthChecks"]
    asked = [names.get_health_check(HealthCheckId=child)["HealthCheck"]["HealthCheckConfig"] for child in children]
    assert [(item["FullyQualifiedDomainName"], item["Inverted"]) for item in asked] == [
        ("primary.api.shop.com", False),
        ("standby.api.shop.com", True),
    ]


def test_the_alarm_starts_the_document(aws: Client) -> None:
    (alarm,) = aws("cloudwatch").describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    (rule,) = aws("events").list_rules()["Rules"]
    assert json.loads(rule["EventPattern"])["resources"] == [alarm["AlarmArn"]]
    (target,) = aws("events").list_targets_by_rule(Rule=rule["Name"])["Targets"]
    assert target["Arn"].endswith(":automation-definition/Shop-production-standby-promotion:$DEFAULT")
    role = json.loads(target["Input"])["AutomationAssumeRole"]
    assert role == [document(aws)["parameters"]["AutomationAssumeRole"]["default"]]


def test_backups_are_locked_copied_tested_and_told(aws: Client) -> None:
    for region in (HOME, "eu-west-1"):
        (vault,) = aws("backup", region).list_backup_vaults()["BackupVaultList"]
        described = aws("backup", region).describe_backup_vault(BackupVaultName=vault["BackupVaultName"])
        assert (described["Locked"], described["MinRetentionDays"], described["MaxRetentionDays"]) == (True, 35, 70)
    backup = aws("backup", HOME)
    (plan,) = backup.list_restore_testing_plans()["RestoreTestingPlans"]
    plan = backup.get_restore_testing_plan(RestoreTestingPlanName=plan["RestoreTestingPlanName"])["RestoreTestingPlan"]
    assert plan["RecoveryPointSelection"]["IncludeVaults"][0].endswith(":backup-vault:Shop-production-backup")
    ours = {"RestoreTestingPlanName": plan["RestoreTestingPlanName"]}
    (listed,) = backup.list_restore_testing_selections(**ours)["RestoreTestingSelections"]
    named = {**ours, "RestoreTestingSelectionName": listed["RestoreTestingSelectionName"]}
    selection = backup.get_restore_testing_selection(**named)["RestoreTestingSelection"]
    assert selection["ProtectedResourceType"] == "RDS"
    assert selection["ProtectedResourceArns"] == [database(aws, HOME)["DBInstanceArn"]]
    assert set(selection["RestoreMetadataOverrides"]) == {"dbSubnetGroupName", "vpcSecurityGroupIds"}
    (rule,) = aws("events", HOME).list_rules()["Rules"]
    (target,) = aws("events", HOME).list_targets_by_rule(Rule=rule["Name"])["Targets"]
    topic = aws("sns", HOME).get_topic_attributes(TopicArn=target["Arn"])["Attributes"]
    services = [statement["Principal"]["Service"] for statement in json.loads(topic["Policy"])["Statement"]]
    assert "events.amazonaws.com" in services
