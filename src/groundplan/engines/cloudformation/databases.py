"""Amazon RDS, Amazon ElastiCache and Amazon DynamoDB in CloudFormation."""

from __future__ import annotations

from collections.abc import Mapping

from groundplan.engines.cloudformation.network import zone_name
from groundplan.engines.cloudformation.rows import RETURNED, Kept, Row, Symbolic, present
from groundplan.resources import Architecture, Resource
from groundplan.resources.databases import (
    CacheParameterGroup,
    CacheReplicationGroup,
    CacheSubnetGroup,
    DatabaseInstance,
    DatabaseParameterGroup,
    DatabaseSubnetGroup,
    Table,
)
from groundplan.resources.values import Attribute, Pseudo, Ref, Textual, text


def _instance(instance: DatabaseInstance, architecture: Architecture) -> dict[str, object]:
    found: dict[str, object] = {}
    if instance.availability_zone:
        region = instance.region or architecture.region
        found["AvailabilityZone"] = zone_name(instance.availability_zone, region)
    if instance.manage_master_user_password:
        found["ManageMasterUserPassword"] = True
        if instance.master_user_secret_kms_key:
            found["MasterUserSecret"] = {"KmsKeyId": instance.master_user_secret_kms_key.arn}
    if instance.source:
        source = architecture[instance.source]
        if source.region == instance.region:
            # AWS refuses a storage key on a replica in its primary's region: it inherits the primary's encryption.
            found["SourceDBInstanceIdentifier"] = instance.source
        else:
            found["SourceDBInstanceIdentifier"] = instance.source.arn
            found["SourceRegion"] = source.region or architecture.region
            if instance.kms_key:
                found["KmsKeyId"] = instance.kms_key.arn
    else:
        if instance.storage_encrypted is not None:
            found["StorageEncrypted"] = instance.storage_encrypted
        if instance.kms_key:
            found["KmsKeyId"] = instance.kms_key.arn
    return found


def _instance_kept(instance: DatabaseInstance, _: Architecture) -> Kept:
    """A primary leaves a snapshot unless none is wanted, and always when it is replaced: nobody means to lose data.

    A replica has nothing of its own, and AWS takes no final snapshot of one.
    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html
    """
    if instance.source:
        return Kept("Delete", "Delete")
    return Kept("Delete" if instance.skip_final_snapshot else "Snapshot", "Snapshot")


