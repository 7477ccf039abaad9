"""The operations that are Groundplan's own, through boto3: what they refuse, and that they forget what is deleted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .conftest import Aws

_TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})


def refused(call: Any, **arguments: Any) -> str:
    """The code of the error that a call gives."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return str(caught.value.response["Error"]["Code"])


@pytest.fixture
def cluster(aws: Aws) -> Iterator[str]:
    ec2, eks, iam = aws.client("ec2"), aws.client("eks"), aws.client("iam")
    vpc = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.7.{number}.0/24", AvailabilityZone=f"us-east-1{zone}")["Subnet"]
        for number, zone in enumerate("ab")
    ]
    role = iam.create_role(RoleName="fakes-cluster", AssumeRolePolicyDocument=_TRUST)["Role"]["Arn"]
    ids = [subnet["SubnetId"] for subnet in subnets]
    eks.create_cluster(name="fakes", roleArn=role, version="1.33", resourcesVpcConfig={"subnetIds": ids})
    yield "fakes"
    eks.delete_cluster(name="fakes")
    iam.delete_role(RoleName="fakes-cluster")
    for subnet in ids:
        ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_vpc(VpcId=vpc)


def test_kubernetes_adds_and_refuses(aws: Aws, cluster: str) -> None:
    eks = aws.client("eks")
    addon = {"clusterName": cluster, "addonName": "coredns"}
    assert refused(eks.create_addon, clusterName="nope", addonName="coredns") == "ResourceNotFoundException"
    eks.create_addon(**addon)
    assert refused(eks.create_addon, **addon) == "ResourceInUseException"
    assert eks.list_addons(clusterName=cluster)["addons"] == ["coredns"]
    eks.delete_addon(**addon)
    assert refused(eks.describe_addon, **addon) == "ResourceNotFoundException"
    identity = {
        "clusterName": cluster,
        "namespace": "shop",
        "serviceAccount": "api",
        "roleArn": "arn:aws:iam::1:role/r",
    }
    made = eks.create_pod_identity_association(**identity)["association"]["associationId"]
    assert refused(eks.create_pod_identity_association, **identity) == "ResourceInUseException"
    eks.delete_pod_identity_association(clusterName=cluster, associationId=made)
    assert eks.list_pod_identity_associations(clusterName=cluster)["associations"] == []


def test_kubernetes_goes_up_one_version_at_a_time(aws: Aws, cluster: str) -> None:
    eks = aws.client("eks")
    assert refused(eks.update_cluster_version, name=cluster, version="1.35") == "InvalidParameterException"
    assert refused(eks.update_cluster_version, name=cluster, version="1.32") == "InvalidParameterException"
    assert eks.update_cluster_version(name=cluster, version="1.34")["update"]["status"] == "Successful"
    assert eks.describe_cluster(name=cluster)["cluster"]["version"] == "1.34"


def test_the_cluster_security_group_comes_and_goes(aws: Aws, cluster: str) -> None:
    eks, ec2 = aws.client("eks"), aws.client("ec2")
    network = eks.describe_cluster(name=cluster)["cluster"]["resourcesVpcConfig"]
    found = ec2.describe_security_groups(GroupIds=[network["clusterSecurityGroupId"]])["SecurityGroups"]
    assert [group["VpcId"] for group in found] == [network["vpcId"]]


@pytest.mark.parametrize("kind", ["cache", "origin_request"])
def test_edge_policies_want_the_entity_tag_and_a_free_name(aws: Aws, kind: str) -> None:
    cloudfront = aws.client("cloudfront")
    title = kind.title().replace("_", "")
    config: dict[str, Any] = {"Name": "fakes"}
    if kind == "cache":
        config["MinTTL"] = 0
    else:
        config |= {"HeadersConfig": {"HeaderBehavior": "none"}, "CookiesConfig": {"CookieBehavior": "none"},
                   "QueryStringsConfig": {"QueryStringBehavior": "none"}}  # fmt: skip
    create, get, delete = (getattr(cloudfront, f"{verb}_{kind}_policy") for verb in ("create", "get", "delete"))
    made = create(**{f"{title}PolicyConfig": config})
    identifier = made[f"{title}Policy"]["Id"]
    assert refused(create, **{f"{title}PolicyConfig": config}) == f"{title}PolicyAlreadyExists"
    assert refused(delete, Id=identifier, IfMatch="other") == "PreconditionFailed"
    delete(Id=identifier, IfMatch=made["ETag"])
    assert refused(get, Id=identifier) == f"NoSuch{title}Policy"


