"""Backups on demand: snapshots of databases and caches, recovery points of what AWS Backup knows."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from groundplan.errors import DeploymentError, InputError
from groundplan.operations.backup.stores import Store, Vaults, stores_of
from groundplan.operations.events import Report
from groundplan.resources.architecture import Architecture
from groundplan.resources.storage import Bucket
from groundplan.targets.connection import Connection, explained

if TYPE_CHECKING:
    from mypy_boto3_backup.type_defs import LifecycleTypeDef

MARK = "GroundplanBackup"
"""Tag of what ``backup now`` makes, beside the environment's own: its value is the name of the store."""
LONGEST_NAME = 255
LONGEST_INSTANCE = 40
"""Characters of a replication group's name, with room for the time behind it in a snapshot's."""


@dataclass(frozen=True, slots=True)
class Made:
    """What became of one store."""

    store: str
    what: Literal["snapshot", "recovery point", "versions", "nothing"]
    id: str
    region: str
    status: str
    why: str = ""
    copy: str = ""
    """ARN of the copy in another region."""


def back_up(
    connection: Connection,
    architecture: Architecture,
    report: Report,
    *,
    only: Sequence[Store] = (),
    wait: bool = True,
    now: datetime | None = None,
) -> tuple[Made, ...]:
    """Begin with all that is asked for at once, then wait for each. ``only``: these stores; all where it is empty.

    Names say when: ``shop-production-main-20261121-170500``. Without ``wait`` nothing is copied to another region: a
    copy can begin when its source is complete. Raises DeploymentError where a backup fails, once the others are done;
    InputError where nothing is deployed.
    """
    maker = _Maker(connection, architecture, report, (now or datetime.now(UTC)).strftime("%Y%m%d-%H%M%S"))
    begun = [(store, maker.begin(store)) for store in only or stores_of(architecture)]
    if all(made is None for _, made in begun):
        raise InputError(f"{architecture.stage}: nothing that holds data is deployed to {connection.target}")
    results = []
    for store, made in begun:
        if made is None:
            results.append(Made(store.name, "nothing", "", store.region, "not there", "it is not deployed"))
        else:
            results.append(maker.finish(store, made) if wait else made)
    failed = [made for made in results if made.status in ("failed", "FAILED", "ABORTED", "EXPIRED", "PARTIAL")]
    if failed:
        told = "; ".join(
            f"{made.store}: {made.id} is {made.status}{f': {made.why}' * bool(made.why)}" for made in failed
        )
        raise DeploymentError(f"Not everything could be backed up: {told}")
    return tuple(results)


