"""DS-93 to DS-127, DS-182, DS-184: the database, its standby and its replica."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.acceptance.rows import proves, requirement
from tests.acceptance.system import Aws, Templates, TerraformRoot, same, tags
from tests.acceptance.test_duskspendr_containers import deployed_group, only_ingress

from groundplan.catalog import engines, instances, names
from groundplan.resources import Architecture
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.network import SecurityGroup, SecurityGroupRule
from groundplan.resources.security import Key, Secret
from groundplan.resources.values import InputValue, Ref, SecretValue

MAIN, REPLICA = Ref(DatabaseInstance, "main"), Ref(DatabaseInstance, "main_replica")
RDS_KEY = Ref(Key, "rds")

# Terraform's argument, CloudFormation's property, and what DescribeDBInstances calls it.
PRIMARY = [
    proves("DS-94", "identifier", "DBInstanceIdentifier", "DBInstanceIdentifier", "duskspendr-db"),
    proves("DS-95", "engine", "Engine", "Engine", "postgres"),
    proves("DS-96", "engine_version", "EngineVersion", "EngineVersion", "15.17"),
    proves("DS-97", "instance_class", "DBInstanceClass", "DBInstanceClass", "db.t3.medium"),
    proves("DS-98", "allocated_storage", "AllocatedStorage", "AllocatedStorage", 100),
    proves("DS-99", "max_allocated_storage", "MaxAllocatedStorage", "MaxAllocatedStorage", 500),
    proves("DS-100", "storage_type", "StorageType", "StorageType", "gp3"),
    proves("DS-101", "storage_encrypted", "StorageEncrypted", "StorageEncrypted", True),
    proves("DS-103", "db_name", "DBName", "DBName", "DuskSpendr"),
    proves("DS-107", "multi_az", "MultiAZ", "MultiAZ", True),
    proves("DS-110", "backup_retention_period", "BackupRetentionPeriod", "BackupRetentionPeriod", 7),
    proves("DS-111", "backup_window", "PreferredBackupWindow", "PreferredBackupWindow", "03:00-04:00"),
    proves("DS-112", "maintenance_window", "PreferredMaintenanceWindow", "PreferredMaintenanceWindow",
           "sun:04:00-sun:05:00"),
    proves("DS-113", "performance_insights_enabled", "EnablePerformanceInsights", "PerformanceInsightsEnabled", True),
    proves("DS-114", "performance_insights_retention_period", "PerformanceInsightsRetentionPeriod",
           "PerformanceInsightsRetentionPeriod", 7),
    proves("DS-116", "deletion_protection", "DeletionProtection", "DeletionProtection", True),
]  # fmt: skip
COPY = [
    proves("DS-120", "identifier", "DBInstanceIdentifier", "DBInstanceIdentifier", "duskspendr-db-replica"),
    proves("DS-122", "instance_class", "DBInstanceClass", "DBInstanceClass", "db.t3.medium"),
    proves("DS-126", "performance_insights_enabled", "EnablePerformanceInsights", "PerformanceInsightsEnabled", True),
]
columns = ("argument", "written", "answered", "expected")
each_primary_value = pytest.mark.parametrize(columns, PRIMARY)
each_replica_value = pytest.mark.parametrize(columns, COPY)


def deployed_instance(aws: Aws, identifier: str) -> dict[str, Any]:
    found = aws.client("rds").describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"]
    assert len(found) == 1
    instance: dict[str, Any] = found[0]
    return instance


@each_primary_value
def test_primary(
    terraform: TerraformRoot, templates: Templates, argument: str, written: str, answered: str, expected: object
) -> None:
    assert same(terraform.of(MAIN)[argument], expected)
    assert same(templates.properties(MAIN)[written], expected)


@each_primary_value
def test_deployed_primary(aws: Aws, argument: str, written: str, answered: str, expected: object) -> None:
    assert same(deployed_instance(aws, "duskspendr-db")[answered], expected)


@requirement("DS-94", "DS-120")
@pytest.mark.parametrize(("demanded", "ref"), [("DuskSpendr-db", MAIN), ("DuskSpendr-db-replica", REPLICA)])
def test_identifiers_are_the_demanded_ones_in_lower_case(
    architecture: Architecture, demanded: str, ref: Ref[DatabaseInstance]
) -> None:
    """C-15"""
    assert names.rule("rds_instance").problem(demanded) is not None
    assert architecture[ref].identifier == demanded.lower()
    assert names.rule("rds_instance").problem(architecture[ref].identifier) is None


@requirement("DS-96")
def test_version_can_be_created(architecture: Architecture) -> None:
    """C-01: RDS no longer creates 15.4; the newest minor of the demanded major that it does create takes its place."""
    assert engines.postgres.find("15.4").problem() is not None
    version = architecture[MAIN].engine_version
    assert version is not None
    assert engines.postgres.find(version).problem() is None
    assert version.split(".")[0] == "15"
    assert architecture[MAIN].auto_minor_version_upgrade


@requirement("DS-97", "DS-122")
def test_classes_exist(architecture: Architecture) -> None:
    for instance in architecture.of(DatabaseInstance):
        assert instance.instance_class in instances.rds_classes()


@requirement("DS-102")
def test_storage_is_encrypted_with_the_key_for_databases(terraform: TerraformRoot, architecture: Architecture) -> None:
    assert architecture[MAIN].kms_key == RDS_KEY
    assert terraform.of(MAIN)["kms_key_id"] == terraform.of(RDS_KEY, "aws_kms_key")["arn"]


@requirement("DS-102", "DS-123")
def test_deployed_instances_are_encrypted_with_the_key_for_databases(aws: Aws) -> None:
    key = aws.client("kms").describe_key(KeyId="alias/DuskSpendr-rds")["KeyMetadata"]["Arn"]
    for identifier in ("duskspendr-db", "duskspendr-db-replica"):
        instance = deployed_instance(aws, identifier)
        assert (instance["StorageEncrypted"], instance["KmsKeyId"]) == (True, key)


@requirement("DS-104", "DS-105")
def test_user_is_a_variable_and_the_password_stands_nowhere(
    architecture: Architecture, terraform: TerraformRoot, templates: Templates
) -> None:
    """C-21: Secrets Manager makes the password; no state, plan or template holds it."""
    database = architecture[MAIN]
    assert database.master_username == InputValue("main_db_username")
    assert database.master_password == SecretValue(Ref(Secret, "main_password"), "password")
    rds = terraform.text("rds.tf")
    assert "= var.main_db_username" in rds
    assert 'variable "main_db_username"' in terraform.text("variables.tf")
    values = terraform.of(MAIN)
    assert not values.get("password")
    assert not values.get("password_wo")
    written = templates.properties(MAIN)
    assert written["MasterUsername"] == {"Ref": "MainDbUsername"}
    assert "{{resolve:secretsmanager:" in json.dumps(written["MasterUserPassword"])


@requirement("DS-106")
def test_port(terraform: TerraformRoot, templates: Templates) -> None:
    assert terraform.of(MAIN)["port"] == 5432
    assert same(templates.properties(MAIN)["Port"], 5432)


@requirement("DS-106")
def test_deployed_port(aws: Aws) -> None:
    assert deployed_instance(aws, "duskspendr-db")["Endpoint"]["Port"] == 5432


@requirement("DS-108")
def test_deployed_subnet_group_covers_both_zones(aws: Aws) -> None:
    name = deployed_instance(aws, "duskspendr-db")["DBSubnetGroup"]["DBSubnetGroupName"]
    group = aws.client("rds").describe_db_subnet_groups(DBSubnetGroupName=name)["DBSubnetGroups"][0]
    assert name == "duskspendr-main"
    zones = {subnet["SubnetAvailabilityZone"]["Name"] for subnet in group["Subnets"]}
    assert zones == {"ap-south-1a", "ap-south-1b"}


@requirement("DS-109", "DS-125")
def test_only_the_api_reaches_the_database(architecture: Architecture) -> None:
    group = Ref(SecurityGroup, "main")
    assert architecture[MAIN].security_groups == architecture[REPLICA].security_groups == (group,)
    rules = [rule for rule in architecture.of(SecurityGroupRule) if rule.security_group == group]
    assert [(rule.direction, rule.from_port, rule.to_port, rule.peer) for rule in rules] == [
        ("ingress", 5432, 5432, Ref(SecurityGroup, "api"))
    ]


@requirement("DS-109", "DS-125")
def test_deployed_security_group_of_the_database(aws: Aws) -> None:
    group = deployed_group(aws, "DuskSpendr-db")["GroupId"]
    for identifier in ("duskspendr-db", "duskspendr-db-replica"):
        attached = deployed_instance(aws, identifier)["VpcSecurityGroups"]
        assert [item["VpcSecurityGroupId"] for item in attached] == [group]
    assert only_ingress(aws, "DuskSpendr-db", 5432, "DuskSpendr-api")


@requirement("DS-115")
def test_logs_are_exported(terraform: TerraformRoot, templates: Templates) -> None:
    assert sorted(terraform.of(MAIN)["enabled_cloudwatch_logs_exports"]) == ["postgresql", "upgrade"]
    assert templates.properties(MAIN)["EnableCloudwatchLogsExports"] == ["postgresql", "upgrade"]


@requirement("DS-115")
def test_deployed_logs_are_exported(aws: Aws) -> None:
    assert sorted(deployed_instance(aws, "duskspendr-db")["EnabledCloudwatchLogsExports"]) == ["postgresql", "upgrade"]


@requirement("DS-116")
def test_deletion_is_refused(aws: Aws) -> None:
    from botocore.exceptions import ClientError

    with pytest.raises(ClientError, match=r"deletion protection|DeletionProtection"):
        aws.client("rds").delete_db_instance(DBInstanceIdentifier="duskspendr-db", SkipFinalSnapshot=True)
    assert deployed_instance(aws, "duskspendr-db")["DBInstanceStatus"] == "available"


@requirement("DS-117", "DS-118")
def test_final_snapshot(terraform: TerraformRoot, templates: Templates) -> None:
    """C-18: the demanded name in lower case, and the VPC's id, which differs in each life of the environment."""
    planned = terraform.of(MAIN)
    assert planned["skip_final_snapshot"] is False
    vpc = next(values["id"] for address, values in terraform.values.items() if address.startswith("aws_vpc."))
    assert planned["final_snapshot_identifier"] == f"{'DuskSpendr-final-snapshot'.lower()}-{vpc}"
    assert terraform.of(REPLICA)["skip_final_snapshot"] is True
    assert templates.entry(MAIN)["DeletionPolicy"] == "Snapshot"
    assert templates.entry(REPLICA)["DeletionPolicy"] == "Delete"


