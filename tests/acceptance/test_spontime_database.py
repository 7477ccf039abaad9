"""SP-12 to SP-15, SP-37 to SP-39: PostgreSQL with PostGIS, as both engines write it and as the local AWS answers."""

from __future__ import annotations

from typing import Any

import pytest
from tests.acceptance.rows import proves, requirement
from tests.acceptance.system import Aws, Templates, TerraformRoot, at, same
from tests.acceptance.test_spontime_tasks import TASK, deployed_container, planned_container

from groundplan.catalog import engines, extensions, instances
from groundplan.resources import Architecture
from groundplan.resources.containers import TaskDefinition
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance
from groundplan.resources.security import Key
from groundplan.resources.values import Ref

ENVIRONMENT = "poc"
MAIN = Ref(DatabaseInstance, "main")
# Terraform's argument, CloudFormation's property, and what DescribeDBInstances calls it.
VALUES = [
    proves("SP-12", "identifier", "DBInstanceIdentifier", "DBInstanceIdentifier", "spontime-poc-main"),
    proves("SP-12", "publicly_accessible", "PubliclyAccessible", "PubliclyAccessible", False),
    proves("SP-13", "instance_class", "DBInstanceClass", "DBInstanceClass", "db.t4g.micro"),
    proves("SP-14", "allocated_storage", "AllocatedStorage", "AllocatedStorage", 20),
    proves("SP-15", "storage_type", "StorageType", "StorageType", "gp2"),
    proves("SP-37", "engine", "Engine", "Engine", "postgres"),
    proves("SP-37", "engine_version", "EngineVersion", "EngineVersion", "15.17"),  # C-02
    proves("SP-38", "storage_encrypted", "StorageEncrypted", "StorageEncrypted", True),  # C-71
    proves("SP-39", "backup_retention_period", "BackupRetentionPeriod", "BackupRetentionPeriod", 1),
    proves("SP-37", "db_name", "DBName", "DBName", "spontime"),  # C-81
    proves("SP-04", "multi_az", "MultiAZ", "MultiAZ", False),
    proves("SP-50", "deletion_protection", "DeletionProtection", "DeletionProtection", False),
]
each_value = pytest.mark.parametrize(("argument", "written", "answered", "expected"), VALUES)


def deployed_database(aws: Aws) -> dict[str, Any]:
    (database,) = aws.client("rds").describe_db_instances()["DBInstances"]
    found: dict[str, Any] = database
    return found


@each_value
def test_database(
    terraform: TerraformRoot, templates: Templates, argument: str, written: str, answered: str, expected: object
) -> None:
    assert same(terraform.of(MAIN)[argument], expected)
    assert same(templates.properties(MAIN)[written], expected)


@each_value
def test_deployed_database(aws: Aws, argument: str, written: str, answered: str, expected: object) -> None:
    assert same(deployed_database(aws)[answered], expected)


@requirement("SP-12", "SP-27")
def test_deployed_database_is_in_the_database_subnets(aws: Aws) -> None:
    group = deployed_database(aws)["DBSubnetGroup"]
    subnets = [subnet["SubnetIdentifier"] for subnet in group["Subnets"]]
    found = aws.client("ec2").describe_subnets(SubnetIds=subnets)["Subnets"]
    assert {subnet["CidrBlock"] for subnet in found} == {"10.0.10.0/24", "10.0.20.0/24"}


@requirement("SP-37")
def test_version_can_be_created_and_has_postgis(architecture: Architecture) -> None:
    """C-02, C-78"""
    version = architecture[MAIN].engine_version
    assert version is not None
    assert engines.postgres.find(version).problem() is None
    assert extensions.problem("postgis", version, {}, "spontime") is None
    assert extensions.problem("postgix", version, {}, "spontime") is not None
    assert architecture[MAIN].auto_minor_version_upgrade


@requirement("SP-02", "SP-13")
def test_no_class_has_less_memory(architecture: Architecture) -> None:
    classes = instances.rds_classes()
    memory = [item.memory_gib for item in classes.values() if "postgres" in item.engines and item.memory_gib]
    assert classes[architecture[MAIN].instance_class].memory_gib == min(memory)


@requirement("SP-38")
def test_encryption_costs_nothing(architecture: Architecture, terraform: TerraformRoot, templates: Templates) -> None:
    """C-71: a key that AWS manages has no charge; it is meant where none is named."""
    assert architecture.of(Key) == ()
    assert architecture[MAIN].kms_key is None
    assert "KmsKeyId" not in templates.properties(MAIN)
    assert "kms_key_id" not in terraform.text("rds.tf")


@requirement("SP-38")
def test_deployed_encryption_is_by_a_key_of_aws(aws: Aws) -> None:
    assert deployed_database(aws)["StorageEncrypted"] is True
    own = [
        alias
        for alias in aws.client("kms").list_aliases()["Aliases"]
        if not alias["AliasName"].startswith("alias/aws/")
    ]
    assert own == []


@requirement("SP-37")
def test_postgis_is_created_before_django_starts(architecture: Architecture, terraform: TerraformRoot) -> None:
    """C-78"""
    creator = next(item for item in architecture[TASK].containers if not item.essential)
    (script,) = creator.command
    assert 'CREATE EXTENSION IF NOT EXISTS "postgis"' in script
    assert "ON_ERROR_STOP=1" in script
    assert "PGPASSWORD" not in creator.environment
    planned = planned_container(terraform, "main-extensions")
    assert planned["command"] == [script]
    assert at(planned, "environment.PGHOST.value") == terraform.of(MAIN)["address"]
    assert at(planned, "environment.PGSSLMODE.value") == "require"


@requirement("SP-37")
def test_deployed_container_creates_postgis_in_the_database(aws: Aws) -> None:
    container = deployed_container(aws, "main-extensions")
    database = deployed_database(aws)
    told = {item["name"]: item["value"] for item in container["environment"]}
    assert told["PGHOST"] == database["Endpoint"]["Address"]
    assert (told["PGPORT"], told["PGDATABASE"]) == (str(database["Endpoint"]["Port"]), database["DBName"])
    assert {item["name"] for item in container["secrets"]} == {"PGUSER", "PGPASSWORD"}
    (script,) = container["command"]
    assert 'CREATE EXTENSION IF NOT EXISTS "postgis"' in script


@requirement("SP-03")
def test_there_is_no_cache_and_no_worker(architecture: Architecture, terraform: TerraformRoot) -> None:
    assert architecture.of(CacheReplicationGroup) == ()
    assert not any("aws_elasticache" in address or "aws_sqs" in address for address in terraform.values)
    assert len(architecture.of(TaskDefinition)) == 1


@requirement("SP-03")
def test_no_cache_is_deployed(aws: Aws) -> None:
    assert aws.client("elasticache").describe_replication_groups()["ReplicationGroups"] == []
    assert aws.client("elasticache").describe_cache_clusters()["CacheClusters"] == []


@requirement("SP-61")
def test_logs_of_the_database_stay_in_rds(aws: Aws, terraform: TerraformRoot) -> None:
    assert terraform.of(MAIN)["enabled_cloudwatch_logs_exports"] in (None, [])
    assert deployed_database(aws).get("EnabledCloudwatchLogsExports", []) == []
