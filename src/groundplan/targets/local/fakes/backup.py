"""Backup plans that change, what they select, vaults' notifications, policies, EFS backup policies.

moto has none of them.
"""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from typing import Any

from groundplan.targets.local.fakes.service import RefusedError, Request, faked

backup = faked("backup")
files = faked("efs", "elasticfilesystem")


def _plan(request: Request) -> Any:
    from moto.backup.models import backup_backends

    found = backup_backends[request.account][request.region].plans.get(request.parameters["BackupPlanId"])
    if found is None:
        raise RefusedError(
            "ResourceNotFoundException",
            f"Failed reading Backup plan with provided version: {request.parameters['BackupPlanId']}",
        )
    return found


@backup.operation("UpdateBackupPlan")
def update_plan(request: Request) -> dict[str, Any]:
    from moto.backup.models import Plan

    plan = _plan(request)
    made: Any = Plan(request.parameters["BackupPlan"], plan.creator_request_id, plan_backend(request))
    plan.backup_plan, plan.version_id = made.backup_plan, made.version_id
    plan.advanced_backup_settings = made.advanced_backup_settings
    return dict(plan.to_dict())


def plan_backend(request: Request) -> Any:
    """moto's backups of the request's account and region."""
    from moto.backup.models import backup_backends

    return backup_backends[request.account][request.region]


@backup.operation("CreateBackupSelection")
def create_selection(request: Request) -> dict[str, Any]:
    _plan(request)
    selection, identifier = request.parameters["BackupSelection"], str(uuid.uuid4())
    request.table("backup selections")[identifier] = {
        "BackupPlanId": request.parameters["BackupPlanId"],
        "SelectionId": identifier,
        "CreationDate": datetime.now(UTC),
        "BackupSelection": selection,
    }
    return {name: value for name, value in _shown(request, identifier).items() if name != "BackupSelection"}


def _shown(request: Request, identifier: str) -> dict[str, Any]:
    found = request.one("backup selections", identifier)
    if found["BackupPlanId"] != request.parameters["BackupPlanId"]:
        raise RefusedError("ResourceNotFoundException", f"Backup selection {identifier} is of another plan")
    return found


@backup.operation("GetBackupSelection")
def get_selection(request: Request) -> dict[str, Any]:
    return _shown(request, request.parameters["SelectionId"])


@backup.operation("ListBackupSelections")
def list_selections(request: Request) -> dict[str, Any]:
    _plan(request)
    return {
        "BackupSelectionsList": [
            {**item, "SelectionName": item["BackupSelection"]["SelectionName"],
             "IamRoleArn": item["BackupSelection"]["IamRoleArn"]}
            for item in request.table("backup selections").values()
            if item["BackupPlanId"] == request.parameters["BackupPlanId"]
        ]
    }  # fmt: skip


@backup.operation("DeleteBackupSelection")
def delete_selection(request: Request) -> dict[str, Any]:
    _shown(request, request.parameters["SelectionId"])
    del request.table("backup selections")[request.parameters["SelectionId"]]
    return {}


def _vault(request: Request) -> str:
    name = str(request.parameters["BackupVaultName"])
    if name not in plan_backend(request).vaults:
        raise RefusedError("ResourceNotFoundException", f"Backup Vault {name} does not exist")
    return name


@backup.operation("PutBackupVaultNotifications")
def put_notifications(request: Request) -> dict[str, Any]:
    request.table("vault notifications")[_vault(request)] = request.parameters
    return {}


@backup.operation("GetBackupVaultNotifications")
def get_notifications(request: Request) -> dict[str, Any]:
    found = request.one("vault notifications", _vault(request))
    return {**found, "BackupVaultArn": request.arn("backup", f"backup-vault:{found['BackupVaultName']}")}


@backup.operation("DeleteBackupVaultNotifications")
def delete_notifications(request: Request) -> dict[str, Any]:
    request.table("vault notifications").pop(_vault(request), None)
    return {}


@backup.operation("PutBackupVaultAccessPolicy")
def put_policy(request: Request) -> dict[str, Any]:
    name = _vault(request)
    try:
        json.loads(request.parameters.get("Policy") or "{}")
    except ValueError:
        raise RefusedError("InvalidParameterValueException", "The specified policy is not valid JSON") from None
    request.table("vault policies")[name] = request.parameters
    return {}


@backup.operation("GetBackupVaultAccessPolicy")
def get_policy(request: Request) -> dict[str, Any]:
    return request.one("vault policies", _vault(request))


@backup.operation("DeleteBackupVaultAccessPolicy")
def delete_policy(request: Request) -> dict[str, Any]:
    request.table("vault policies").pop(_vault(request), None)
    return {}


def _file_system(request: Request) -> Any:
    from moto.efs.models import efs_backends

    identifier = request.parameters["FileSystemId"]
    found = efs_backends[request.account][request.region].file_systems_by_id.get(identifier)
    if found is None:
        raise RefusedError("FileSystemNotFound", f"File system '{identifier}' does not exist.")
    return found


@files.operation("PutBackupPolicy")
def put_backup_policy(request: Request) -> dict[str, Any]:
    _file_system(request)
    request.table("backup policies")[request.parameters["FileSystemId"]] = request.parameters["BackupPolicy"]
    return {"BackupPolicy": request.parameters["BackupPolicy"]}


@files.operation("DescribeBackupPolicy")
def describe_backup_policy(request: Request) -> dict[str, Any]:
    _file_system(request)
    none = {"Status": "DISABLED"}
    return {"BackupPolicy": request.table("backup policies").get(request.parameters["FileSystemId"], none)}


@files.operation("UpdateFileSystem")
def update_file_system(request: Request) -> dict[str, Any]:
    found, given = _file_system(request), request.parameters
    found.throughput_mode = given.get("ThroughputMode") or found.throughput_mode
    provisioned = given.get("ProvisionedThroughputInMibps")
    found.provisioned_throughput_in_mibps = provisioned if found.throughput_mode == "provisioned" else None
    return dict(found.info_json())


@files.operation("UpdateFileSystemProtection")
def update_protection(request: Request) -> dict[str, Any]:
    found = _file_system(request)
    found.file_system_protection = {
        "ReplicationOverwriteProtection": request.parameters["ReplicationOverwriteProtection"]
    }
    return dict(found.file_system_protection)
