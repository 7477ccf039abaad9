"""The backups that are there: of each store, wherever they are kept, and what restore tests have shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from groundplan.operations.backup.restore_tests import RestoreTest, find_restore_tests
from groundplan.operations.backup.stores import AUTOMATIC_VAULT, Store, Vaults, stores_of, utc
from groundplan.resources.architecture import Architecture
from groundplan.resources.governance import RestoreTestingPlan
from groundplan.resources.storage import Bucket
from groundplan.targets.connection import Connection, explained
from groundplan.targets.refusals import refusal

if TYPE_CHECKING:
    from mypy_boto3_backup.type_defs import RecoveryPointByBackupVaultTypeDef
    from mypy_boto3_rds.type_defs import DBSnapshotTypeDef

PointKind = Literal["any second", "automated", "manual", "recovery point", "versions"]
GIB = 2**30


@dataclass(frozen=True, slots=True)
class Point:
    """Something that a store can be brought back from."""

    store: str
    """Name of the store: ``database.main``."""
    kind: PointKind
    """``any second``: RDS's point-in-time recovery; ``versions``: every version that S3 keeps."""
    id: str
    """What AWS calls it: of a snapshot or recovery point what ``restore --snapshot`` takes."""
    region: str
    created: datetime | None
    """What was written until then is in it. None: it is being made, or (versions) everything is in it at once."""
    since: datetime | None = None
    """The earliest second, where any can be chosen."""
    size: int | None = None
    """Bytes, as far as AWS tells: what a database has allocated, not what is in it."""
    encrypted: bool | None = None
    """None: AWS does not tell."""
    status: str = "available"
    expires: datetime | None = None
    """When AWS deletes it; None: not known, or never."""
    copied: bool = False
    """Whether it is a copy in another region."""
    note: str = ""

    @property
    def usable(self) -> bool:
        """Whether it is complete."""
        return self.status.lower() in ("available", "completed", "enabled")


@dataclass(frozen=True, slots=True)
class Backups:
    """Everything that was found."""

    stores: tuple[Store, ...]
    points: tuple[Point, ...]
    """By store, newest first."""
    missing: frozenset[str] = frozenset()
    """Names of stores that are not deployed."""
    tests: tuple[RestoreTest, ...] = ()
    tests_scheduled: bool = False
    vault_created: datetime | None = None
    """When the vault beside the data was made: what the plan makes cannot be older."""

    def of(self, store: str) -> tuple[Point, ...]:
        """The points of one store, newest first."""
        return tuple(point for point in self.points if point.store == store)

    def newest(self, store: str | None = None) -> datetime | None:
        """When the newest usable point was made, of one store or of all."""
        times = [
            point.created
            for point in self.points
            if point.usable and point.created is not None and store in (None, point.store)
        ]
        return max(times, default=None)


def find_backups(connection: Connection, architecture: Architecture) -> Backups:
    """Ask RDS, ElastiCache, AWS Backup and S3. Raises EnvironmentalError where one of them refuses."""
    vaults = Vaults(connection, architecture)
    stores = stores_of(architecture)
    found: list[Point] = []
    missing: set[str] = set()
    looks: Mapping[str, Callable[[Connection, Store], list[Point] | None]] = {
        "database": _of_database,
        "cache": _of_cache,
        "bucket": _of_bucket,
    }
    for store in stores:
        look = looks.get(store.kind)
        points = look(connection, store) if look else None if vaults.arn_of_store(store) is None else []
        if points is None:
            missing.add(store.name)
        found += points or []
    found += _recovery_points(vaults, stores)
    found += _copies_of_buckets(connection, architecture, stores)
    tests = tuple(find_restore_tests(connection, architecture))
    order = {store.name: number for number, store in enumerate(stores)}
    found.sort(key=lambda point: (order[point.store], -(point.created.timestamp() if point.created else 0), point.id))
    return Backups(
        stores, tuple(found), frozenset(missing), tests,
        tests_scheduled=bool(architecture.of(RestoreTestingPlan)),
        vault_created=_vault_created(vaults),
    )  # fmt: skip


def _code(error: Exception) -> str:
    return refusal(error).get("Code", "")


