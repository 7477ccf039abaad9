"""SS-106 to SS-108, SS-125 to SS-127, SS-136, SS-137, SS-167 to SS-174: database, cache, bucket, secrets, backups."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from tests.acceptance import deployed
from tests.acceptance.rows import proves, requirement
from tests.acceptance.system import Aws, Templates, TerraformRoot, same

from groundplan.catalog import engines
from groundplan.resources import Architecture
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance
from groundplan.resources.storage import Bucket
from groundplan.resources.values import Ref

ENVIRONMENT = "prod"
MAIN, SESSIONS, FILES = Ref(DatabaseInstance, "main"), Ref(CacheReplicationGroup, "sessions"), Ref(Bucket, "files")
dev = pytest.mark.environment("dev")


def of_dev(ids: str, *values: object) -> object:
    """A case that is about dev."""
    return pytest.param(*values, marks=[dev, requirement(*ids.split())], id=f"dev-{ids.replace(' ', '+')}")


# Terraform's argument, CloudFormation's property, and what DescribeDBInstances calls it.
DATABASE = [
    proves("SS-106", "engine", "Engine", "Engine", "postgres"),
    proves("SS-106", "engine_version", "EngineVersion", "EngineVersion", "16.10"),
    of_dev("SS-126", "engine_version", "EngineVersion", "EngineVersion", "16.10"),  # C-03
    proves("SS-136", "instance_class", "DBInstanceClass", "DBInstanceClass", "db.t4g.medium"),  # C-99
    of_dev("SS-136", "instance_class", "DBInstanceClass", "DBInstanceClass", "db.t4g.micro"),
    proves("SS-131", "multi_az", "MultiAZ", "MultiAZ", True),
    of_dev("SS-124", "multi_az", "MultiAZ", "MultiAZ", False),
    proves("SS-170", "backup_window", "PreferredBackupWindow", "PreferredBackupWindow", "03:00-04:00"),
    proves("SS-171", "backup_retention_period", "BackupRetentionPeriod", "BackupRetentionPeriod", 30),
    of_dev("SS-171", "backup_retention_period", "BackupRetentionPeriod", "BackupRetentionPeriod", 30),
    proves("SS-106", "publicly_accessible", "PubliclyAccessible", "PubliclyAccessible", False),
    proves("SS-106", "storage_encrypted", "StorageEncrypted", "StorageEncrypted", True),
    proves("SS-106", "deletion_protection", "DeletionProtection", "DeletionProtection", True),
]
CACHE = [
    proves("SS-107", "engine_version", "EngineVersion", "7.1"),
    of_dev("SS-127", "engine_version", "EngineVersion", "7.1"),
    proves("SS-137", "node_type", "CacheNodeType", "cache.t4g.small"),  # C-99
    of_dev("SS-137", "node_type", "CacheNodeType", "cache.t4g.micro"),
    proves("SS-107", "transit_encryption_enabled", "TransitEncryptionEnabled", True),
    proves("SS-107", "at_rest_encryption_enabled", "AtRestEncryptionEnabled", True),
]
each_database_value = pytest.mark.parametrize(("argument", "written", "answered", "expected"), DATABASE)
each_cache_value = pytest.mark.parametrize(("argument", "name", "expected"), CACHE)


@each_database_value
def test_database(
    terraform: TerraformRoot, templates: Templates, argument: str, written: str, answered: str, expected: object
) -> None:
    assert same(terraform.of(MAIN)[argument], expected)
    assert same(templates.properties(MAIN)[written], expected)


@each_database_value
def test_deployed_database(
    aws: Aws, architecture: Architecture, argument: str, written: str, answered: str, expected: object
) -> None:
    assert same(deployed.database(aws, architecture[MAIN].identifier)[answered], expected)


@requirement("SS-126")
@dev
def test_version_can_be_created(architecture: Architecture) -> None:
    """C-03"""
    version = architecture[MAIN].engine_version
    assert version == "16.10"
    assert engines.postgres.find(version).problem() is None
    assert engines.postgres.find("16.4").problem() is not None


@each_cache_value
def test_cache(terraform: TerraformRoot, templates: Templates, argument: str, name: str, expected: object) -> None:
    assert same(terraform.of(SESSIONS)[argument], expected)
    assert same(templates.properties(SESSIONS)[name], expected)


@each_cache_value
def test_deployed_cache(aws: Aws, architecture: Architecture, argument: str, name: str, expected: object) -> None:
    group = deployed.replication_group(aws, architecture[SESSIONS].replication_group_id)
    if name == "EngineVersion":
        found = aws.client("elasticache").describe_cache_clusters(CacheClusterId=group["MemberClusters"][0])
        version = found["CacheClusters"][0]["EngineVersion"]
        assert isinstance(expected, str)
        assert f"{version}.".startswith(f"{expected}.")
    else:
        assert same(group[name], expected)


@requirement("SS-107")
def test_deployed_cache_has_a_second_node(aws: Aws) -> None:
    group = deployed.replication_group(aws, "spendsense-sessions")
    assert len(group["MemberClusters"]) == 2
    assert (group["AutomaticFailover"], group["MultiAZ"]) == ("enabled", "enabled")


@requirement("SS-125")
@dev
def test_deployed_dev_has_network_bucket_and_roles(aws: Aws) -> None:
    assert deployed.vpc(aws)["CidrBlock"] == "10.1.0.0/16"
    buckets = {bucket["Name"] for bucket in aws.client("s3").list_buckets()["Buckets"]}
    assert buckets == {"spendsense-files-dev", "spendsense-logs-dev"}
    roles = {role["RoleName"] for role in aws.client("iam").list_roles()["Roles"]}
    assert {"spendsense-dev-backend-task-role", "spendsense-dev-backend-execution-role"} <= roles


@requirement("SS-108", "SS-173")
def test_bucket(terraform: TerraformRoot, templates: Templates) -> None:
    assert terraform.of(FILES)["bucket"] == templates.properties(FILES)["BucketName"] == "spendsense-files-prod"
    versioning = terraform.of(FILES, "aws_s3_bucket_versioning")["versioning_configuration"]
    assert [item["status"] for item in versioning] == ["Enabled"]
    assert templates.properties(FILES)["VersioningConfiguration"] == {"Status": "Enabled"}


@requirement("SS-108", "SS-173", "SS-174")
def test_deployed_bucket(aws: Aws) -> None:
    """Private, encrypted, with versions; copies in another region are an option that is off."""
    s3 = aws.client("s3")
    name = "spendsense-files-prod"
    assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
    (rule,) = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    block = s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
    assert set(block.values()) == {True}
    assert s3.get_bucket_location(Bucket=name)["LocationConstraint"] == "us-west-1"
    with pytest.raises(s3.exceptions.ClientError, match="ReplicationConfigurationNotFound"):
        s3.get_bucket_replication(Bucket=name)


@requirement("SS-167")
def test_password_of_the_database_is_rotated(terraform: TerraformRoot, architecture: Architecture) -> None:
    assert terraform.of(MAIN)["manage_master_user_password"] is True
    rotation = [values for address, values in terraform.values.items() if "secret_rotation" in address]
    assert [item["rotation_rules"][0]["automatically_after_days"] for item in rotation] == [30]


@requirement("SS-167")
def test_deployed_password_of_the_database_is_rotated(aws: Aws) -> None:
    secret = deployed.database(aws, "spendsense-main")["MasterUserSecret"]["SecretArn"]
    found = aws.client("secretsmanager").describe_secret(SecretId=secret)
    assert (found["RotationEnabled"], found["RotationRules"]) == (True, {"AutomaticallyAfterDays": 30})
    assert found["OwningService"] == "rds"


@requirement("SS-168", "SS-169")
@dev
def test_deployed_secrets_keep_versions(aws: Aws) -> None:
    """A person fills and rotates the credentials of the identity provider; the version before stays readable."""
    secrets = aws.client("secretsmanager")
    name = "spendsense/dev/oauth"
    for number in (1, 2):
        value = json.dumps({"client_id": "spendsense", "client_secret": f"number {number}"})
        secrets.put_secret_value(SecretId=name, SecretString=value)
    versions = secrets.list_secret_version_ids(SecretId=name, IncludeDeprecated=True)["Versions"]
    assert sorted(stage for version in versions for stage in version.get("VersionStages", [])) == [
        "AWSCURRENT",
        "AWSPREVIOUS",
    ]
    for stage, number in (("AWSCURRENT", 2), ("AWSPREVIOUS", 1)):
        found = json.loads(secrets.get_secret_value(SecretId=name, VersionStage=stage)["SecretString"])
        assert found["client_secret"] == f"number {number}"


@requirement("SS-170")
def test_backups_are_daily_and_leave_the_maintenance_alone(architecture: Architecture) -> None:
    database = architecture[MAIN]
    assert database.backup_retention_period
    assert (database.backup_window, database.maintenance_window) == ("03:00-04:00", "sun:04:00-sun:05:00")


@requirement("SS-172", "SS-176")
def test_deployed_database_can_be_restored_to_a_time(aws: Aws) -> None:
    """C-87: within 30 days, which is more than the 7 that are demanded; to any second up to five minutes ago."""
    rds, source = aws.client("rds"), deployed.database(aws, "spendsense-main")
    assert timedelta(days=source["BackupRetentionPeriod"]) >= timedelta(days=7)
    restored = rds.restore_db_instance_to_point_in_time(
        SourceDBInstanceIdentifier="spendsense-main",
        TargetDBInstanceIdentifier="spendsense-main-restored",
        UseLatestRestorableTime=True,
        DBSubnetGroupName=source["DBSubnetGroup"]["DBSubnetGroupName"],
    )["DBInstance"]
    try:
        assert (restored["Engine"], restored["EngineVersion"]) == ("postgres", "16.10")
    finally:
        rds.modify_db_instance(DBInstanceIdentifier="spendsense-main-restored", DeletionProtection=False)
        rds.delete_db_instance(DBInstanceIdentifier="spendsense-main-restored", SkipFinalSnapshot=True)


@requirement("SS-176")
def test_nothing_stands_between_a_failure_and_its_backup(architecture: Architecture) -> None:
    """RDS ships its logs every five minutes where it keeps backups; every object has its versions."""
    assert architecture[MAIN].backup_retention_period
    assert architecture[FILES].versioning
