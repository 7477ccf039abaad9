"""A database as it was at a time or in a snapshot: a new instance beside the one in use, with all of its settings.

Nothing reaches the new one until it is switched to (:mod:`groundplan.operations.backup.switch`); the old goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

from groundplan.errors import InputError, suggestion
from groundplan.operations.backup.instances import RESTORED, as_tags, look, marked, settled_like, tags_of, wait
from groundplan.operations.backup.stores import Store
from groundplan.operations.events import Report
from groundplan.resources.architecture import Architecture
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.values import SecretValue
from groundplan.targets.connection import Connection, explained

if TYPE_CHECKING:
    from mypy_boto3_rds.type_defs import (
        DBInstanceTypeDef,
        RestoreDBInstanceFromDBSnapshotMessageTypeDef,
        RestoreDBInstanceToPointInTimeMessageTypeDef,
    )

LATEST = "latest"
_NAME_LIMIT = 63
"""Characters of an instance's name. Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html"""


@dataclass(frozen=True, slots=True)
class Restoration:
    """What will be restored, and into what."""

    store: Store
    to: datetime | None
    """The time that it is brought back to; None: a snapshot, or the latest time."""
    snapshot: str | None
    identifier: str
    """What the new instance is called."""
    exists: bool
    """Whether it is there already: somebody began with the same restoration before."""
    told: str
    """What happens, as a sentence."""


@dataclass(frozen=True, slots=True)
class Restored:
    """A restored database."""

    store: str
    identifier: str
    address: str
    port: int
    resource_id: str


def read_time(written: str) -> datetime | None:
    """A time as people write it: ISO 8601, in UTC where it names no zone. ``latest`` is None.

    Raises InputError for anything else, and for what has not been yet.
    """
    if written == LATEST:
        return None
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        raise InputError(
            f"--to {written}: this is no time; write it like 2026-11-21T14:05:00Z (UTC without a zone), or {LATEST}"
        ) from None
    found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    if found > datetime.now(UTC):
        raise InputError(f"--to {written}: this has not been yet; it is {_clock(datetime.now(UTC))}")
    return found


def prepare(connection: Connection, store: Store, *, to: str | None, snapshot: str | None) -> Restoration:
    """Look what can be restored. Nothing is changed.

    Raises InputError where the time is outside of what RDS keeps, with the window, and for an unknown snapshot.
    """
    if (to is None) == (snapshot is None):
        raise InputError(f"say what {store.name} is to be as: --to TIME, --to {LATEST} or --snapshot ID")
    source = _source(connection, store)
    if snapshot is not None:
        found = _find_snapshot(connection, store, snapshot)
        stem, asked = f"from-{_short(found)}", None
        told = f"{store.name} as it is in the snapshot {found}"
    else:
        asked = read_time(to or LATEST)
        earliest, latest = _window(connection, store, source)
        if asked is not None and not earliest <= asked <= latest:
            until = f"to {_clock(latest)}" if earliest <= latest else "on, as soon as RDS has saved more"
            raise InputError(
                f"--to {to}: {store.name} can be restored to any second from {_clock(earliest)} {until}; "
                "for what is older take a snapshot: groundplan backup list"
            )
        found = None
        moment = asked or latest
        stem, told = f"to-{moment:%Y%m%d-%H%M%S}", f"{store.name} as it was on {_clock(moment)}"
    identifier = f"{store.id[: _NAME_LIMIT - len(stem) - 1].rstrip('-')}-{stem}"
    if to == LATEST:
        # Begun a second time before it was done, it is the same restoration, though the latest time has moved on.
        half = (item for item in marked(connection, store.region, RESTORED, store.name))
        unfinished = [item["DBInstanceIdentifier"] for item in half if item["DBInstanceStatus"] != "available"]
        identifier = unfinished[0] if len(unfinished) == 1 else identifier
    there = look(connection, store.region, identifier)
    if there is not None and tags_of(there).get(RESTORED) != store.name:
        raise InputError(f"{identifier} exists, and Groundplan has not restored it; rename or delete it first")
    return Restoration(store, asked, found, identifier, there is not None, told)