def _of_database(connection: Connection, store: Store) -> list[Point] | None:
    """Snapshots of this instance and of earlier ones of its name, and the time that can be chosen to the second."""
    from botocore.exceptions import ClientError

    client = connection.rds(store.region)
    with explained(f"Reading the backups of {store.name}"):
        try:
            instance = client.describe_db_instances(DBInstanceIdentifier=store.id)["DBInstances"][0]
        except ClientError as error:
            if "NotFound" not in _code(error):
                raise
            instance = None
        pages = client.get_paginator("describe_db_snapshots")
        filters = [{"Name": "db-instance-id", "Values": [store.id]}]
        snapshots = [item for page in pages.paginate(Filters=filters) for item in page["DBSnapshots"]]  # type: ignore[arg-type]  # a plain dict
        # Those that AWS Backup has made are in a vault, and found there.
        points = [_snapshot(store, item) for item in snapshots if item["SnapshotType"] != "awsbackup"]
        if instance is None:
            return points or None
        backups = client.describe_db_instance_automated_backups(DbiResourceId=instance["DbiResourceId"])
        for item in backups["DBInstanceAutomatedBackups"]:
            window = item.get("RestoreWindow", {})
            if "LatestTime" in window:
                points.append(
                    Point(
                        store.name,
                        "any second",
                        store.id,
                        store.region,
                        utc(window["LatestTime"]),
                        since=utc(window["EarliestTime"]),
                        size=item.get("AllocatedStorage", 0) * GIB or None,
                        encrypted=item.get("Encrypted"),
                        note=f"kept {item.get('BackupRetentionPeriod', 0)} days",
                    )
                )
    return points


def _snapshot(store: Store, item: DBSnapshotTypeDef) -> Point:
    created = item.get("SnapshotCreateTime")
    return Point(
        store.name,
        "manual" if item["SnapshotType"] == "manual" else "automated",
        item["DBSnapshotIdentifier"],
        store.region,
        utc(created) if created else None,
        size=item["AllocatedStorage"] * GIB,
        encrypted=item["Encrypted"],
        status=item["Status"],
    )


def _of_cache(connection: Connection, store: Store) -> list[Point] | None:
    from botocore.exceptions import ClientError

    client = connection.elasticache(store.region)
    with explained(f"Reading the backups of {store.name}"):
        try:
            pages = client.get_paginator("describe_snapshots").paginate(ReplicationGroupId=store.id)
            found = [item for page in pages for item in page["Snapshots"]]
        except ClientError as error:
            if "NotFound" not in _code(error):
                raise
            return None
    points = []
    for item in found:
        nodes = item.get("NodeSnapshots", [])
        times = [node["SnapshotCreateTime"] for node in nodes if "SnapshotCreateTime" in node]
        # Data of every node is at least as new as the oldest of their snapshots.
        created = utc(min(times)) if times else _time_in(item.get("SnapshotName", ""))
        points.append(
            Point(
                store.name,
                "manual" if item.get("SnapshotSource") == "manual" else "automated",
                item.get("SnapshotName", ""),
                store.region,
                created,
                encrypted=bool(item.get("KmsKeyId")) or None,
                status=item.get("SnapshotStatus", ""),
                note=", ".join(node["CacheSize"] for node in nodes if node.get("CacheSize")),
            )
        )
    return points


