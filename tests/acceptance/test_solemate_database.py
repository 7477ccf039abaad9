"""SM-25 to SM-30, SM-62 to SM-69, SM-97, SM-103, SM-111, SM-122, SM-163 to SM-172, SM-180: the databases."""

from __future__ import annotations

from typing import Any

import pytest
from tests.acceptance.environments import in_each
from tests.acceptance.rows import proves, requirement
from tests.acceptance.system import Aws, Templates, TerraformRoot, same
from tests.acceptance.test_solemate_network import deployed_group, subnets_of

from groundplan.catalog import engines
from groundplan.errors import InputError
from groundplan.resources import Architecture
from groundplan.resources.databases import DatabaseInstance, DatabaseParameterGroup, DatabaseSubnetGroup
from groundplan.resources.monitoring import Alarm
from groundplan.resources.network import SecurityGroup, Subnet
from groundplan.resources.values import Ref

ENVIRONMENT = "production"
MAIN, REPLICA = Ref(DatabaseInstance, "main"), Ref(DatabaseInstance, "main_replica")
SUBNETS, PARAMETERS = Ref(DatabaseSubnetGroup, "main"), Ref(DatabaseParameterGroup, "main")
both = in_each("staging", "production")

# Terraform's argument, CloudFormation's property, and what DescribeDBInstances calls it.
VALUES = [
    proves("SM-62", "engine", "Engine", "Engine", "postgres"),
    proves("SM-63", "engine_version", "EngineVersion", "EngineVersion", "15.17"),  # C-01
    proves("SM-25 SM-66", "multi_az", "MultiAZ", "MultiAZ", True),
    proves("SM-26 SM-67", "backup_retention_period", "BackupRetentionPeriod", "BackupRetentionPeriod", 7),
    proves("SM-27 SM-69", "storage_encrypted", "StorageEncrypted", "StorageEncrypted", True),
    proves("SM-168", "storage_type", "StorageType", "StorageType", "gp2"),
    proves("SM-169", "allocated_storage", "AllocatedStorage", "AllocatedStorage", 20),
    proves("SM-170", "max_allocated_storage", "MaxAllocatedStorage", "MaxAllocatedStorage", 100),
    proves("SM-171", "performance_insights_enabled", "EnablePerformanceInsights", "PerformanceInsightsEnabled", True),
    proves("SM-172", "performance_insights_retention_period", "PerformanceInsightsRetentionPeriod",
           "PerformanceInsightsRetentionPeriod", 7),
    proves("SM-65", "publicly_accessible", "PubliclyAccessible", "PubliclyAccessible", False),
]  # fmt: skip
CLASSES = {"staging": "db.t3.micro", "production": "db.t3.small"}
"""C-05, C-53: the values of environments.ts, with RDS's own prefix."""
PROTECTED = {"staging": False, "production": True}
"""C-59"""
each_value = pytest.mark.parametrize(("argument", "written", "answered", "expected"), VALUES)


def deployed_instance(aws: Aws, environment: str, name: str = "main") -> dict[str, Any]:
    identifier = f"solemate-{environment}-{name}"
    (instance,) = aws.client("rds").describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"]
    found: dict[str, Any] = instance
    return found


@both
@each_value
def test_primary(
    terraform: TerraformRoot,
    templates: Templates,
    environment: str,
    argument: str,
    written: str,
    answered: str,
    expected: object,
) -> None:
    assert same(terraform.of(MAIN)[argument], expected)
    assert same(templates.properties(MAIN)[written], expected)


@both
@each_value
def test_deployed_primary(
    aws: Aws, environment: str, argument: str, written: str, answered: str, expected: object
) -> None:
    assert same(deployed_instance(aws, environment)[answered], expected)


@both
@requirement("SM-64", "SM-97", "SM-103", "SM-111")
def test_class_is_that_of_the_environment(terraform: TerraformRoot, templates: Templates, environment: str) -> None:
    assert templates.properties(MAIN)["DBInstanceClass"] == CLASSES[environment]
    assert terraform.of(MAIN)["instance_class"] == CLASSES[environment]


@both
@requirement("SM-64", "SM-97", "SM-103", "SM-111", "SM-180")
def test_deployed_class(aws: Aws, environment: str) -> None:
    instance = deployed_instance(aws, environment)
    assert (instance["DBInstanceClass"], instance["DBInstanceStatus"]) == (CLASSES[environment], "available")


@requirement("SM-63")
def test_version_is_a_creatable_minor_of_the_demanded_major(architecture: Architecture) -> None:
    """C-01: 15.4 cannot be created any longer."""
    version = engines.Engine("postgres").resolve("15")
    assert architecture[MAIN].engine_version == version.version == "15.17"
    assert version.problem() is None
    with pytest.raises(InputError, match=r"15\.4"):
        engines.Engine("postgres").resolve("15.4")
    assert architecture[MAIN].auto_minor_version_upgrade


@both
@requirement("SM-68")
def test_protection_and_last_snapshot(terraform: TerraformRoot, templates: Templates, environment: str) -> None:
    """C-59"""
    planned = terraform.of(MAIN)
    assert planned["deletion_protection"] is PROTECTED[environment]
    assert planned["skip_final_snapshot"] is not PROTECTED[environment]
    assert templates.properties(MAIN)["DeletionProtection"] is PROTECTED[environment]
    policy = {"staging": "Delete", "production": "Snapshot"}[environment]
    assert templates.entry(MAIN)["DeletionPolicy"] == policy


@both
@requirement("SM-68")
def test_deployed_protection(aws: Aws, environment: str) -> None:
    from botocore.exceptions import ClientError

    instance = deployed_instance(aws, environment)
    assert instance["DeletionProtection"] is PROTECTED[environment]
    if PROTECTED[environment]:
        identifier = instance["DBInstanceIdentifier"]
        with pytest.raises(ClientError, match=r"deletion protection|DeletionProtection"):
            aws.client("rds").delete_db_instance(DBInstanceIdentifier=identifier, SkipFinalSnapshot=True)


