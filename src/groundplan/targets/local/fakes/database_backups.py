"""From when to when databases can be restored, which moto does not tell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from groundplan.targets.local.corrections.restoring import earliest_of
from groundplan.targets.local.fakes.service import Request, faked

rds = faked("rds")


@rds.operation("DescribeDBInstanceAutomatedBackups")
def automated_backups(request: Request) -> dict[str, Any]:
    """Of instances that keep backups; those of deleted instances go with them here.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBInstanceAutomatedBackup.html
    """
    from moto.rds.models import rds_backends

    backend, now = rds_backends[request.account][request.region], datetime.now(UTC)
    name, resource = request.parameters.get("DBInstanceIdentifier"), request.parameters.get("DbiResourceId")
    found = [
        item
        for item in backend.databases.values()
        if item.backup_retention_period
        and not item.is_replica
        and name in (None, item.db_instance_identifier)
        and resource in (None, item.dbi_resource_id)
    ]
    return {
        "DBInstanceAutomatedBackups": [
            {
                "DBInstanceArn": item.db_instance_arn,
                "DbiResourceId": item.dbi_resource_id,
                "DBInstanceIdentifier": item.db_instance_identifier,
                "Region": request.region,
                "Status": "active",
                "BackupRetentionPeriod": item.backup_retention_period,
                "AllocatedStorage": item.allocated_storage,
                "Engine": item.engine,
                "Encrypted": item.storage_encrypted,
                "KmsKeyId": item.kms_key_id,
                "RestoreWindow": {
                    "EarliestTime": max(
                        earliest_of(backend, item), now - timedelta(days=int(item.backup_retention_period))
                    ),
                    "LatestTime": now,
                },
            }
            for item in found
        ]
    }