def _time_in(name: str) -> datetime | None:
    """The time that ``backup now`` writes into names, which is all that is known where AWS tells no other."""
    try:
        return datetime.strptime(name[-15:], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _of_bucket(connection: Connection, store: Store) -> list[Point] | None:
    from botocore.exceptions import ClientError

    client = connection.s3(store.region)
    with explained(f"Reading the versions of {store.name}"):
        try:
            status = client.get_bucket_versioning(Bucket=store.id).get("Status", "")
        except ClientError as error:
            if _code(error) != "NoSuchBucket":
                raise
            return None
        if not status:
            return []
        try:
            rules = client.get_bucket_lifecycle_configuration(Bucket=store.id)["Rules"]
        except ClientError as error:
            if _code(error) != "NoSuchLifecycleConfiguration":
                raise
            rules = []
    days = [
        rule["NoncurrentVersionExpiration"]["NoncurrentDays"]
        for rule in rules
        if rule["Status"] == "Enabled" and "NoncurrentDays" in rule.get("NoncurrentVersionExpiration", {})
    ]
    kept = f"replaced and deleted ones are kept {min(days)} days" if days else "every version is kept"
    return [Point(store.name, "versions", store.id, store.region, None, status=status, encrypted=True, note=kept)]


def _recovery_points(vaults: Vaults, stores: tuple[Store, ...]) -> Iterator[Point]:
    """What AWS Backup has, here and copied."""
    connection, home = vaults.connection, vaults.architecture.region
    places: list[tuple[str, str, bool]] = []
    if vaults.own:
        places.append((vaults.own.vault_name, home, False))
    if vaults.copies:
        places.append((vaults.copies.vault_name, vaults.copies.region or home, True))
    if any(store.kind == "file_system" for store in stores):
        places.append((AUTOMATIC_VAULT, home, False))
    if not places:
        return
    by_arn = {arn: store for store in stores if (arn := vaults.arn_of_store(store))}
    for vault, region, copied in places:
        for item in _in_vault(connection, vault, region):
            store = by_arn.get(item.get("ResourceArn", ""))
            if store is not None:
                yield replace(_recovery_point(store, item, region), copied=copied)


def _in_vault(connection: Connection, vault: str, region: str) -> list[RecoveryPointByBackupVaultTypeDef]:
    from botocore.exceptions import ClientError

    with explained(f"Reading the recovery points in {vault}"):
        try:
            pages = connection.backup(region).get_paginator("list_recovery_points_by_backup_vault")
            return [item for page in pages.paginate(BackupVaultName=vault) for item in page["RecoveryPoints"]]
        except ClientError as error:
            # AWS answers so of a vault that was never made, too: it must not tell who has which.
            if _code(error) in ("ResourceNotFoundException", "AccessDeniedException") and vault == AUTOMATIC_VAULT:
                return []
            if _code(error) == "ResourceNotFoundException":
                return []
            raise


def _recovery_point(store: Store, item: RecoveryPointByBackupVaultTypeDef, region: str) -> Point:
    created, expires = item.get("CreationDate"), item.get("CalculatedLifecycle", {}).get("DeleteAt")
    return Point(
        store.name,
        "recovery point",
        item.get("RecoveryPointArn", ""),
        region,
        utc(created) if created else None,
        size=item.get("BackupSizeInBytes"),
        encrypted=item.get("IsEncrypted"),
        status=item.get("Status", ""),
        expires=utc(expires) if expires else None,
        note=item.get("BackupVaultName", ""),
    )


def _copies_of_buckets(
    connection: Connection, architecture: Architecture, stores: tuple[Store, ...]
) -> Iterator[Point]:
    """Buckets that S3 copies every new object to, as S3 itself says."""
    from botocore.exceptions import ClientError

    by_address = {store.address: store for store in stores}
    for bucket in architecture.of(Bucket):
        store = by_address.get(bucket.address)
        if store is None or bucket.replication is None:
            continue
        target = architecture[bucket.replication.destination]
        region = target.region or architecture.region
        with explained(f"Reading the replication of {store.name}"):
            try:
                found = connection.s3(store.region).get_bucket_replication(Bucket=store.id)
                versioning = connection.s3(region).get_bucket_versioning(Bucket=target.bucket_name).get("Status", "")
            except ClientError as error:
                if _code(error) not in ("NoSuchBucket", "ReplicationConfigurationNotFoundError"):
                    raise
                continue
        rules = found["ReplicationConfiguration"]["Rules"]
        on = versioning == "Enabled" and any(rule["Status"] == "Enabled" for rule in rules)
        yield Point(
            store.name, "versions", target.bucket_name, region, None,
            status="Enabled" if on else "Disabled", encrypted=True, copied=True,
            note="every new object is copied, mostly within 15 minutes",
        )  # fmt: skip


def _vault_created(vaults: Vaults) -> datetime | None:
    from botocore.exceptions import ClientError

    if vaults.own is None:
        return None
    with explained(f"Reading the vault {vaults.own.vault_name}"):
        try:
            client = vaults.connection.backup(vaults.architecture.region)
            return utc(client.describe_backup_vault(BackupVaultName=vaults.own.vault_name)["CreationDate"])
        except ClientError as error:
            if _code(error) != "ResourceNotFoundException":
                raise
            return None


def age(moment: datetime, now: datetime | None = None) -> timedelta:
    """How long ago that was."""
    return max((now or datetime.now(UTC)) - moment, timedelta(0))
