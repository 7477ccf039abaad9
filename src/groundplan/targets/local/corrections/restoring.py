"""Databases that are brought back, and databases that get another name."""

from __future__ import annotations

import secrets
import string
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from groundplan.targets.local.corrections.once import once

_LETTERS = string.ascii_uppercase + string.digits


@once
def restored_databases_stand_alone() -> None:
    """To moto what was restored is a replica of its source and has its resource id, and any time can be restored.

    AWS makes an instance of its own, and only as it was within the time for which automated backups are kept.
    Sources: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceToPointInTime.html,
    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceFromDBSnapshot.html
    """
    from moto.rds.exceptions import DBSnapshotNotFoundFault, RDSClientError
    from moto.rds.models import RDSBackend

    to_time, from_snapshot = (
        RDSBackend.restore_db_instance_to_point_in_time,
        RDSBackend.restore_db_instance_from_db_snapshot,
    )

    @wraps(to_time)
    def restore_to_time(self: Any, source_db_identifier: Any, target_db_identifier: str, overrides: Any) -> Any:
        source = self.describe_db_instances(source_db_identifier)[0]
        if not source.backup_retention_period:
            raise RDSClientError(
                "InvalidDBInstanceState",
                f"Automated backups are not enabled for the DB instance {source_db_identifier}",
            )
        asked, latest = overrides.get("restore_time"), overrides.get("use_latest_restorable_time")
        if (asked is None) == (not latest):
            raise RDSClientError("InvalidParameterCombination", "Specify either RestoreTime or UseLatestRestorableTime")
        if asked is not None and not earliest_of(self, source) <= aware(asked) <= datetime.now(UTC):
            raise RDSClientError(
                "InvalidRestoreFault", f"The specified time {asked} is not within the restore window of the DB instance"
            )
        return _alone(to_time(self, source_db_identifier, target_db_identifier, overrides))

    @wraps(from_snapshot)
    def restore_from_snapshot(self: Any, from_snapshot_id: str, overrides: Any) -> Any:
        name = from_snapshot_id.rpartition(":snapshot:")[2]
        if name not in self.database_snapshots:
            raise DBSnapshotNotFoundFault(from_snapshot_id)
        return _alone(from_snapshot(self, from_snapshot_id, overrides))

    setattr(RDSBackend, "restore_db_instance_to_point_in_time", restore_to_time)  # noqa: B010 - mypy forbids it otherwise
    setattr(RDSBackend, "restore_db_instance_from_db_snapshot", restore_from_snapshot)  # noqa: B010


def aware(moment: datetime) -> datetime:
    """moto has times with and without a zone; all are UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def earliest_of(backend: Any, database: Any) -> datetime:
    """From when on an instance can be restored: its first automated snapshot that is still there."""
    created = [
        aware(item.snapshot_create_time)
        for item in backend.database_snapshots.values()
        if item.snapshot_type == "automated" and item.dbi_resource_id == database.dbi_resource_id
    ]
    return min(created, default=aware(database.created))


def _alone(database: Any) -> Any:
    database.is_replica, database.source_db_instance_identifier = False, None
    database.replicas = []
    return database


@once
def databases_have_ids_of_their_own() -> None:
    """moto gives all instances the same resource id; at AWS each has its own, which no other name changes."""
    from moto.rds.models import RDSBackend

    for name in ("create_db_instance", "create_db_instance_read_replica"):
        setattr(RDSBackend, name, _with_own_id(getattr(RDSBackend, name)))


def _with_own_id(original: Any) -> Any:
    @wraps(original)
    def create(self: Any, *args: Any, **kwargs: Any) -> Any:
        database = original(self, *args, **kwargs)
        before = database.dbi_resource_id
        database.dbi_resource_id = "db-" + "".join(secrets.choice(_LETTERS) for _ in range(26))
        for item in self.database_snapshots.values():
            if item.db_instance_identifier == database.db_instance_identifier and item.dbi_resource_id == before:
                item.dbi_resource_id = item.database.dbi_resource_id = database.dbi_resource_id
        return database

    return create


@once
def renamed_databases_keep_their_replicas() -> None:
    """moto lets a new name take another instance's place, and its replicas go on naming the old one.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_RenameInstance.html
    """
    from moto.rds.exceptions import DBInstanceAlreadyExists
    from moto.rds.models import RDSBackend

    original = RDSBackend.modify_db_instance

    @wraps(original)
    def modify(self: Any, db_instance_identifier: str, db_kwargs: Any) -> Any:
        given: Mapping[str, Any] = db_kwargs
        new = given.get("new_db_instance_identifier")
        if new is not None and new in self.databases:
            raise DBInstanceAlreadyExists
        database = original(self, db_instance_identifier, db_kwargs)
        if new is not None:
            for other in self.databases.values():
                if other.source_db_instance_identifier == db_instance_identifier:
                    other.source_db_instance_identifier = new
        return database

    setattr(RDSBackend, "modify_db_instance", modify)  # noqa: B010 - mypy forbids assigning to a method