def test_a_new_bucket_has_nothing_of_an_older_one(aws: Aws) -> None:
    s3 = aws.client("s3")
    wanted = {"Id": "all"}
    s3.create_bucket(Bucket="fakes-bucket")
    s3.put_bucket_metrics_configuration(Bucket="fakes-bucket", Id="all", MetricsConfiguration=wanted)
    assert s3.get_bucket_metrics_configuration(Bucket="fakes-bucket", Id="all")["MetricsConfiguration"] == wanted
    assert refused(s3.get_bucket_metrics_configuration, Bucket="fakes-bucket", Id="other") == "NoSuchConfiguration"
    assert refused(s3.list_bucket_metrics_configurations, Bucket="fakes-none") == "NoSuchBucket"
    s3.delete_bucket(Bucket="fakes-bucket")
    s3.create_bucket(Bucket="fakes-bucket")
    assert "MetricsConfigurationList" not in s3.list_bucket_metrics_configurations(Bucket="fakes-bucket")
    s3.delete_bucket(Bucket="fakes-bucket")


def test_backups_belong_to_what_exists(aws: Aws) -> None:
    backup = aws.client("backup")
    selection = {"SelectionName": "s", "IamRoleArn": "arn:aws:iam::123456789012:role/r"}
    code = "ResourceNotFoundException"
    assert refused(backup.create_backup_selection, BackupPlanId="nope", BackupSelection=selection) == code
    assert refused(backup.get_backup_vault_notifications, BackupVaultName="nope") == code
    rules = [{"RuleName": "r", "TargetBackupVaultName": "fakes"}]
    backup.create_backup_vault(BackupVaultName="fakes")
    assert refused(backup.put_backup_vault_access_policy, BackupVaultName="fakes", Policy="{") == (
        "InvalidParameterValueException"
    )
    plan = backup.create_backup_plan(BackupPlan={"BackupPlanName": "fakes", "Rules": rules})
    changed = backup.update_backup_plan(
        BackupPlanId=plan["BackupPlanId"], BackupPlan={"BackupPlanName": "fakes", "Rules": rules * 2}
    )
    assert changed["VersionId"] != plan["VersionId"]
    assert len(backup.get_backup_plan(BackupPlanId=plan["BackupPlanId"])["BackupPlan"]["Rules"]) == 2
    backup.delete_backup_plan(BackupPlanId=plan["BackupPlanId"])
    backup.delete_backup_vault(BackupVaultName="fakes")


def test_security_hub_must_be_enabled(aws: Aws) -> None:
    hub = aws.client("securityhub", "eu-west-1")
    standard = [{"StandardsArn": "arn:aws:securityhub:eu-west-1::standards/x/v/1.0.0"}]
    assert refused(hub.describe_hub) == "InvalidAccessException"
    assert refused(hub.batch_enable_standards, StandardsSubscriptionRequests=standard) == "InvalidAccessException"
    hub.enable_security_hub(Tags={"a": "b"})
    arn = hub.describe_hub()["HubArn"]
    hub.tag_resource(ResourceArn=arn, Tags={"c": "d"})
    assert hub.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"a": "b", "c": "d"}
    hub.disable_security_hub()