@requirement("DS-119", "DS-127")
@pytest.mark.parametrize(("ref", "name"), [(MAIN, "DuskSpendr-primary"), (REPLICA, "DuskSpendr-replica")])
def test_name_tags(terraform: TerraformRoot, templates: Templates, ref: Ref[DatabaseInstance], name: str) -> None:
    assert terraform.of(ref)["tags"]["Name"] == name
    assert tags(templates.properties(ref)["Tags"])["Name"] == name


@requirement("DS-119", "DS-127")
@pytest.mark.parametrize(
    ("identifier", "name"), [("duskspendr-db", "DuskSpendr-primary"), ("duskspendr-db-replica", "DuskSpendr-replica")]
)
def test_deployed_name_tags(aws: Aws, identifier: str, name: str) -> None:
    assert aws.tags_of_database(deployed_instance(aws, identifier)["DBInstanceArn"])["Name"] == name


@each_replica_value
def test_replica(
    terraform: TerraformRoot, templates: Templates, argument: str, written: str, answered: str, expected: object
) -> None:
    assert same(terraform.of(REPLICA)[argument], expected)
    assert same(templates.properties(REPLICA)[written], expected)


@each_replica_value
def test_deployed_replica(aws: Aws, argument: str, written: str, answered: str, expected: object) -> None:
    assert same(deployed_instance(aws, "duskspendr-db-replica")[answered], expected)