def restore(connection: Connection, architecture: Architecture, restoration: Restoration, report: Report) -> Restored:
    """Make the instance, wait for it, and give it what RDS does not restore: backups, insights, the password.

    Begun again after an interruption it goes on. Raises DeploymentError where RDS gives up.
    """
    store, identifier = restoration.store, restoration.identifier
    source = _source(connection, store)
    if not restoration.exists:
        _create(connection, restoration, source)
        report(f"{identifier}: being restored; RDS takes minutes, and with much data up to hours")
    made = wait(connection, store.region, identifier, report, "restoring")
    changes = settled_like(source, made)
    password = _password(connection, architecture, store)
    if password is not None:
        # What is in the secret today: the password of that time may have been another one.
        changes["MasterUserPassword"] = password
    if len(changes) > 1:
        changes["ApplyImmediately"] = True
        with explained(f"Setting up {identifier}"):
            connection.rds(store.region).modify_db_instance(**changes)
        made = wait(connection, store.region, identifier, report, "setting up")
    endpoint = made.get("Endpoint", {})
    return Restored(store.name, identifier, endpoint.get("Address", ""), endpoint.get("Port", 0), made["DbiResourceId"])


def _source(connection: Connection, store: Store) -> DBInstanceTypeDef:
    found = look(connection, store.region, store.id)
    if found is None:
        raise InputError(
            f"{store.name} ({store.id}) is not deployed, so that nothing says how the restored one has to be; deploy "
            "first, then restore and switch"
        )
    return found


def _window(connection: Connection, store: Store, source: DBInstanceTypeDef) -> tuple[datetime, datetime]:
    """From when to when any second can be chosen: the first one is over when the first backup is there."""
    with explained(f"Reading the backups of {store.name}"):
        found = connection.rds(store.region).describe_db_instance_automated_backups(
            DbiResourceId=source["DbiResourceId"]
        )["DBInstanceAutomatedBackups"]
    window = next((item["RestoreWindow"] for item in found if "LatestTime" in item.get("RestoreWindow", {})), None)
    if window is None:
        off = "" if source.get("BackupRetentionPeriod") else " (backups: 0d)"
        raise InputError(
            f"{store.name} has no automated backup that could be restored to a time{off}; take a snapshot of "
            "groundplan backup list"
        )
    earliest, latest = (window[end].astimezone(UTC) for end in ("EarliestTime", "LatestTime"))
    return earliest + timedelta(microseconds=-earliest.microsecond % 1_000_000), latest


def _find_snapshot(connection: Connection, store: Store, asked: str) -> str:
    from botocore.exceptions import ClientError

    name = asked.rpartition(":snapshot:")[2] if asked.startswith("arn:") else asked
    client = connection.rds(store.region)
    with explained(f"Looking for the snapshot {asked}"):
        try:
            found = client.describe_db_snapshots(DBSnapshotIdentifier=name)["DBSnapshots"]
        except ClientError as error:
            if "NotFound" not in error.response.get("Error", {}).get("Code", ""):
                raise
            found = []
        if found and found[0]["DBInstanceIdentifier"] == store.id:
            if found[0]["Status"] != "available":
                raise InputError(f"--snapshot {asked}: it is {found[0]['Status']}; wait until it is available")
            return name
        filters = [{"Name": "db-instance-id", "Values": [store.id]}]
        pages = client.get_paginator("describe_db_snapshots").paginate(Filters=filters)  # type: ignore[arg-type]  # a plain dict
        known = [item["DBSnapshotIdentifier"] for page in pages for item in page["DBSnapshots"]]
    if found:
        raise InputError(f"--snapshot {asked}: it is of {found[0]['DBInstanceIdentifier']}, not of {store.id}")
    near = suggestion(name, known) if known else "; it has none"
    raise InputError(f"--snapshot {asked}: {store.name} has no such snapshot{near}")


