"""A whole production system by hand: every value that the DuskSpendr specification wants read back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from groundplan.targets.local.cloudformation.stacks import Stack

from .conftest import Aws, failures, physical

REGION = "ap-south-1"
TEMPLATE = Path(__file__).parent / "duskspendr-like" / "template.yaml"


@pytest.fixture(scope="module")
def stack(aws: Aws) -> Iterator[Stack]:
    stack = aws.deploy(TEMPLATE.read_text(), "duskspendr-production", region=REGION,
                       parameters={"RedisAuthToken": "t" * 32}, tags={"Project": "DuskSpendr"})  # fmt: skip
    assert stack.status == "CREATE_COMPLETE", failures(stack)
    yield stack
    aws.client("rds", REGION).modify_db_instance(DBInstanceIdentifier="duskspendr-db", DeletionProtection=False)
    aws.delete(stack)
    assert stack.status == "DELETE_COMPLETE", failures(stack)
    assert not aws.client("ec2", REGION).describe_vpcs(Filters=[{"Name": "tag:Project", "Values": ["DuskSpendr"]}])[
        "Vpcs"
    ]
    assert not aws.client("elasticache", REGION).describe_replication_groups()["ReplicationGroups"]
    assert not aws.client("rds", REGION).describe_db_instances()["DBInstances"]
    snapshots = aws.client("rds", REGION).describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]
    assert [item["DBInstanceIdentifier"] for item in snapshots] == ["duskspendr-db"]


@pytest.fixture
def ec2(aws: Aws, stack: Stack) -> Any:
    return aws.client("ec2", REGION)


def tags(items: list[dict[str, str]]) -> dict[str, str]:
    return {item["Key"]: item["Value"] for item in items}


def test_network(ec2: Any, stack: Stack) -> None:  # DS-13 to DS-23, DS-28
    vpc = ec2.describe_vpcs(VpcIds=[physical(stack, "Vpc")])["Vpcs"][0]
    assert vpc["CidrBlock"] == "10.0.0.0/16"
    assert tags(vpc["Tags"])["Name"] == "DuskSpendr-prod"
    assert tags(vpc["Tags"])["Project"] == "DuskSpendr"
    assert tags(vpc["Tags"])["aws:cloudformation:logical-id"] == "Vpc"
    mine = [{"Name": "vpc-id", "Values": [vpc["VpcId"]]}]
    subnets = {(item["CidrBlock"], item["AvailabilityZone"]) for item in ec2.describe_subnets(Filters=mine)["Subnets"]}
    assert subnets == {
        ("10.0.1.0/24", "ap-south-1a"), ("10.0.2.0/24", "ap-south-1b"), ("10.0.10.0/24", "ap-south-1a"),
        ("10.0.20.0/24", "ap-south-1b"), ("10.0.100.0/24", "ap-south-1a"), ("10.0.200.0/24", "ap-south-1b"),
    }  # fmt: skip
    gateways = ec2.describe_nat_gateways(Filters=mine)["NatGateways"]
    assert {item["SubnetId"] for item in gateways} == {physical(stack, "PublicA"), physical(stack, "PublicB")}
    found = ec2.describe_internet_gateways(Filters=[{"Name": "attachment.vpc-id", "Values": [vpc["VpcId"]]}])
    assert len(found["InternetGateways"]) == 1


@pytest.mark.parametrize(
    ("subnet", "target"),
    [("PublicA", "InternetGateway"), ("PublicB", "InternetGateway"), ("PrivateA", "NatA"), ("PrivateB", "NatB"),
     ("DatabaseA", None), ("DatabaseB", None)],
)  # fmt: skip
def test_default_routes(ec2: Any, stack: Stack, subnet: str, target: str | None) -> None:  # DS-16 to DS-23
    wanted = [{"Name": "association.subnet-id", "Values": [physical(stack, subnet)]}]
    routes = ec2.describe_route_tables(Filters=wanted)["RouteTables"][0]["Routes"]
    default = [
        route.get("GatewayId") or route.get("NatGatewayId")
        for route in routes
        if route.get("DestinationCidrBlock") == "0.0.0.0/0"
    ]
    assert default == ([physical(stack, target)] if target else [])


def test_network_acl_and_flow_logs_and_endpoints(ec2: Any, stack: Stack) -> None:
    acl = ec2.describe_network_acls(NetworkAclIds=[physical(stack, "DatabaseAcl")])["NetworkAcls"][0]
    assert {item["SubnetId"] for item in acl["Associations"]} == {
        physical(stack, "DatabaseA"), physical(stack, "DatabaseB"),
    }  # fmt: skip
    entry = next(item for item in acl["Entries"] if item["RuleNumber"] == 100 and not item["Egress"])
    assert entry["PortRange"] == {"From": 5432, "To": 6379}
    logs = ec2.describe_flow_logs(FlowLogIds=[physical(stack, "FlowLogs")])["FlowLogs"][0]
    assert (logs["ResourceId"], logs["TrafficType"]) == (physical(stack, "Vpc"), "ALL")
    endpoints = ec2.describe_vpc_endpoints(
        VpcEndpointIds=[physical(stack, "S3Endpoint"), physical(stack, "SecretsEndpoint")]
    )
    assert {item["VpcEndpointType"] for item in endpoints["VpcEndpoints"]} == {"Gateway", "Interface"}


@pytest.mark.parametrize(
    ("group", "port", "source"),
    [("ApiGroup", 3000, "LoadBalancerGroup"), ("DatabaseGroup", 5432, "ApiGroup"), ("RedisGroup", 6379, "ApiGroup")],
)
def test_security_groups(ec2: Any, stack: Stack, group: str, port: int, source: str) -> None:  # DS-62, DS-109, DS-138
    rules = ec2.describe_security_groups(GroupIds=[physical(stack, group)])["SecurityGroups"][0]["IpPermissions"]
    assert [(rule["FromPort"], rule["ToPort"], rule["IpRanges"]) for rule in rules] == [(port, port, [])]
    assert [pair["GroupId"] for rule in rules for pair in rule["UserIdGroupPairs"]] == [physical(stack, source)]


def test_cluster(aws: Aws, stack: Stack) -> None:  # DS-30 to DS-33
    found = aws.client("ecs", REGION).describe_clusters(
        clusters=["DuskSpendr-cluster"], include=["SETTINGS", "CONFIGURATIONS"]
    )
    cluster = found["clusters"][0]
    assert cluster["settings"] == [{"name": "containerInsights", "value": "enabled"}]
    execute = cluster["configuration"]["executeCommandConfiguration"]
    assert (execute["logging"], execute["logConfiguration"]["cloudWatchLogGroupName"]) == ("OVERRIDE", "ecs_exec")
    assert sorted(cluster["capacityProviders"]) == ["FARGATE", "FARGATE_SPOT"]


def test_task_definition(aws: Aws, stack: Stack) -> None:  # DS-34 to DS-57
    task = aws.client("ecs", REGION).describe_task_definition(taskDefinition="DuskSpendr-api")["taskDefinition"]
    assert (task["family"], task["requiresCompatibilities"], task["networkMode"]) == (
        "DuskSpendr-api",
        ["FARGATE"],
        "awsvpc",
    )
    assert (task["cpu"], task["memory"]) == ("512", "1024")
    assert task["taskRoleArn"].endswith("role/DuskSpendr-ecs-task-role")
    (container,) = task["containerDefinitions"]
    repository = aws.client("ecr", REGION).describe_repositories(repositoryNames=["api"])["repositories"][0]
    assert container["name"] == "api"
    assert container["image"] == f"{repository['repositoryUri']}:latest"
    assert container["portMappings"] == [{"containerPort": 3000, "hostPort": 3000, "protocol": "tcp"}]
    assert {item["name"]: item["value"] for item in container["environment"]} == {
        "NODE_ENV": "production",
        "PORT": "3000",
    }
    assert container["secrets"] == [{"name": "DATABASE_URL", "valueFrom": physical(stack, "DatabaseUrl")}]
    assert container["logConfiguration"] == {
        "logDriver": "awslogs",
        "options": {"awslogs-group": "api", "awslogs-region": REGION, "awslogs-stream-prefix": "api"},
    }
    assert container["healthCheck"] == {
        "command": ["CMD-SHELL", "curl -f http://localhost:3000/health || exit 1"],
        "interval": 30, "timeout": 5, "retries": 3, "startPeriod": 60,
    }  # fmt: skip


def test_service(aws: Aws, stack: Stack) -> None:  # DS-58 to DS-66
    found = aws.client("ecs", REGION).describe_services(cluster="DuskSpendr-cluster", services=["DuskSpendr-api"])
    (service,) = found["services"]
    assert (service["desiredCount"], service["launchType"]) == (3, "FARGATE")
    network = service["networkConfiguration"]["awsvpcConfiguration"]
    assert network["subnets"] == [physical(stack, "PrivateA"), physical(stack, "PrivateB")]
    assert network["securityGroups"] == [physical(stack, "ApiGroup")]
    assert network["assignPublicIp"] == "DISABLED"
    (target,) = service["loadBalancers"]
    assert (target["containerName"], target["containerPort"]) == ("api", 3000)
    assert service["deploymentConfiguration"]["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
    assert service["enableExecuteCommand"] is True
    group = aws.client("elbv2", REGION).describe_target_groups(TargetGroupArns=[target["targetGroupArn"]])[
        "TargetGroups"
    ][0]
    assert (group["TargetType"], group["Port"], group["HealthCheckPath"]) == ("ip", 3000, "/health")


def test_scaling(aws: Aws, stack: Stack) -> None:  # DS-68 to DS-77
    scaling = aws.client("application-autoscaling", REGION)
    (target,) = scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (3, 20)
    assert target["ResourceId"] == "service/DuskSpendr-cluster/DuskSpendr-api"
    policies = {
        policy["PolicyName"]: policy["TargetTrackingScalingPolicyConfiguration"]
        for policy in scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]
    }
    cpu, memory = policies["api-cpu-scaling"], policies["api-memory-scaling"]
    assert cpu["PredefinedMetricSpecification"]["PredefinedMetricType"] == "ECSServiceAverageCPUUtilization"
    assert (cpu["TargetValue"], cpu["ScaleInCooldown"], cpu["ScaleOutCooldown"]) == (70.0, 300, 60)
    assert memory["PredefinedMetricSpecification"]["PredefinedMetricType"] == "ECSServiceAverageMemoryUtilization"
    assert memory["TargetValue"] == 80.0


def test_backups_bucket(aws: Aws, stack: Stack) -> None:  # DS-80 to DS-92, DS-165
    s3, bucket = aws.client("s3", REGION), physical(stack, "Backups")
    assert bucket == "duskspendr-backups-production"
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    rules = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    key = aws.client("kms", REGION).describe_key(KeyId=physical(stack, "BackupsKey"))["KeyMetadata"]["Arn"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    found = {rule["ID"]: rule for rule in s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]}
    cleanup, archive = found["auto-backup-cleanup"], found["archive-old-backups"]
    assert (cleanup["Status"], cleanup["Filter"]["Prefix"], cleanup["Expiration"]["Days"]) == (
        "Enabled",
        "auto-backups/",
        30,
    )
    assert cleanup["NoncurrentVersionExpiration"]["NoncurrentDays"] == 7
    assert (archive["Filter"]["Prefix"], archive["Transitions"]) == (
        "manual-backups/", [{"Days": 90, "StorageClass": "GLACIER"}],
    )  # fmt: skip
    assert found["tiering"]["Transitions"][0]["StorageClass"] == "INTELLIGENT_TIERING"
    assert set(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values()) == {True}
    assert json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"][0]["Sid"] == "tls"


def test_database(aws: Aws, stack: Stack) -> None:  # DS-94 to DS-119
    rds = aws.client("rds", REGION)
    database = rds.describe_db_instances(DBInstanceIdentifier="duskspendr-db")["DBInstances"][0]
    for name, wanted in {
        "Engine": "postgres", "EngineVersion": "15.13", "DBInstanceClass": "db.t3.medium", "AllocatedStorage": 100,
        "MaxAllocatedStorage": 500, "StorageType": "gp3", "StorageEncrypted": True, "DBName": "DuskSpendr",
        "MasterUsername": "duskspendr", "MultiAZ": True, "BackupRetentionPeriod": 7,
        "PreferredBackupWindow": "03:00-04:00", "PreferredMaintenanceWindow": "sun:04:00-sun:05:00",
        "PerformanceInsightsEnabled": True, "PerformanceInsightsRetentionPeriod": 7, "DeletionProtection": True,
        "EnabledCloudwatchLogsExports": ["postgresql", "upgrade"], "PubliclyAccessible": False,
    }.items():  # fmt: skip
        assert database[name] == wanted, name
    assert database["Endpoint"]["Port"] == 5432
    assert database["KmsKeyId"].endswith(physical(stack, "DatabaseKey"))
    assert [group["VpcSecurityGroupId"] for group in database["VpcSecurityGroups"]] == [
        physical(stack, "DatabaseGroup")
    ]
    group = rds.describe_db_subnet_groups(DBSubnetGroupName="main")["DBSubnetGroups"][0]
    assert {item["SubnetAvailabilityZone"]["Name"] for item in group["Subnets"]} == {"ap-south-1a", "ap-south-1b"}
    found = rds.list_tags_for_resource(ResourceName=database["DBInstanceArn"])["TagList"]
    assert tags(found)["Name"] == "DuskSpendr-primary"
    with pytest.raises(rds.exceptions.ClientError, match="protect"):
        rds.delete_db_instance(DBInstanceIdentifier="duskspendr-db", SkipFinalSnapshot=True)


def test_database_password_stays_a_reference(aws: Aws, stack: Stack) -> None:
    value = json.loads(
        aws.client("secretsmanager", REGION).get_secret_value(SecretId="DuskSpendr/db-password")["SecretString"]
    )
    assert (len(value["password"]), value["username"], value["engine"], value["port"]) == (
        32,
        "duskspendr",
        "postgres",
        5432,
    )
    record = stack.resources["Database"]
    assert "{{resolve:secretsmanager:" in record.properties["MasterUserPassword"]
    assert value["password"] not in repr((record.properties, record.state.properties, stack.events))


def test_replica(aws: Aws, stack: Stack) -> None:  # DS-120 to DS-127
    rds = aws.client("rds", REGION)
    replica = rds.describe_db_instances(DBInstanceIdentifier="duskspendr-db-replica")["DBInstances"][0]
    assert replica["ReadReplicaSourceDBInstanceIdentifier"] == "duskspendr-db"
    assert (replica["DBInstanceClass"], replica["StorageEncrypted"], replica["MultiAZ"]) == (
        "db.t3.medium",
        True,
        False,
    )
    assert replica["PerformanceInsightsEnabled"] is True
    assert [group["VpcSecurityGroupId"] for group in replica["VpcSecurityGroups"]] == [physical(stack, "DatabaseGroup")]
    found = rds.list_tags_for_resource(ResourceName=replica["DBInstanceArn"])["TagList"]
    assert tags(found)["Name"] == "DuskSpendr-replica"


def test_managed_password(aws: Aws, stack: Stack) -> None:
    rds = aws.client("rds", REGION)
    (database,) = rds.describe_db_instances(DBInstanceIdentifier=physical(stack, "ManagedDatabase"))["DBInstances"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.outputs}
    assert database["MasterUserSecret"]["SecretArn"] == outputs["ManagedSecret"]


def test_cache(aws: Aws, stack: Stack) -> None:  # DS-129 to DS-146
    client = aws.client("elasticache", REGION)
    (group,) = client.describe_replication_groups(ReplicationGroupId="duskspendr-redis")["ReplicationGroups"]
    for name, wanted in {
        "Description": "Redis cluster for DuskSpendr", "CacheNodeType": "cache.t3.medium",
        "AtRestEncryptionEnabled": True,
        "TransitEncryptionEnabled": True, "AutomaticFailover": "enabled", "MultiAZ": "enabled",
        "SnapshotRetentionLimit": 7, "SnapshotWindow": "05:00-06:00", "AuthTokenEnabled": True, "Engine": "redis",
    }.items():  # fmt: skip
        assert group[name] == wanted, name
    assert len(group["MemberClusters"]) == 2
    assert group["NodeGroups"][0]["PrimaryEndpoint"]["Port"] == 6379
    assert tags(client.list_tags_for_resource(ResourceName=group["ARN"])["TagList"])["Name"] == "DuskSpendr-redis"
    (subnets,) = client.describe_cache_subnet_groups(CacheSubnetGroupName="main")["CacheSubnetGroups"]
    assert {item["SubnetAvailabilityZone"]["Name"] for item in subnets["Subnets"]} == {"ap-south-1a", "ap-south-1b"}
    name = physical(stack, "CacheParameters")
    assert client.describe_cache_parameter_groups(CacheParameterGroupName=name)["CacheParameterGroups"][0][
        "CacheParameterGroupFamily"
    ] == "redis7"  # fmt: skip
    assert (
        client.describe_cache_parameters(CacheParameterGroupName=name)["Parameters"][0]["ParameterValue"]
        == "allkeys-lru"
    )


def test_roles(aws: Aws, stack: Stack) -> None:  # DS-148 to DS-153
    iam = aws.client("iam", REGION)
    role = iam.get_role(RoleName="DuskSpendr-ecs-task-role")["Role"]
    assert role["AssumeRolePolicyDocument"]["Statement"] == [
        {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ]
    document = iam.get_role_policy(RoleName="DuskSpendr-ecs-task-role", PolicyName="DuskSpendr-ecs-task-policy")[
        "PolicyDocument"
    ]
    objects, secrets, key = document["Statement"]
    assert (objects["Action"], objects["Resource"]) == (
        ["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::duskspendr-backups-production/*",
    )  # fmt: skip
    assert secrets["Resource"] == "arn:aws:secretsmanager:ap-south-1:123456789012:secret:DuskSpendr/*"
    assert (
        key["Resource"]
        == aws.client("kms", REGION).describe_key(KeyId=physical(stack, "MainKey"))["KeyMetadata"]["Arn"]
    )
    attached = iam.list_attached_role_policies(RoleName=physical(stack, "ExecutionRole"))["AttachedPolicies"]
    assert [policy["PolicyName"] for policy in attached] == ["AmazonECSTaskExecutionRolePolicy"]


def test_load_balancer(aws: Aws, stack: Stack) -> None:  # DS-175
    client, arn = aws.client("elbv2", REGION), physical(stack, "LoadBalancer")
    balancer = client.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"][0]
    assert balancer["Scheme"] == "internet-facing"
    assert {zone["SubnetId"] for zone in balancer["AvailabilityZones"]} == {
        physical(stack, "PublicA"), physical(stack, "PublicB"),
    }  # fmt: skip
    listeners = {item["Port"]: item for item in client.describe_listeners(LoadBalancerArn=arn)["Listeners"]}
    assert (listeners[443]["Protocol"], listeners[443]["Certificates"][0]["CertificateArn"]) == (
        "HTTPS", physical(stack, "Certificate"),
    )  # fmt: skip
    redirect = listeners[80]["DefaultActions"][0]["RedirectConfig"]
    assert (redirect["Protocol"], redirect["Port"], redirect["StatusCode"]) == ("HTTPS", "443", "HTTP_301")
    firewall = aws.client("wafv2", REGION).get_web_acl_for_resource(ResourceArn=arn)["WebACL"]
    assert firewall["Name"] == "duskspendr"


def test_monitoring_and_budget(aws: Aws, stack: Stack) -> None:  # DS-176, DS-177
    (alarm,) = aws.client("cloudwatch", REGION).describe_alarms(AlarmNames=["duskspendr-api-cpu"])["MetricAlarms"]
    assert (alarm["Threshold"], alarm["AlarmActions"]) == (85.0, [physical(stack, "Alerts")])
    budget = aws.client("budgets", REGION).describe_budget(AccountId="123456789012", BudgetName="duskspendr")["Budget"]
    assert float(budget["BudgetLimit"]["Amount"]) == 373.0
    groups = {item["logGroupName"] for item in aws.client("logs", REGION).describe_log_groups()["logGroups"]}
    assert {"api", "ecs_exec"} <= groups


def test_manual_verifications_have_their_operations(aws: Aws, stack: Stack) -> None:  # DS-182, DS-184
    rds = aws.client("rds", REGION)
    rds.reboot_db_instance(DBInstanceIdentifier="duskspendr-db", ForceFailover=True)
    rds.restore_db_instance_to_point_in_time(
        SourceDBInstanceIdentifier="duskspendr-db", TargetDBInstanceIdentifier="restored", UseLatestRestorableTime=True
    )
    rds.modify_db_instance(DBInstanceIdentifier="restored", DeletionProtection=False)
    rds.delete_db_instance(DBInstanceIdentifier="restored", SkipFinalSnapshot=True)