def test_traces_and_analyzers_refuse_what_is_there_or_is_not(aws: Aws) -> None:
    xray, analyzers = aws.client("xray"), aws.client("accessanalyzer")
    made = xray.create_group(GroupName="fakes", FilterExpression='service("web")')["Group"]["GroupARN"]
    assert refused(xray.create_group, GroupName="fakes") == "InvalidRequestException"
    assert xray.get_group(GroupName="fakes")["Group"]["GroupARN"] == made
    xray.delete_group(GroupARN=made)
    assert refused(xray.get_group, GroupName="fakes") == "InvalidRequestException"
    assert refused(xray.delete_sampling_rule, RuleName="nope") == "InvalidRequestException"
    assert refused(analyzers.get_analyzer, analyzerName="nope") == "ResourceNotFoundException"
    analyzers.create_analyzer(analyzerName="fakes", type="ACCOUNT")
    assert refused(analyzers.create_analyzer, analyzerName="fakes", type="ACCOUNT") == "ConflictException"
    assert refused(analyzers.delete_archive_rule, analyzerName="fakes", ruleName="nope") == "ResourceNotFoundException"
    analyzers.delete_analyzer(analyzerName="fakes")
    config = aws.client("config")
    assert refused(config.describe_conformance_packs, ConformancePackNames=["nope"]) == "NoSuchConformancePackException"
    assert refused(aws.client("grafana").describe_workspace, workspaceId="g-0123456789") == "ResourceNotFoundException"


def test_shards_come_and_go_with_their_nodes(aws: Aws) -> None:
    cache = aws.client("elasticache")
    group = {"ReplicationGroupDescription": "d", "Engine": "redis", "CacheNodeType": "cache.t4g.micro"}
    cache.create_replication_group(
        ReplicationGroupId="fakes-shards", ClusterMode="enabled", NumNodeGroups=2, ReplicasPerNodeGroup=1,
        AutomaticFailoverEnabled=True, **group,
    )  # fmt: skip
    cache.create_replication_group(ReplicationGroupId="fakes-plain", **group)

    def shards(**arguments: Any) -> list[tuple[str, list[str]]]:
        cache.modify_replication_group_shard_configuration(
            ReplicationGroupId="fakes-shards", ApplyImmediately=True, **arguments
        )
        (changed,) = cache.describe_replication_groups(ReplicationGroupId="fakes-shards")["ReplicationGroups"]
        assert len(changed["MemberClusters"]) == 2 * len(changed["NodeGroups"])
        return [
            (shard["Slots"], [node["CacheClusterId"] for node in shard["NodeGroupMembers"]])
            for shard in changed["NodeGroups"]
        ]

    more = shards(NodeGroupCount=4)
    assert [slots for slots, _ in more] == ["0-4095", "4096-8191", "8192-12287", "12288-16383"]
    assert more[3][1] == ["fakes-shards-0004-001", "fakes-shards-0004-002"]
    assert cache.describe_cache_clusters(CacheClusterId="fakes-shards-0004-002")["CacheClusters"]
    change = cache.modify_replication_group_shard_configuration
    wanted = {"ReplicationGroupId": "fakes-shards", "ApplyImmediately": True}
    assert refused(change, **wanted, NodeGroupCount=4) == "InvalidParameterValue"
    assert refused(change, **wanted, NodeGroupCount=1) == "InvalidParameterCombination"
    assert shards(NodeGroupCount=1, NodeGroupsToRemove=["0001", "0002", "0003"]) == [("0-16383", more[3][1])]
    plain = {**wanted, "ReplicationGroupId": "fakes-plain"}
    assert refused(change, **plain, NodeGroupCount=2) == "InvalidReplicationGroupState"
    for name in ("fakes-shards", "fakes-plain"):
        cache.delete_replication_group(ReplicationGroupId=name)