@requirement("DS-121")
def test_replica_replicates_the_primary(terraform: TerraformRoot, templates: Templates) -> None:
    assert terraform.of(REPLICA)["replicate_source_db"] == terraform.of(MAIN)["identifier"] == "duskspendr-db"
    place = templates.rendering.locations[MAIN][0]
    assert templates.properties(REPLICA)["SourceDBInstanceIdentifier"] == {"Ref": place.logical_id}


@requirement("DS-121")
def test_deployed_replica_replicates_the_primary(aws: Aws) -> None:
    assert deployed_instance(aws, "duskspendr-db-replica")["ReadReplicaSourceDBInstanceIdentifier"] == "duskspendr-db"
    replicas = deployed_instance(aws, "duskspendr-db")["ReadReplicaDBInstanceIdentifiers"]
    assert replicas == ["duskspendr-db-replica"]


@requirement("DS-123", "DS-124")
def test_replica_inherits_encryption(
    architecture: Architecture, templates: Templates, terraform: TerraformRoot
) -> None:
    """C-17: in its primary's region a replica is refused a key of its own; it has the primary's."""
    replica = architecture[REPLICA]
    assert (replica.storage_encrypted, replica.kms_key) == (None, None)
    assert replica.source == MAIN
    assert architecture[MAIN].storage_encrypted
    assert replica.region == architecture[MAIN].region
    assert not {"KmsKeyId", "StorageEncrypted"} & templates.properties(REPLICA).keys()
    rds = terraform.text("rds.tf")
    block = rds[rds.index('resource "aws_db_instance" "main_replica"') :].split("\n}\n")[0]
    assert "replicate_source_db" in block
    assert "\n  kms_key_id" not in block


