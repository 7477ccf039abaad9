"""Copies in other regions: replicas of databases, secrets and images, as any client of the APIs sees them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .conftest import Aws

HOME, THERE = "us-east-1", "eu-central-1"
MANIFEST = json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json"})


@pytest.fixture
def source(aws: Aws) -> Iterator[dict[str, Any]]:
    """An encrypted database."""
    rds = aws.client("rds", HOME)
    made = rds.create_db_instance(
        DBInstanceIdentifier="source", DBInstanceClass="db.t4g.micro", Engine="postgres", AllocatedStorage=20,
        MasterUsername="app", MasterUserPassword="Passw0rd1", StorageEncrypted=True, BackupRetentionPeriod=7,
        EnableCloudwatchLogsExports=["postgresql"],
    )["DBInstance"]  # fmt: skip
    yield made
    rds.delete_db_instance(DBInstanceIdentifier="source", SkipFinalSnapshot=True)


def test_a_replica_in_another_region_is_of_its_own(aws: Aws, source: dict[str, Any]) -> None:
    here, there = aws.client("rds", HOME), aws.client("rds", THERE)
    key = aws.client("kms", THERE).create_key()["KeyMetadata"]["Arn"]
    there.create_db_instance_read_replica(
        DBInstanceIdentifier="copy", SourceDBInstanceIdentifier=source["DBInstanceArn"], KmsKeyId=key
    )
    (copy,) = there.describe_db_instances(DBInstanceIdentifier="copy")["DBInstances"]
    assert copy["DBInstanceArn"] == f"arn:aws:rds:{THERE}:123456789012:db:copy"
    assert copy["ReadReplicaSourceDBInstanceIdentifier"] == source["DBInstanceArn"]
    assert (copy["KmsKeyId"], copy["AvailabilityZone"]) == (key, f"{THERE}a")
    assert f".{THERE}." in copy["Endpoint"]["Address"]
    assert (copy["BackupRetentionPeriod"], copy.get("EnabledCloudwatchLogsExports", [])) == (0, [])

    def primary() -> dict[str, Any]:
        found: dict[str, Any] = here.describe_db_instances(DBInstanceIdentifier="source")["DBInstances"][0]
        return found

    assert primary()["ReadReplicaDBInstanceIdentifiers"] == [copy["DBInstanceArn"]]
    assert (primary()["BackupRetentionPeriod"], primary()["EnabledCloudwatchLogsExports"]) == (7, ["postgresql"])
    there.delete_db_instance(DBInstanceIdentifier="copy", SkipFinalSnapshot=True)
    assert primary()["ReadReplicaDBInstanceIdentifiers"] == []


def test_a_copy_of_a_secret_follows_it(aws: Aws) -> None:
    here, there = aws.client("secretsmanager", HOME), aws.client("secretsmanager", THERE)
    key = aws.client("kms", THERE).create_key()["KeyMetadata"]["Arn"]
    arn = here.create_secret(Name="both", SecretString="one", AddReplicaRegions=[{"Region": THERE, "KmsKeyId": key}])[
        "ARN"
    ]
    (shown,) = here.describe_secret(SecretId=arn)["ReplicationStatus"]
    assert (shown["Region"], shown["KmsKeyId"], shown["Status"]) == (THERE, key, "InSync")
    here.put_secret_value(SecretId=arn, SecretString="two")
    assert there.get_secret_value(SecretId=arn.replace(HOME, THERE))["SecretString"] == "two"
    with pytest.raises(ClientError, match="replica regions"):
        here.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)
    here.remove_regions_from_replication(SecretId=arn, RemoveReplicaRegions=[THERE])
    here.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        there.get_secret_value(SecretId="both")


@pytest.mark.parametrize(("repository", "copied"), [("shop-api", True), ("other-api", False)])
def test_images_are_copied_as_the_registry_says(aws: Aws, repository: str, copied: bool) -> None:
    here, there = aws.client("ecr", HOME), aws.client("ecr", THERE)
    here.create_repository(repositoryName=repository)
    rule = {
        "destinations": [{"region": THERE, "registryId": "123456789012"}],
        "repositoryFilters": [{"filter": "shop-", "filterType": "PREFIX_MATCH"}],
    }
    here.put_image(repositoryName=repository, imageManifest=MANIFEST, imageTag="before")
    here.put_replication_configuration(replicationConfiguration={"rules": [rule]})
    here.put_image(repositoryName=repository, imageManifest=MANIFEST.replace("2,", "2 ,"), imageTag="after")
    if copied:
        (image,) = there.describe_images(repositoryName=repository)["imageDetails"]
        assert image["imageTags"] == ["after"]
        there.delete_repository(repositoryName=repository, force=True)
    else:
        with pytest.raises(ClientError, match="RepositoryNotFoundException"):
            there.describe_images(repositoryName=repository)
    here.put_replication_configuration(replicationConfiguration={"rules": []})
    here.delete_repository(repositoryName=repository, force=True)
