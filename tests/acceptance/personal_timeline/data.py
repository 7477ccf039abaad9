"""Database and cache of an environment."""

from __future__ import annotations

from typing import Any

from tests.acceptance.personal_timeline.expected import expected
from tests.acceptance.rows import requirement
from tests.acceptance.system import Aws, System, Templates, TerraformRoot

from groundplan.checks.windows import daily_window, weekly_window
from groundplan.resources import Architecture
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance
from groundplan.resources.values import Ref

MAIN = Ref(DatabaseInstance, "main")
SESSIONS = Ref(CacheReplicationGroup, "sessions")


def database(aws: Aws, identifier: str) -> dict[str, Any]:
    """A database instance."""
    (found,) = aws.client("rds").describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"]
    instance: dict[str, Any] = found
    return instance


def cache(aws: Aws, identifier: str) -> dict[str, Any]:
    """A replication group."""
    client = aws.client("elasticache")
    (found,) = client.describe_replication_groups(ReplicationGroupId=identifier)["ReplicationGroups"]
    group: dict[str, Any] = found
    return group


class Data:
    """PostgreSQL and Redis."""

    @requirement("PT-18", "PT-21", "PT-125", "PT-126", "PT-127", "PT-128", "PT-132", "PT-163", "PT-171")
    def test_database(self, aws: Aws, system: System) -> None:
        """C-02: a minor version that RDS creates."""
        wanted = expected(system)
        found = database(aws, f"{wanted.prefix}db-primary")
        assert (found["Engine"], found["EngineVersion"].split(".")[0]) == ("postgres", "15")
        assert len(found["EngineVersion"].split(".")) == 2
        assert (found["DBInstanceClass"], found["MultiAZ"]) == (wanted.database, wanted.standby)
        assert (found["StorageEncrypted"], found["PubliclyAccessible"]) == (True, False)
        assert found["KmsKeyId"]
        here = [name for name in found["ReadReplicaDBInstanceIdentifiers"] if not name.startswith("arn:")]
        assert len(here) == wanted.replicas

    @requirement("PT-18", "PT-21", "PT-129", "PT-130", "PT-131", "PT-171", "PT-183")
    def test_backups_and_maintenance(self, aws: Aws, system: System) -> None:
        """C-35: 7 days, 3 in development."""
        found = database(aws, f"{expected(system).prefix}db-primary")
        assert found["BackupRetentionPeriod"] == expected(system).backups
        awake = system.environment == "development"  # at night there is nothing to take a snapshot of
        assert found["PreferredBackupWindow"] == ("23:00-23:30" if awake else "03:00-04:00")
        assert found["PreferredMaintenanceWindow"] == ("wed:17:00-wed:18:00" if awake else "sun:04:00-sun:05:00")
        backup = daily_window(found["PreferredBackupWindow"])
        maintenance = weekly_window(found["PreferredMaintenanceWindow"])
        assert backup is not None
        assert maintenance is not None
        assert not backup.overlaps(maintenance)

    @requirement("PT-125", "PT-216")
    def test_database_in_both_engines(self, templates: Templates, terraform: TerraformRoot) -> None:
        written, planned = templates.properties(MAIN), terraform.of(MAIN)
        assert written["EngineVersion"] == planned["engine_version"]
        assert written["DBInstanceClass"] == planned["instance_class"]

    @requirement("PT-216")
    def test_database_speaks_tls_only(self, aws: Aws, system: System) -> None:
        """C-39"""
        found = database(aws, f"{expected(system).prefix}db-primary")
        (group,) = found["DBParameterGroups"]
        pages = aws.client("rds").get_paginator("describe_db_parameters")
        parameters = {
            item["ParameterName"]: item.get("ParameterValue")
            for page in pages.paginate(DBParameterGroupName=group["DBParameterGroupName"])
            for item in page["Parameters"]
        }
        assert parameters["rds.force_ssl"] == "1"

    @requirement("PT-18", "PT-19", "PT-133", "PT-134", "PT-135", "PT-136", "PT-137")
    def test_cache(self, aws: Aws, system: System) -> None:
        """C-42: failover wherever there are two nodes, cluster mode in production."""
        wanted = expected(system)
        found = cache(aws, f"{wanted.prefix}cache-redis")
        assert (found["Engine"], found["CacheNodeType"]) == ("redis", wanted.cache)
        assert len(found["NodeGroups"]) == wanted.shards
        assert {len(shard["NodeGroupMembers"]) for shard in found["NodeGroups"]} == {wanted.cache_nodes}
        several = "enabled" if wanted.cache_nodes > 1 else "disabled"
        assert (found["AutomaticFailover"], found["MultiAZ"]) == (several, several)
        assert found["ClusterEnabled"] == (wanted.shards > 1)
        node = found["NodeGroups"][0]["NodeGroupMembers"][0]["CacheClusterId"]
        (member,) = aws.client("elasticache").describe_cache_clusters(CacheClusterId=node)["CacheClusters"]
        assert member["EngineVersion"].startswith("7.0")

    @requirement("PT-45", "PT-216")
    def test_cache_is_encrypted(self, aws: Aws, system: System) -> None:
        found = cache(aws, f"{expected(system).prefix}cache-redis")
        assert (found["AtRestEncryptionEnabled"], found["TransitEncryptionEnabled"]) == (True, True)
        assert found["AuthTokenEnabled"] is True
        assert found["KmsKeyId"]

    @requirement("PT-183")
    def test_cache_snapshots(self, aws: Aws, system: System, architecture: Architecture) -> None:
        """None in development: it fills again by itself."""
        found = cache(aws, f"{expected(system).prefix}cache-redis")
        assert found["SnapshotRetentionLimit"] == architecture[SESSIONS].snapshot_retention_limit
        assert (found["SnapshotRetentionLimit"] > 0) == (system.environment != "development")
