"""Databases and the cache."""

from __future__ import annotations

from collections.abc import Iterator

from tests.engines.parts.names import DATA_KEY, PRIMARY, subnets

from groundplan.resources import Resource
from groundplan.resources.databases import (
    CacheParameterGroup,
    CacheReplicationGroup,
    CacheSubnetGroup,
    DatabaseInstance,
    DatabaseParameterGroup,
    DatabaseSubnetGroup,
    Table,
)
from groundplan.resources.network import SecurityGroup
from groundplan.resources.policies import service_trust
from groundplan.resources.security import Role, Secret
from groundplan.resources.values import Pseudo, Ref, SecretValue, text


def databases() -> Iterator[Resource]:
    """Databases and the cache of the sample."""
    yield DatabaseSubnetGroup(
        name="main",
        concern="databases",
        subnet_group_name="sample-production",
        description="Database subnets",
        subnets=subnets("database"),
    )
    yield DatabaseParameterGroup(
        name="main",
        concern="databases",
        parameter_group_name="sample-production-postgres15",
        family="postgres15",
        description="PostgreSQL 15",
        parameters={"rds.force_ssl": "1", "log_min_duration_statement": "1000", "shared_preload_libraries": "pg_cron"},
    )
    yield Role(
        name="database-monitoring",
        concern="databases",
        role_name="sample-production-database-monitoring",
        description="Lets RDS send operating system metrics",
        trust=service_trust("monitoring.rds.amazonaws.com"),
        managed_policy_arns=(
            text("arn:", Pseudo.PARTITION, ":iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"),
        ),
    )
    yield DatabaseInstance(
        name="main",
        concern="databases",
        identifier="sample-production",
        instance_class="db.t3.medium",
        engine="postgres",
        engine_version="15.14",
        allocated_storage=100,
        max_allocated_storage=500,
        storage_type="gp3",
        storage_encrypted=True,
        kms_key=DATA_KEY,
        database_name="sample",
        master_username="sample_admin",
        master_password=SecretValue(Ref(Secret, "database"), "password"),
        port=5432,
        multi_az=True,
        subnet_group=Ref(DatabaseSubnetGroup, "main"),
        parameter_group=Ref(DatabaseParameterGroup, "main"),
        security_groups=(Ref(SecurityGroup, "database"),),
        backup_retention_period=7,
        backup_window="03:00-04:00",
        maintenance_window="mon:04:00-mon:05:00",
        performance_insights_enabled=True,
        performance_insights_retention_period=7,
        performance_insights_kms_key=DATA_KEY,
        monitoring_interval=60,
        monitoring_role=Ref(Role, "database-monitoring"),
        enabled_cloudwatch_logs_exports=("postgresql", "upgrade"),
        final_snapshot_identifier="sample-production-final",
        tags={"Name": "sample-production"},
    )
    yield DatabaseInstance(
        name="main-replica",
        key="1",
        concern="databases",
        identifier="sample-production-replica-1",
        instance_class="db.t3.medium",
        source=PRIMARY,
        parameter_group=Ref(DatabaseParameterGroup, "main"),
        security_groups=(Ref(SecurityGroup, "database"),),
        performance_insights_enabled=True,
        performance_insights_retention_period=7,
        performance_insights_kms_key=DATA_KEY,
        skip_final_snapshot=True,
        tags={"Name": "sample-production-replica-1"},
    )
    yield DatabaseInstance(
        name="reports",
        concern="databases",
        identifier="sample-production-reports",
        instance_class="db.t4g.micro",
        engine="postgres",
        engine_version="15.14",
        allocated_storage=20,
        storage_type="gp3",
        storage_encrypted=True,
        database_name="reports",
        master_username="reports_admin",
        manage_master_user_password=True,
        master_user_secret_kms_key=DATA_KEY,
        port=5432,
        subnet_group=Ref(DatabaseSubnetGroup, "main"),
        parameter_group=Ref(DatabaseParameterGroup, "main"),
        security_groups=(Ref(SecurityGroup, "database"),),
        backup_retention_period=1,
        deletion_protection=False,
        skip_final_snapshot=True,
    )
    yield CacheSubnetGroup(
        name="main",
        concern="caches",
        subnet_group_name="sample-production",
        description="Cache subnets",
        subnets=subnets("database"),
    )
    yield CacheParameterGroup(
        name="main",
        concern="caches",
        parameter_group_name="sample-production-redis7",
        family="redis7",
        description="Redis 7",
        parameters={"maxmemory-policy": "allkeys-lru"},
    )
    yield CacheReplicationGroup(
        name="sessions",
        concern="caches",
        replication_group_id="sample-production-sessions",
        description="Sessions",
        engine="redis",
        engine_version="7.0",
        node_type="cache.t3.medium",
        num_cache_clusters=2,
        port=6379,
        subnet_group=Ref(CacheSubnetGroup, "main"),
        parameter_group=Ref(CacheParameterGroup, "main"),
        security_groups=(Ref(SecurityGroup, "cache"),),
        kms_key=DATA_KEY,
        auth_token=SecretValue(Ref(Secret, "cache")),
        snapshot_retention_limit=5,
        snapshot_window="03:00-05:00",
        maintenance_window="sun:05:00-sun:07:00",
    )
    yield CacheParameterGroup(
        name="catalogue",
        concern="caches",
        parameter_group_name="sample-production-catalogue",
        family="redis7",
        description="Redis 7 in cluster mode",
        parameters={"cluster-enabled": "yes"},
    )
    yield CacheReplicationGroup(
        name="catalogue",
        concern="caches",
        replication_group_id="sample-production-catalogue",
        description="Catalogue, over two shards",
        engine="redis",
        engine_version="7.0",
        node_type="cache.t3.medium",
        cluster_mode="enabled",
        num_node_groups=2,
        replicas_per_node_group=1,
        port=6379,
        subnet_group=Ref(CacheSubnetGroup, "main"),
        parameter_group=Ref(CacheParameterGroup, "catalogue"),
        security_groups=(Ref(SecurityGroup, "cache"),),
        kms_key=DATA_KEY,
        auth_token=SecretValue(Ref(Secret, "cache")),
        snapshot_retention_limit=1,
        snapshot_window="03:00-05:00",
        maintenance_window="sun:05:00-sun:07:00",
    )
    yield Table(
        name="locks",
        concern="databases",
        table_name="sample-production-locks",
        hash_key="LockID",
        kms_key=DATA_KEY,
    )
    yield Table(
        name="counters",
        concern="databases",
        table_name="sample-production-counters",
        hash_key="day",
        hash_key_type="N",
        point_in_time_recovery=False,
        deletion_protection=False,
    )