@requirement("DS-182")
def test_failover_is_accepted(aws: Aws) -> None:
    answer = aws.client("rds").reboot_db_instance(DBInstanceIdentifier="duskspendr-db", ForceFailover=True)
    assert answer["DBInstance"]["DBInstanceIdentifier"] == "duskspendr-db"
    assert deployed_instance(aws, "duskspendr-db")["DBInstanceStatus"] in ("available", "rebooting")


@requirement("DS-184")
def test_database_is_restored_to_a_point_in_time(aws: Aws) -> None:
    rds = aws.client("rds")
    rds.restore_db_instance_to_point_in_time(
        SourceDBInstanceIdentifier="duskspendr-db",
        TargetDBInstanceIdentifier="duskspendr-db-restored",
        UseLatestRestorableTime=True,
        DBSubnetGroupName="duskspendr-main",
    )
    try:
        restored = deployed_instance(aws, "duskspendr-db-restored")
        original = deployed_instance(aws, "duskspendr-db")
        for value in ("Engine", "EngineVersion", "AllocatedStorage", "DBName", "StorageEncrypted", "KmsKeyId"):
            assert restored[value] == original[value]
    finally:
        rds.modify_db_instance(DBInstanceIdentifier="duskspendr-db-restored", DeletionProtection=False)
        rds.delete_db_instance(DBInstanceIdentifier="duskspendr-db-restored", SkipFinalSnapshot=True)


@requirement("DS-184")
def test_object_is_restored_from_its_version(aws: Aws) -> None:
    s3, place = aws.client("s3"), {"Bucket": "duskspendr-backups-production", "Key": "manual-backups/restore-test"}
    kept = s3.put_object(**place, Body=b"what was backed up")["VersionId"]
    marker = s3.delete_object(**place)["VersionId"]
    try:
        with pytest.raises(s3.exceptions.NoSuchKey):
            s3.get_object(**place)
        source = {**place, "VersionId": kept}
        restored = s3.copy_object(**place, CopySource=source)["VersionId"]
        assert s3.get_object(**place)["Body"].read() == b"what was backed up"
        s3.delete_object(**place, VersionId=restored)
    finally:
        for version in (kept, marker):
            s3.delete_object(**place, VersionId=version)