def _short(snapshot: str) -> str:
    """What of a snapshot's name fits into an instance's: letters, digits and single hyphens."""
    words = "".join(letter if letter.isalnum() else " " for letter in snapshot.lower()).split()
    return "-".join(words)[-24:].strip("-")


def _create(connection: Connection, restoration: Restoration, source: DBInstanceTypeDef) -> None:
    """Class, network, parameters and protection of the source; encryption comes with the data."""
    store = restoration.store
    shared: RestoreDBInstanceFromDBSnapshotMessageTypeDef = {
        "DBInstanceIdentifier": restoration.identifier,
        "DBInstanceClass": source["DBInstanceClass"],
        "MultiAZ": source["MultiAZ"],
        "PubliclyAccessible": source.get("PubliclyAccessible", False),
        "StorageType": source["StorageType"],
        "AutoMinorVersionUpgrade": source["AutoMinorVersionUpgrade"],
        "CopyTagsToSnapshot": source["CopyTagsToSnapshot"],
        "DeletionProtection": source["DeletionProtection"],
        "Port": source.get("Endpoint", {}).get("Port", 5432),
        "VpcSecurityGroupIds": [
            item["VpcSecurityGroupId"] for item in source["VpcSecurityGroups"] if "VpcSecurityGroupId" in item
        ],
        "EnableCloudwatchLogsExports": source.get("EnabledCloudwatchLogsExports", []),
        "Tags": as_tags({**tags_of(source), RESTORED: store.name}),
    }
    if "DBSubnetGroup" in source:
        shared["DBSubnetGroupName"] = source["DBSubnetGroup"]["DBSubnetGroupName"]
    if source["DBParameterGroups"]:
        shared["DBParameterGroupName"] = source["DBParameterGroups"][0]["DBParameterGroupName"]
    if not source["MultiAZ"] and "AvailabilityZone" in source:
        shared["AvailabilityZone"] = source["AvailabilityZone"]
    if source["StorageType"] in ("io1", "io2") and "Iops" in source:
        shared["Iops"] = source["Iops"]
    if "MasterUserSecret" in source:
        shared["ManageMasterUserPassword"] = True
        if "KmsKeyId" in source["MasterUserSecret"]:
            shared["MasterUserSecretKmsKeyId"] = source["MasterUserSecret"]["KmsKeyId"]
    client = connection.rds(store.region)
    with explained(f"Restoring {store.name}"):
        if restoration.snapshot is not None:
            shared["DBSnapshotIdentifier"] = restoration.snapshot
            client.restore_db_instance_from_db_snapshot(**shared)
            return
        # Both calls have the same settings under the same names, but for the instance's own.
        settings = {key: value for key, value in shared.items() if key != "DBInstanceIdentifier"}
        names = {"SourceDBInstanceIdentifier": store.id, "TargetDBInstanceIdentifier": restoration.identifier}
        to_time = cast("RestoreDBInstanceToPointInTimeMessageTypeDef", {**settings, **names})
        if restoration.to is None:
            to_time["UseLatestRestorableTime"] = True
        else:
            to_time["RestoreTime"] = restoration.to
        client.restore_db_instance_to_point_in_time(**to_time)


def _password(connection: Connection, architecture: Architecture, store: Store) -> str | None:
    """The generated password that services connect with. None: RDS keeps it itself."""
    import json

    instance = next(item for item in architecture.of(DatabaseInstance) if item.address == store.address)
    if not isinstance(instance.master_password, SecretValue):
        return None
    secret = architecture[instance.master_password.secret]
    with explained(f"Reading the password of {store.name}"):
        value = connection.secretsmanager(store.region).get_secret_value(SecretId=secret.secret_name)["SecretString"]
    key = instance.master_password.json_key
    return str(json.loads(value)[key]) if key else value


def _clock(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