@dataclass(frozen=True)
class _Maker:
    connection: Connection
    architecture: Architecture
    report: Report
    stamp: str

    @property
    def _vaults(self) -> Vaults:
        return Vaults(self.connection, self.architecture)

    def begin(self, store: Store) -> Made | None:
        """Ask for a backup. None: the store is not deployed."""
        match store.kind:
            case "database":
                return self._snapshot_database(store)
            case "cache":
                return self._snapshot_cache(store)
            case "bucket" | "file_system":
                return self._recovery_point(store)

    def _tags(self, store: Store) -> list[tuple[str, str]]:
        return [*self.architecture.tags.items(), (MARK, store.name)]

    def _snapshot_database(self, store: Store) -> Made | None:
        from botocore.exceptions import ClientError

        name = f"{store.id}-{self.stamp}"
        with explained(f"Taking a snapshot of {store.name}"):
            try:
                found = self.connection.rds(store.region).create_db_snapshot(
                    DBInstanceIdentifier=store.id,
                    DBSnapshotIdentifier=name,
                    Tags=[{"Key": key, "Value": value} for key, value in self._tags(store)],
                )["DBSnapshot"]
            except ClientError as error:
                if "DBInstanceNotFound" not in error.response.get("Error", {}).get("Code", ""):
                    raise
                return None
        self.report(f"{store.name}: snapshot {name}")
        return Made(store.name, "snapshot", name, store.region, found["Status"], "kept until somebody deletes it")

    def _snapshot_cache(self, store: Store) -> Made | None:
        from botocore.exceptions import ClientError

        name = f"{store.id}-{self.stamp}"
        with explained(f"Taking a snapshot of {store.name}"):
            try:
                found = self.connection.elasticache(store.region).create_snapshot(
                    ReplicationGroupId=store.id,
                    SnapshotName=name,
                    Tags=[{"Key": key, "Value": value} for key, value in self._tags(store)],
                )["Snapshot"]
            except ClientError as error:
                if "ReplicationGroupNotFound" not in error.response.get("Error", {}).get("Code", ""):
                    raise
                return None
        self.report(f"{store.name}: snapshot {name}")
        status = found.get("SnapshotStatus", "creating")
        return Made(store.name, "snapshot", name, store.region, status, "kept until somebody deletes it")

    def _recovery_point(self, store: Store) -> Made | None:
        """By AWS Backup where the environment has a vault and its plan has the store."""
        vaults = self._vaults
        arn = vaults.arn_of_store(store)
        if arn is None or not self._there(store):
            return None
        if vaults.own is None or not store.planned or vaults.role_arn is None:
            return Made(store.name, "nothing", "", store.region, "left out", self._left_out(store))
        lifecycle: LifecycleTypeDef = {"DeleteAfterDays": vaults.keep_days} if vaults.keep_days else {}
        with explained(f"Backing up {store.name}"):
            found = self.connection.backup(store.region).start_backup_job(
                BackupVaultName=vaults.own.vault_name,
                ResourceArn=arn,
                IamRoleArn=vaults.role_arn,
                Lifecycle=lifecycle,
                IdempotencyToken=f"{store.address}-{self.stamp}",
                RecoveryPointTags={**dict(self._tags(store)), "Name": f"{store.name}-{self.stamp}"},
            )
        self.report(f"{store.name}: backup job {found['BackupJobId']}")
        until = f"kept {vaults.keep_days} days" if vaults.keep_days else ""
        return Made(store.name, "recovery point", found["BackupJobId"], store.region, "CREATED", until)

    def _there(self, store: Store) -> bool:
        from botocore.exceptions import ClientError

        if store.kind != "bucket":
            return True
        with explained(f"Looking for {store.name}"):
            try:
                self.connection.s3(store.region).head_bucket(Bucket=store.id)
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") not in ("404", "NoSuchBucket"):
                    raise
                return False
        return True

    def _left_out(self, store: Store) -> str:
        bucket = next((item for item in self.architecture.of(Bucket) if item.address == store.address), None)
        if bucket is None or self._vaults.own is None:
            beside = "its versions are its backup; " if bucket and bucket.versioning else ""
            return f"{beside}AWS Backup needs a vault: write backup: {{}} into the blueprint"
        return "the backup plan takes buckets with keep: true only, and those keep versions"

    def finish(self, store: Store, made: Made) -> Made:
        """Wait until it is complete; then have it copied to where the plan copies."""
        started = time.monotonic()
        while made.status in ("creating", "CREATED", "PENDING", "RUNNING"):
            made = self._looked_at(store, made)
            if made.status in ("creating", "CREATED", "PENDING", "RUNNING"):
                waited = time.monotonic() - started
                self.report(f"{store.name}: waiting for {made.what} {made.id}, {waited:.0f} s", passing=True)
                time.sleep(self.connection.poll_seconds)
        if made.what == "recovery point" and made.status == "COMPLETED":
            made = self._copied(store, made)
        return made

    def _looked_at(self, store: Store, made: Made) -> Made:
        with explained(f"Waiting for {made.id}"):
            if made.what == "recovery point":
                job = self.connection.backup(store.region).describe_backup_job(BackupJobId=made.id)
                done = job["State"] == "COMPLETED"
                return replace(
                    made,
                    status=job["State"],
                    id=job["RecoveryPointArn"] if done else made.id,
                    why=job.get("StatusMessage") or made.why,
                )
            if store.kind == "cache":
                cache = self.connection.elasticache(store.region).describe_snapshots(SnapshotName=made.id)["Snapshots"]
                return replace(made, status=cache[0].get("SnapshotStatus", ""))
            found = self.connection.rds(store.region).describe_db_snapshots(DBSnapshotIdentifier=made.id)
            return replace(made, status=found["DBSnapshots"][0]["Status"])

    def _copied(self, store: Store, made: Made) -> Made:
        vaults = self._vaults
        if vaults.copies is None or vaults.own is None or vaults.role_arn is None:
            return made
        client = self.connection.backup(store.region)
        with explained(f"Copying the recovery point of {store.name}"):
            number = client.start_copy_job(
                RecoveryPointArn=made.id,
                SourceBackupVaultName=vaults.own.vault_name,
                DestinationBackupVaultArn=vaults.arn_of(vaults.copies),
                IamRoleArn=vaults.role_arn,
                Lifecycle={"DeleteAfterDays": vaults.keep_days} if vaults.keep_days else {},
                IdempotencyToken=f"{store.address}-{self.stamp}-copy",
            )["CopyJobId"]
            while (job := client.describe_copy_job(CopyJobId=number)["CopyJob"]).get("State") in ("CREATED", "RUNNING"):
                self.report(f"{store.name}: waiting for its copy in {vaults.copies.region}", passing=True)
                time.sleep(self.connection.poll_seconds)
        if job.get("State") != "COMPLETED":
            why = f"its copy to {vaults.copies.region}: {job.get('StatusMessage', '')}"
            return replace(made, status="PARTIAL", why=why)
        self.report(f"{store.name}: copied to {vaults.copies.region}")
        return replace(made, copy=job.get("DestinationRecoveryPointArn", ""))
