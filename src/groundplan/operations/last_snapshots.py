"""Last snapshots of what nobody else takes one of: a replica that was promoted is a database like any other, but its
engine still believes that it is a copy, and would delete it as one.

Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.Promote.html
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from groundplan.errors import DeploymentError
from groundplan.operations.events import Report
from groundplan.resources.architecture import Architecture
from groundplan.resources.databases import DatabaseInstance
from groundplan.targets.connection import Connection, explained

_UNIQUE = 12
"""Characters of the instance's own id, which no other instance ever has, in the name of its last snapshot."""
_LONGEST_NAME = 255


@dataclass(frozen=True)
class Promoted:
    """A replica of the blueprint that follows nobody any more."""

    address: str
    identifier: str
    region: str
    resource_id: str
    """``db-ABCDEFGHIJKLMNOPQRSTUVWXYZ``: AWS gives it once in the life of an instance."""

    @property
    def snapshot(self) -> str:
        """The same name at every attempt to destroy this instance, and another one for the next of its name."""
        unique = self.resource_id.removeprefix("db-")[:_UNIQUE].lower()
        return f"{self.identifier[: _LONGEST_NAME - _UNIQUE - 7]}-final-{unique}"


def promoted(connection: Connection, architecture: Architecture) -> tuple[Promoted, ...]:
    """The replicas that are there and were promoted, by a person or by a failover."""
    from botocore.exceptions import ClientError

    found = []
    for instance in architecture.of(DatabaseInstance):
        if instance.source is None:
            continue
        region = instance.region or architecture.region
        with explained(f"Looking at {instance.address}"):
            try:
                (one,) = connection.rds(region).describe_db_instances(DBInstanceIdentifier=instance.identifier)[
                    "DBInstances"
                ]
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") not in ("DBInstanceNotFound", "DBInstanceNotFoundFault"):
                    raise
                continue
        if not one.get("ReadReplicaSourceDBInstanceIdentifier") and one["DBInstanceStatus"] != "deleting":
            found.append(Promoted(instance.address, instance.identifier, region, one["DbiResourceId"]))
    return tuple(found)


def take_last_snapshots(connection: Connection, going: tuple[Promoted, ...], report: Report) -> None:
    """A snapshot of each, complete before this returns. One that an attempt before has taken is not taken again.

    Raises DeploymentError where AWS gives one up.
    """
    from botocore.exceptions import ClientError

    for one in going:
        with explained(f"Taking the last snapshot of {one.address}"):
            try:
                connection.rds(one.region).create_db_snapshot(
                    DBInstanceIdentifier=one.identifier, DBSnapshotIdentifier=one.snapshot
                )
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") != "DBSnapshotAlreadyExists":
                    raise
        report(f"{one.address}: was promoted; its last snapshot is {one.snapshot}")
    for one in going:
        _wait(connection, one)


def _wait(connection: Connection, one: Promoted) -> None:
    while True:
        with explained(f"Looking at the snapshot {one.snapshot}"):
            (found,) = connection.rds(one.region).describe_db_snapshots(DBSnapshotIdentifier=one.snapshot)[
                "DBSnapshots"
            ]
        if found["Status"] == "available":
            return
        if found["Status"] not in ("creating", "pending"):
            raise DeploymentError(
                f"{one.address}: its last snapshot {one.snapshot} is {found['Status']}, so that nothing was deleted. "
                "Delete that snapshot and destroy again"
            )
        time.sleep(connection.poll_seconds)