def _table(table: Table, _: Architecture) -> dict[str, object]:
    encryption = {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": table.kms_key.arn} if table.kms_key else None
    return present(
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": table.hash_key, "AttributeType": table.hash_key_type}],
        KeySchema=[{"AttributeName": table.hash_key, "KeyType": "HASH"}],
        SSESpecification=encryption,
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": table.point_in_time_recovery},
    )


def _table_kept(_: Table, __: Architecture) -> Kept:
    """Deletion protection keeps a table from going with its stack; replacing one never deletes what it holds."""
    return Kept("Delete", "Retain")


def _cache_kept(cache: CacheReplicationGroup, _: Architecture) -> Kept:
    """A cache that keeps snapshots while it lives leaves one; another is a copy of what stands elsewhere."""
    keep = cache.snapshot_retention_limit > 0
    return Kept("Snapshot", "Snapshot") if keep else Kept("Delete", "Delete")


def _cache_update(cache: CacheReplicationGroup) -> Mapping[str, Symbolic]:
    """Another number of shards moves keys while the cache answers; without this the cache would be replaced.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-updatepolicy.html
    """
    return {"UseOnlineResharding": True} if cache.cluster_mode else {}


def _replication_group_arn(ref: Ref[Resource]) -> Textual:
    """CloudFormation has no attribute for it. Source: service authorization reference of ElastiCache."""
    return text(
        "arn:", Pseudo.PARTITION, ":elasticache:", Pseudo.REGION, ":", Pseudo.ACCOUNT_ID, ":replicationgroup:",
        Attribute(ref, "id"),
    )  # fmt: skip


ROWS = (
    Row(
        DatabaseSubnetGroup,
        "AWS::RDS::DBSubnetGroup",
        attributes={"id": RETURNED},
        rename={"subnet_group_name": "DBSubnetGroupName", "description": "DBSubnetGroupDescription"},
    ),
    Row(
        DatabaseParameterGroup,
        "AWS::RDS::DBParameterGroup",
        attributes={"id": RETURNED},
        rename={"parameter_group_name": "DBParameterGroupName"},
    ),
    Row(
        DatabaseInstance,
        "AWS::RDS::DBInstance",
        attributes={
            "id": RETURNED,
            "arn": "DBInstanceArn",
            "address": "Endpoint.Address",
            "port": "Endpoint.Port",
            "master_user_secret_arn": "MasterUserSecret.SecretArn",
        },
        rename={
            "identifier": "DBInstanceIdentifier",
            "instance_class": "DBInstanceClass",
            "database_name": "DBName",
            "master_password": "MasterUserPassword",
            "multi_az": "MultiAZ",
            "subnet_group": "DBSubnetGroupName",
            "parameter_group": "DBParameterGroupName",
            "security_groups": "VPCSecurityGroups",
            "backup_window": "PreferredBackupWindow",
            "maintenance_window": "PreferredMaintenanceWindow",
            "performance_insights_enabled": "EnablePerformanceInsights",
            "performance_insights_kms_key": "PerformanceInsightsKMSKeyId",
            "monitoring_role": "MonitoringRoleArn",
            "enabled_cloudwatch_logs_exports": "EnableCloudwatchLogsExports",
            "ca_certificate_identifier": "CACertificateIdentifier",
        },
        arns=frozenset({"performance_insights_kms_key", "monitoring_role"}),
        strings=frozenset({"allocated_storage", "port"}),
        write=_instance,
        written=frozenset(
            {
                "source", "storage_encrypted", "kms_key", "manage_master_user_password",
                "master_user_secret_kms_key", "skip_final_snapshot", "availability_zone",
            }
        ),
        not_rendered={"final_snapshot_identifier": "CloudFormation names the snapshot that it takes at deletion"},
        kept=_instance_kept,
    ),
    Row(
        CacheSubnetGroup,
        "AWS::ElastiCache::SubnetGroup",
        attributes={"id": RETURNED},
        rename={"subnet_group_name": "CacheSubnetGroupName"},
    ),
    Row(
        CacheParameterGroup,
        "AWS::ElastiCache::ParameterGroup",
        attributes={"id": RETURNED},
        rename={"family": "CacheParameterGroupFamily", "parameters": "Properties"},
        not_rendered={"parameter_group_name": "read-only: CloudFormation names cache parameter groups itself"},
    ),
    Row(
        CacheReplicationGroup,
        "AWS::ElastiCache::ReplicationGroup",
        attributes={
            "id": RETURNED,
            "arn": _replication_group_arn,
            "primary_endpoint_address": "PrimaryEndPoint.Address",
            "reader_endpoint_address": "ReaderEndPoint.Address",
            "configuration_endpoint_address": "ConfigurationEndPoint.Address",
        },
        rename={
            "description": "ReplicationGroupDescription",
            "node_type": "CacheNodeType",
            "subnet_group": "CacheSubnetGroupName",
            "parameter_group": "CacheParameterGroupName",
            "kms_key": "KmsKeyId",
            "multi_az_enabled": "MultiAZEnabled",
            "maintenance_window": "PreferredMaintenanceWindow",
        },
        arns=frozenset({"kms_key"}),
        update_policy=_cache_update,
        kept=_cache_kept,
    ),
    Row(
        Table,
        "AWS::DynamoDB::Table",
        attributes={"id": RETURNED, "arn": "Arn"},
        rename={"deletion_protection": "DeletionProtectionEnabled"},
        write=_table,
        written=frozenset({"hash_key", "hash_key_type", "kms_key", "point_in_time_recovery"}),
        kept=_table_kept,
    ),
)  # fmt: skip