def test_alarms_of_both_kinds_are_silenced(aws: Aws) -> None:
    cloudwatch = aws.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="fakes-cpu", Namespace="AWS/RDS", MetricName="CPUUtilization", Statistic="Average", Period=60,
        EvaluationPeriods=1, Threshold=80, ComparisonOperator="GreaterThanThreshold",
    )  # fmt: skip
    cloudwatch.put_composite_alarm(AlarmName="fakes-all", AlarmRule='ALARM("fakes-cpu")')

    def speaking() -> list[bool]:
        plain = cloudwatch.describe_alarms(AlarmNames=["fakes-cpu"])["MetricAlarms"]
        composite = cloudwatch.describe_alarms(AlarmNames=["fakes-all"], AlarmTypes=["CompositeAlarm"])
        return [alarm["ActionsEnabled"] for alarm in (*plain, *composite["CompositeAlarms"])]

    assert speaking() == [True, True]
    cloudwatch.disable_alarm_actions(AlarmNames=["fakes-cpu", "fakes-all"])
    assert speaking() == [False, False]
    cloudwatch.enable_alarm_actions(AlarmNames=["fakes-all"])
    assert speaking() == [False, True]
    cloudwatch.delete_alarms(AlarmNames=["fakes-all"])
    cloudwatch.delete_alarms(AlarmNames=["fakes-cpu"])


def test_restore_testing_refuses_what_aws_backup_refuses(aws: Aws) -> None:
    backup = aws.client("backup")
    points = {"Algorithm": "LATEST_WITHIN_WINDOW", "RecoveryPointTypes": ["SNAPSHOT"], "IncludeVaults": ["*"]}
    plan = {"RestoreTestingPlanName": "fakes", "ScheduleExpression": "cron(0 8 ? * SUN *)"}
    asked: dict[str, Any] = {**plan, "RecoveryPointSelection": points}
    wrong = {**asked, "RestoreTestingPlanName": "fakes-1"}
    assert refused(backup.create_restore_testing_plan, RestoreTestingPlan=wrong) == "InvalidParameterValueException"
    backup.create_restore_testing_plan(RestoreTestingPlan=asked)
    assert refused(backup.create_restore_testing_plan, RestoreTestingPlan=asked) == "AlreadyExistsException"
    found = backup.get_restore_testing_plan(RestoreTestingPlanName="fakes")["RestoreTestingPlan"]
    assert (found["StartWindowHours"], found["RecoveryPointSelection"]["SelectionWindowDays"]) == (24, 30)
    selection: dict[str, Any] = {
        "RestoreTestingSelectionName": "databases",
        "ProtectedResourceType": "RDS",
        "IamRoleArn": "arn:aws:iam::123456789012:role/backup",
    }
    ours = {"RestoreTestingPlanName": "fakes"}
    create = backup.create_restore_testing_selection
    assert refused(create, **ours, RestoreTestingSelection=selection) == "InvalidParameterValueException"
    many = [f"arn:aws:rds:us-east-1:123456789012:db:{number}" for number in range(31)]
    too_many = {**selection, "ProtectedResourceArns": many}
    assert refused(create, **ours, RestoreTestingSelection=too_many) == "InvalidParameterValueException"
    create(**ours, RestoreTestingSelection={**selection, "ProtectedResourceArns": many[:30]})
    assert refused(backup.delete_restore_testing_plan, **ours) == "InvalidRequestException"
    backup.delete_restore_testing_selection(**ours, RestoreTestingSelectionName="databases")
    backup.delete_restore_testing_plan(**ours)
    assert refused(backup.get_restore_testing_plan, **ours) == "ResourceNotFoundException"


def test_an_automation_that_systems_manager_would_not_take_is_refused(aws: Aws) -> None:
    step = {"name": "Wait", "action": "aws:sleep", "inputs": {"Duration": "PT1M"}}
    for content in (
        {"schemaVersion": "2.2", "mainSteps": [step]},
        {"schemaVersion": "0.3", "mainSteps": []},
        {"schemaVersion": "0.3", "mainSteps": [step, step]},
        "{",
    ):
        properties = {"Name": "wrong", "DocumentType": "Automation", "DocumentFormat": "JSON", "Content": content}
        stack = aws.deploy({"Resources": {"T": {"Type": "AWS::SSM::Document", "Properties": properties}}})
        assert stack.status == "ROLLBACK_COMPLETE"
        aws.delete(stack)
