"""Database instances: looked at, waited for, and described so that another one is made like it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from groundplan.errors import DeploymentError
from groundplan.operations.events import Report
from groundplan.resources.architecture import Architecture
from groundplan.resources.databases import DatabaseInstance
from groundplan.targets.connection import Connection, explained

if TYPE_CHECKING:
    from mypy_boto3_rds.type_defs import DBInstanceTypeDef, ModifyDBInstanceMessageTypeDef, TagTypeDef

RESTORED = "GroundplanRestored"
"""Tag of an instance that was restored beside the one that is in use: the name of its store."""
REPLACED = "GroundplanReplaced"
"""Tag of an instance in whose place a restored one has come: the name of its store."""
_BROKEN = frozenset(
    {
        "failed",
        "inaccessible-encryption-credentials",
        "incompatible-create",
        "incompatible-network",
        "incompatible-option-group",
        "incompatible-parameters",
        "incompatible-restore",
        "restore-error",
        "storage-full",
    }
)
"""States that RDS does not leave by itself.
Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html"""


def look(connection: Connection, region: str, identifier: str) -> DBInstanceTypeDef | None:
    """The instance of that name. None: there is none."""
    from botocore.exceptions import ClientError

    with explained(f"Reading the database {identifier}"):
        try:
            return connection.rds(region).describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"][0]
        except ClientError as error:
            if "DBInstanceNotFound" not in error.response.get("Error", {}).get("Code", ""):
                raise
            return None


def marked(connection: Connection, region: str, tag: str, store: str | None = None) -> Iterator[DBInstanceTypeDef]:
    """Instances with this tag, of one store or of any."""
    with explained("Listing databases"):
        for page in connection.rds(region).get_paginator("describe_db_instances").paginate():
            for item in page["DBInstances"]:
                found = tags_of(item).get(tag)
                if found is not None and store in (None, found):
                    yield item


@dataclass(frozen=True, slots=True)
class Beside:
    """An instance that a restore has left: it is in no stack, and costs on."""

    identifier: str
    region: str
    told: str
    """Why it is there."""


def beside(connection: Connection, architecture: Architecture) -> tuple[Beside, ...]:
    """What restores and switches of this environment have left in its regions, by its tags."""
    regions = {architecture.region, *(item.region for item in architecture.of(DatabaseInstance) if item.region)}
    marks = dict(architecture.tags).items()
    found = []
    for region in sorted(regions):
        for tag, why in ((RESTORED, "restored beside"), (REPLACED, "replaced by what was restored:")):
            for item in marked(connection, region, tag):
                tags = tags_of(item)
                if marks <= tags.items():
                    found.append(Beside(item["DBInstanceIdentifier"], region, f"{why} {tags[tag]}"))
    return tuple(found)


def tags_of(instance: DBInstanceTypeDef) -> dict[str, str]:
    """The tags that people may set: what begins with ``aws:`` is AWS's own."""
    tags = {item["Key"]: item.get("Value", "") for item in instance.get("TagList", []) if "Key" in item}
    return {key: value for key, value in tags.items() if not key.startswith("aws:")}


def as_tags(tags: dict[str, str]) -> list[TagTypeDef]:
    """As the API takes them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def wait(connection: Connection, region: str, identifier: str, report: Report, doing: str) -> DBInstanceTypeDef:
    """Wait until an instance is there and available. Raises DeploymentError where it ends in another state."""
    started, seen = time.monotonic(), False
    while True:
        found = look(connection, region, identifier)
        state = found["DBInstanceStatus"] if found else "not there yet"
        if found and state == "available":
            return found
        if state in _BROKEN:
            raise DeploymentError(f"{identifier}: {doing}: the instance is {state}; RDS's events say why")
        if found is None and seen:
            raise DeploymentError(f"{identifier}: {doing}: the instance is gone")
        seen = seen or found is not None
        report(f"{identifier}: {doing}: {state}, {time.monotonic() - started:.0f} s", passing=True)
        time.sleep(connection.poll_seconds)


def settled_like(wanted: DBInstanceTypeDef, found: DBInstanceTypeDef) -> ModifyDBInstanceMessageTypeDef:
    """What has to be changed on one instance so that it has the settings of another, beyond what it was made with."""
    changes: ModifyDBInstanceMessageTypeDef = {"DBInstanceIdentifier": found["DBInstanceIdentifier"]}
    if found.get("BackupRetentionPeriod") != wanted.get("BackupRetentionPeriod"):
        changes["BackupRetentionPeriod"] = wanted["BackupRetentionPeriod"]
    if found.get("PreferredBackupWindow") != wanted.get("PreferredBackupWindow"):
        changes["PreferredBackupWindow"] = wanted["PreferredBackupWindow"]
    if found.get("PreferredMaintenanceWindow") != wanted.get("PreferredMaintenanceWindow"):
        changes["PreferredMaintenanceWindow"] = wanted["PreferredMaintenanceWindow"]
    if found.get("MaxAllocatedStorage") != wanted.get("MaxAllocatedStorage"):
        changes["MaxAllocatedStorage"] = wanted.get("MaxAllocatedStorage", wanted["AllocatedStorage"])
    if found.get("CACertificateIdentifier") != wanted.get("CACertificateIdentifier"):
        changes["CACertificateIdentifier"] = wanted["CACertificateIdentifier"]
    if wanted.get("PerformanceInsightsEnabled") and not found.get("PerformanceInsightsEnabled"):
        changes["EnablePerformanceInsights"] = True
        if "PerformanceInsightsKMSKeyId" in wanted:
            changes["PerformanceInsightsKMSKeyId"] = wanted["PerformanceInsightsKMSKeyId"]
        if "PerformanceInsightsRetentionPeriod" in wanted:
            changes["PerformanceInsightsRetentionPeriod"] = wanted["PerformanceInsightsRetentionPeriod"]
    if wanted.get("MonitoringInterval", 0) != found.get("MonitoringInterval", 0):
        changes["MonitoringInterval"] = wanted.get("MonitoringInterval", 0)
        if "MonitoringRoleArn" in wanted:
            changes["MonitoringRoleArn"] = wanted["MonitoringRoleArn"]
    exports = sorted(
        set(wanted.get("EnabledCloudwatchLogsExports", [])) - set(found.get("EnabledCloudwatchLogsExports", []))
    )
    if exports:
        changes["CloudwatchLogsExportConfiguration"] = {"EnableLogTypes": exports}
    return changes