@both
@requirement("SM-27", "SM-29")
def test_connections_are_encrypted(architecture: Architecture, templates: Templates, environment: str) -> None:
    group = architecture[PARAMETERS]
    assert (group.family, group.parameters["rds.force_ssl"]) == ("postgres15", "1")
    assert templates.properties(PARAMETERS)["Parameters"]["rds.force_ssl"] == "1"


@both
@requirement("SM-27", "SM-29")
def test_deployed_parameter_group(aws: Aws, environment: str) -> None:
    rds = aws.client("rds")
    (attached,) = deployed_instance(aws, environment)["DBParameterGroups"]
    name = attached["DBParameterGroupName"]
    (group,) = rds.describe_db_parameter_groups(DBParameterGroupName=name)["DBParameterGroups"]
    assert group["DBParameterGroupFamily"] == "postgres15"
    parameters = rds.describe_db_parameters(DBParameterGroupName=name)["Parameters"]
    assert {item["ParameterName"]: item.get("ParameterValue") for item in parameters}["rds.force_ssl"] == "1"


@both
@requirement("SM-65", "SM-166", "SM-167")
def test_subnets_and_group(
    architecture: Architecture, terraform: TerraformRoot, templates: Templates, environment: str
) -> None:
    """In private subnets over both zones, without even the way out that PRIVATE_WITH_EGRESS has."""
    assert architecture[SUBNETS].subnets == (Ref(Subnet, "database", "a"), Ref(Subnet, "database", "b"))
    database = {terraform.of(Ref(Subnet, "database", zone))["id"] for zone in "ab"}
    assert set(terraform.of(SUBNETS)["subnet_ids"]) == database
    assert architecture[MAIN].security_groups == (Ref(SecurityGroup, "main"),)
    assert len(templates.properties(MAIN)["VPCSecurityGroups"]) == 1


@both
@requirement("SM-29", "SM-163", "SM-166")
def test_deployed_subnet_group(aws: Aws, environment: str) -> None:
    instance = deployed_instance(aws, environment)
    group = instance["DBSubnetGroup"]
    assert group["DBSubnetGroupDescription"] == "Solemate database subnets"
    assert {subnet["SubnetIdentifier"] for subnet in group["Subnets"]} == subnets_of(aws, environment, "database")
    worn = deployed_group(aws, f"Solemate-{environment}-main")["GroupId"]
    assert [item["VpcSecurityGroupId"] for item in instance["VpcSecurityGroups"]] == [worn]


@requirement("SM-30")
def test_replica(terraform: TerraformRoot, templates: Templates) -> None:
    assert terraform.of(REPLICA)["replicate_source_db"] == "solemate-production-main"
    place = templates.rendering.locations[MAIN][0]
    assert templates.properties(REPLICA)["SourceDBInstanceIdentifier"] == {"Ref": place.logical_id}
    assert terraform.of(REPLICA)["instance_class"] == "db.t3.small"


@requirement("SM-30")
def test_deployed_replica(aws: Aws) -> None:
    primary = deployed_instance(aws, "production")
    assert primary["ReadReplicaDBInstanceIdentifiers"] == ["solemate-production-main-replica"]
    replica = deployed_instance(aws, "production", "main-replica")
    assert replica["ReadReplicaSourceDBInstanceIdentifier"] == "solemate-production-main"
    assert replica["StorageEncrypted"] is True


@pytest.mark.environment("staging")
@requirement("SM-30")
def test_staging_has_no_replica(architecture: Architecture) -> None:
    """It would double the database's price for nobody who reads."""
    assert [item.name for item in architecture.of(DatabaseInstance)] == ["main"]


@both
@requirement("SM-28")
def test_alarms(architecture: Architecture, environment: str) -> None:
    names = {alarm.name: alarm for alarm in architecture.of(Alarm)}
    for what in ("cpu_high", "storage_low", "connections_high"):
        assert names[f"main_{what}"].actions
    assert ("main_replica_lag_high" in names) == (environment == "production")


@both
@requirement("SM-28")
def test_deployed_alarms(aws: Aws, environment: str) -> None:
    alarms = {alarm["AlarmName"]: alarm for alarm in aws.client("cloudwatch").describe_alarms()["MetricAlarms"]}
    for what in ("cpu-high", "storage-low", "connections-high"):
        alarm = alarms[f"Solemate-{environment}-main-{what}"]
        assert alarm["Namespace"] == "AWS/RDS"
        assert alarm["Dimensions"] == [{"Name": "DBInstanceIdentifier", "Value": f"solemate-{environment}-main"}]
        assert alarm["AlarmActions"]


@pytest.mark.environment("staging")
@requirement("SM-26", "SM-175")
def test_deployed_database_is_restored_to_a_point_in_time(aws: Aws) -> None:
    rds = aws.client("rds")
    rds.restore_db_instance_to_point_in_time(
        SourceDBInstanceIdentifier="solemate-staging-main",
        TargetDBInstanceIdentifier="solemate-staging-restored",
        UseLatestRestorableTime=True,
        DBSubnetGroupName="solemate-staging-main",
    )
    try:
        restored, original = deployed_instance(aws, "staging", "restored"), deployed_instance(aws, "staging")
        for value in ("Engine", "EngineVersion", "AllocatedStorage", "DBName", "StorageEncrypted", "KmsKeyId"):
            assert restored[value] == original[value]
    finally:
        rds.delete_db_instance(DBInstanceIdentifier="solemate-staging-restored", SkipFinalSnapshot=True)
