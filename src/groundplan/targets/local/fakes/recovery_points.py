"""Backup jobs, copies and recovery points of AWS Backup, which moto lacks.

A job looks at what it backs up, refuses what AWS Backup refuses, and is done at once. What it leaves behind tells of
the resource as it was; the contents themselves are not kept, and nothing is restored from them here.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from groundplan.targets.local.fakes.backup import plan_backend
from groundplan.targets.local.fakes.service import RefusedError, Request, faked

backup = faked("backup")
POINTS, JOBS, COPIES = "recovery points", "backup jobs", "copy jobs"
AUTOMATIC = "aws/efs/automatic-backup-vault"


def _vault(request: Request, name: str) -> Any:
    found = plan_backend(request).vaults.get(name)
    if found is None:
        raise RefusedError("ResourceNotFoundException", f"Backup Vault {name} does not exist")
    return found


def _looked_at(request: Request, arn: str) -> tuple[str, int]:
    """What kind of thing it is, and how many bytes it holds. Refuses what is not there or cannot be backed up."""
    parts = arn.split(":", 5)
    if len(parts) != 6:
        raise RefusedError("InvalidParameterValueException", f"Invalid ARN: {arn}")
    service, name = parts[2], parts[5]
    if service == "s3":
        from moto.s3.models import s3_backends

        bucket: Any = s3_backends[request.account]["aws"].buckets.get(name)
        if bucket is None:
            raise RefusedError("InvalidParameterValueException", f"The bucket {name} does not exist")
        if bucket.versioning_status != "Enabled":
            raise RefusedError("InvalidParameterValueException", f"The bucket {name} has no versioning enabled")
        return "S3", sum(int(key.size) for key in bucket.keys.values())
    if service == "rds":
        from moto.rds.models import rds_backends

        database: Any = rds_backends[request.account][request.region].databases.get(name.removeprefix("db:"))
        if database is None:
            raise RefusedError("InvalidParameterValueException", f"The DB instance {name} does not exist")
        return "RDS", int(database.allocated_storage) * 2**30
    if service == "elasticfilesystem":
        from moto.efs.models import efs_backends

        systems = efs_backends[request.account][request.region].file_systems_by_id
        if name.removeprefix("file-system/") not in systems:
            raise RefusedError("InvalidParameterValueException", f"The file system {name} does not exist")
        return "EFS", 0
    raise RefusedError("InvalidParameterValueException", f"The local AWS backs up no {service}: {arn}")


def _check_role(request: Request, arn: str) -> None:
    from moto.iam.models import iam_backends

    roles = iam_backends[request.account]["aws"].roles.values()
    if arn not in {role.arn for role in roles}:
        raise RefusedError("InvalidParameterValueException", f"IAM Role {arn} does not exist")


def _lifecycle(request: Request, created: datetime) -> dict[str, Any]:
    lifecycle = request.parameters.get("Lifecycle")
    if not lifecycle:
        return {}
    days = lifecycle.get("DeleteAfterDays")
    return {"Lifecycle": lifecycle, "CalculatedLifecycle": {"DeleteAt": created + timedelta(days=days)} if days else {}}


@backup.operation("StartBackupJob")
def start_job(request: Request) -> dict[str, Any]:
    """Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_StartBackupJob.html"""
    given, now = request.parameters, datetime.now(UTC)
    vault = _vault(request, given["BackupVaultName"])
    _check_role(request, given["IamRoleArn"])
    kind, size = _looked_at(request, given["ResourceArn"])
    number = str(uuid.uuid4())
    point = {
        "RecoveryPointArn": request.arn("backup", f"recovery-point:{number}"),
        "BackupVaultName": vault.backup_vault_name,
        "BackupVaultArn": vault.backup_vault_arn,
        "ResourceArn": given["ResourceArn"],
        "ResourceType": kind,
        "IamRoleArn": given["IamRoleArn"],
        "Status": "COMPLETED",
        "CreationDate": now,
        "CompletionDate": now,
        "BackupSizeInBytes": size,
        "IsEncrypted": True,
        "EncryptionKeyArn": vault.encryption_key_arn or request.arn("kms", "alias/aws/backup"),
        **_lifecycle(request, now),
    }
    request.table(POINTS)[point["RecoveryPointArn"]] = point
    same = ("RecoveryPointArn", "BackupVaultName", "BackupVaultArn", "ResourceArn", "ResourceType", "IamRoleArn")
    request.table(JOBS)[number] = {
        **{name: point[name] for name in (*same, "CreationDate", "CompletionDate", "BackupSizeInBytes")},
        "BackupJobId": number,
        "AccountId": request.account,
        "State": "COMPLETED",
        "PercentDone": "100.0",
    }
    return {
        "BackupJobId": number,
        "RecoveryPointArn": point["RecoveryPointArn"],
        "CreationDate": now,
        "IsParent": False,
    }


@backup.operation("DescribeBackupJob")
def describe_job(request: Request) -> dict[str, Any]:
    return request.one(JOBS, request.parameters["BackupJobId"])


@backup.operation("ListBackupJobs")
def list_jobs(request: Request) -> dict[str, Any]:
    return {"BackupJobs": list(_chosen(request, request.table(JOBS).values()))}


def _chosen(request: Request, items: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    arn, state = request.parameters.get("ByResourceArn"), request.parameters.get("ByState")
    return [item for item in items if arn in (None, item["ResourceArn"]) and state in (None, item.get("State"))]


@backup.operation("ListRecoveryPointsByBackupVault")
def list_by_vault(request: Request) -> dict[str, Any]:
    name = request.parameters["BackupVaultName"]
    if name != AUTOMATIC:
        _vault(request, name)
    here = (item for item in request.table(POINTS).values() if item["BackupVaultName"] == name)
    return {"RecoveryPoints": list(_chosen(request, here))}


@backup.operation("DescribeRecoveryPoint")
def describe_point(request: Request) -> dict[str, Any]:
    return request.one(POINTS, request.parameters["RecoveryPointArn"])


@backup.operation("DeleteRecoveryPoint")
def delete_point(request: Request) -> dict[str, Any]:
    arn = request.parameters["RecoveryPointArn"]
    request.one(POINTS, arn)
    del request.table(POINTS)[arn]
    return {}


@backup.operation("StartCopyJob")
def start_copy(request: Request) -> dict[str, Any]:
    """Into the vault of any region. Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_StartCopyJob.html"""
    from moto.backup.models import backup_backends

    given, now = request.parameters, datetime.now(UTC)
    point = request.one(POINTS, given["RecoveryPointArn"])
    target = str(given["DestinationBackupVaultArn"])
    region, name = target.split(":")[3], target.rpartition(":")[2]
    vault: Any = backup_backends[request.account][region].vaults.get(name)
    if vault is None:
        raise RefusedError("ResourceNotFoundException", f"Backup Vault {target} does not exist")
    number = str(uuid.uuid4())
    there = f"arn:aws:backup:{region}:{request.account}:recovery-point:{number}"
    copy = {
        **{key: value for key, value in point.items() if key not in ("Lifecycle", "CalculatedLifecycle")},
        "RecoveryPointArn": there,
        "BackupVaultName": name,
        "BackupVaultArn": vault.backup_vault_arn,
        "SourceBackupVaultArn": point["BackupVaultArn"],
        "EncryptionKeyArn": vault.encryption_key_arn or f"arn:aws:kms:{region}:{request.account}:alias/aws/backup",
        **_lifecycle(request, now),
    }
    request.beside(region).table(POINTS)[there] = copy
    request.table(COPIES)[number] = {
        "CopyJobId": number,
        "AccountId": request.account,
        "SourceBackupVaultArn": point["BackupVaultArn"],
        "SourceRecoveryPointArn": point["RecoveryPointArn"],
        "DestinationBackupVaultArn": target,
        "DestinationRecoveryPointArn": there,
        "ResourceArn": point["ResourceArn"],
        "ResourceType": point["ResourceType"],
        "CreationDate": now,
        "CompletionDate": now,
        "State": "COMPLETED",
        "BackupSizeInBytes": point["BackupSizeInBytes"],
    }
    return {"CopyJobId": number, "CreationDate": now, "IsParent": False}


@backup.operation("DescribeCopyJob")
def describe_copy(request: Request) -> dict[str, Any]:
    return {"CopyJob": request.one(COPIES, request.parameters["CopyJobId"])}


@backup.operation("ListCopyJobs")
def list_copies(request: Request) -> dict[str, Any]:
    return {"CopyJobs": list(_chosen(request, request.table(COPIES).values()))}


@backup.operation("ListRestoreJobs")
def list_restores(request: Request) -> dict[str, Any]:
    """None: nothing is ever restored by AWS Backup here, restore tests among it."""
    return {"RestoreJobs": []}
