"""How much is lost: for each store, what was written how long before the disruption is gone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from groundplan.blueprint.objectives import Disruption
from groundplan.recovery.backups import DAY, Backup
from groundplan.recovery.steps import NOTHING, Given, Seconds
from groundplan.recovery.stores import Stores
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance
from groundplan.resources.parameters import SecureParameter
from groundplan.resources.security import Secret
from groundplan.resources.storage import Bucket

Fate = Literal["some", "all", "unknown"]

MULTI_AZ = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZ.html"
VERSIONS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html"
REGIONAL = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/DataDurability.html"
SHARED = "https://docs.aws.amazon.com/efs/latest/ug/how-it-works.html"
PENDING = "https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html"
DELETED = "https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html"
MESSAGES = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-basic-architecture.html"


@dataclass(frozen=True, slots=True)
class Point:
    """What one store loses."""

    store: str
    how: str
    """Why so much and no more."""
    fate: Fate
    """``some``: as long as ``lost`` says; ``all``: everything; ``unknown``: the blueprint does not say enough."""
    lost: Seconds = NOTHING
    counts: bool = True
    """Whether it counts for the objective: what is in a cache may be lost."""
    sources: tuple[str, ...] = ()
    remedy: str = ""
    """What in the blueprint would make it less; empty: nothing that is known, or needed."""


def points(disruption: Disruption, stores: Stores, given: Given) -> tuple[Point, ...]:
    """Of every store that the disruption touches."""
    match disruption:
        case "task" | "node":
            return ()
        case "database":
            return (*map(_instance_lost, stores.databases), *(_cache_node(item, given) for item in stores.caches))
        case "zone":
            return tuple(_zone(stores, given))
        case "region":
            return tuple(_region(stores, given))
        case "table":
            return tuple(_deleted(stores, given))
        case "corruption":
            return tuple(_corrupted(stores, given))
        case "key":
            return tuple(
                Point(f"key {key.name}", f"its deletion is taken back within {key.deletion_window_in_days} days, "
                      "and a database in its 7 days", "some", sources=(PENDING,))
                for key in stores.keys
            )  # fmt: skip


def worst(found: tuple[Point, ...]) -> tuple[Fate, Seconds]:
    """The worst of all that counts. Nothing is lost where there are none."""
    counted = [point for point in found if point.counts]
    lost = NOTHING
    for point in counted:
        lost = lost.at_least(point.lost)
    fates = {point.fate for point in counted}
    return ("all" if "all" in fates else "unknown" if "unknown" in fates else "some"), lost


def _instance_lost(database: DatabaseInstance) -> Point:
    if database.multi_az:
        how = "what was committed is in the other zone too, before anybody is told so"
    else:
        how = "its volume outlives the instance; were the volume lost too, the last 5 minutes would be"
    return Point(f"database {database.name}", how, "some", sources=(MULTI_AZ,))


def _cache_node(cache: CacheReplicationGroup, given: Given) -> Point:
    store, remedy = f"cache {cache.name}", f"caches.{cache.name}.nodes: 2"
    if replicated(cache):
        return Point(store, "a replica goes on with what had reached it", "some", given.time("cache_lag"),
                     counts=False, sources=given.sources("cache_lag"))  # fmt: skip
    if cache.snapshot_retention_limit:
        how = "another node comes empty; a person can restore its last daily snapshot"
        return Point(store, how, "some", Seconds(0, DAY // 2, DAY), counts=False, remedy=remedy)
    return Point(store, "nothing else holds it", "all", counts=False, remedy=remedy)


def _zone(stores: Stores, given: Given) -> Iterator[Point]:
    for database in stores.databases:
        if database.multi_az:
            yield _instance_lost(database)
        else:
            yield _restored(database, given, f"databases.{database.name}.standby: true")
    for bucket in stores.buckets:
        yield Point(f"bucket {bucket.name}", "S3 keeps objects in three zones at least", "some", sources=(REGIONAL,))
    for files in stores.files:
        yield Point(f"files {files.name}", "EFS keeps files in every zone", "some", sources=(SHARED,))
    for volume in stores.volumes:
        yield _from_backup(f"volume {volume}", stores.volume_backup)
    for queue in stores.queues:
        yield Point(f"queue {queue.name}", "SQS keeps messages in several zones", "some", sources=(MESSAGES,))
    for cache in stores.caches:
        yield _cache_node(cache, given)


def _region(stores: Stores, given: Given) -> Iterator[Point]:
    for database in stores.databases:
        if stores.replica_of(database) is not None:
            yield Point(f"database {database.name}", "what had reached the replica in the other region is there",
                        "some", given.time("replica_lag"), sources=given.sources("replica_lag"))  # fmt: skip
        else:
            yield _copied(f"database {database.name}", stores.backup(database), given)
    for bucket in stores.buckets:
        if bucket.replication is not None:
            yield Point(f"bucket {bucket.name}", "what had been copied to the other region is there", "some",
                        given.time("object_copies"), sources=given.sources("object_copies"))  # fmt: skip
        else:
            yield _copied(f"bucket {bucket.name}", stores.backup(bucket), given)
    for files in stores.files:
        yield _copied(f"files {files.name}", stores.backup(files), given)
    for volume in stores.volumes:
        yield _copied(f"volume {volume}", stores.volume_backup, given)
    for queue in stores.queues:
        lost = Seconds(0, queue.visibility_timeout, queue.message_retention_period)
        yield Point(f"queue {queue.name}", "what waits in it is gone, up to its retention where nobody keeps up; "
                    "messages are not copied", "some", lost, sources=(MESSAGES,),
                    remedy="what must not be lost, kept in the database too and sent again")  # fmt: skip
    for secret in stores.secrets:
        yield _secret_copied(secret)
    for cache in stores.caches:
        how = "the standby's cache begins empty" if stores.architecture.standby else "it is gone with the region"
        yield Point(f"cache {cache.name}", how, "all", counts=False)


def _deleted(stores: Stores, given: Given) -> Iterator[Point]:
    for database in stores.databases:
        if database.backup_retention_period:
            how = "the database is restored to the second before, and the table taken from there"
            yield Point(f"database {database.name}", how, "some", given.time("deletion_second"),
                        sources=given.sources("deletion_second"))  # fmt: skip
        else:
            yield _unlogged(database, stores.backup(database))
    yield from _objects(stores)
    for secret in stores.secrets:
        yield _secret_deleted(secret)


def _corrupted(stores: Stores, given: Given) -> Iterator[Point]:
    for database in stores.databases:
        kept = (database.backup_retention_period or 0) * DAY
        yield _wrong(f"database {database.name}", kept, stores.backup(database), given)
    for bucket in stores.buckets:
        backup = stores.backup(bucket)
        if bucket.versioning:
            yield _versions(bucket, given)
        else:
            yield _wrong(f"bucket {bucket.name}", 0, backup, given)
    for files in stores.files:
        yield _wrong(f"files {files.name}", 0, stores.backup(files), given)


def _wrong(store: str, kept: int, backup: Backup | None, given: Given) -> Point:
    """Restored to before the mistake: what came after it, right or wrong, is entered again by people."""
    if not kept and backup is None:
        return Point(store, "nothing is kept of what it held before", "all", remedy="backup: {}")
    found = given.discovery
    if found is None:
        return Point(store, "everything since the mistake, and objectives.discovery_time does not say how long it may "
                     "go unnoticed", "unknown", remedy="objectives.discovery_time")  # fmt: skip
    since = Seconds(0, found.seconds, found.seconds)
    said = (f"objectives.discovery_time: {found}",)
    if found.seconds <= kept:
        return Point(store, f"everything since the mistake, which is found within {found}", "some",
                     since + given.time("deletion_second"), sources=said,
                     remedy="what finds mistakes sooner: objectives.discovery_time")  # fmt: skip
    if backup is not None and found.seconds <= backup.keep:
        lost = since + _behind(backup)
        return Point(store, f"everything since the recovery point before the mistake, found within {found}", "some",
                     lost, sources=said, remedy="backup.schedule, to have them more often")  # fmt: skip
    return Point(store, f"the mistake may be {found} old, and nothing is kept for so long", "all", sources=said,
                 remedy=f"backup.keep longer than {found}")  # fmt: skip


def _versions(bucket: Bucket, given: Given) -> Point:
    days = [rule.noncurrent_expiration_days for rule in bucket.lifecycle_rules if rule.noncurrent_expiration_days]
    store = f"bucket {bucket.name}"
    if days and given.discovery is None:
        return Point(store, f"a former version is kept for {min(days)} days, and objectives.discovery_time does "
                     "not say how long a mistake may go unnoticed", "unknown",
                     remedy="objectives.discovery_time")  # fmt: skip
    if days and given.discovery is not None and given.discovery.seconds > min(days) * DAY:
        return Point(store, f"former versions are gone after {min(days)} days", "all",
                     remedy=f"buckets.{bucket.name}.lifecycle: expire_noncurrent longer")  # fmt: skip
    return Point(store, "the version before the mistake is still there, object by object", "some", sources=(VERSIONS,))


def _objects(stores: Stores) -> Iterator[Point]:
    """Objects and files that were deleted."""
    for bucket in stores.buckets:
        store = f"bucket {bucket.name}"
        if bucket.versioning:
            yield Point(store, "deleting leaves the versions", "some", sources=(VERSIONS,))
        elif (backup := stores.backup(bucket)) is not None:
            yield _from_backup(store, backup)
        else:
            yield Point(store, "no version is kept", "all", remedy=f"buckets.{bucket.name}.versioning: true")
    for files in stores.files:
        yield _from_backup(f"files {files.name}", stores.backup(files))


def _restored(database: DatabaseInstance, given: Given, remedy: str) -> Point:
    """From the last logs in S3; nothing without backups."""
    if not database.backup_retention_period:
        return Point(f"database {database.name}", "it has no backups", "all", remedy=remedy)
    return Point(f"database {database.name}", "restored from its snapshot and logs", "some",
                 given.time("transaction_logs"), sources=given.sources("transaction_logs"), remedy=remedy)  # fmt: skip


def _unlogged(database: DatabaseInstance, backup: Backup | None) -> Point:
    if backup is not None:
        return _from_backup(f"database {database.name}", backup)
    return Point(f"database {database.name}", "it has no backups", "all",
                 remedy=f"databases.{database.name}.backups: 7d")  # fmt: skip


def _from_backup(store: str, backup: Backup | None) -> Point:
    if backup is None:
        return Point(store, "nothing is kept of it", "all", remedy="backup: {}")
    return Point(store, "its last recovery point of AWS Backup", "some", _behind(backup),
                 remedy="backup.schedule, to have them more often")  # fmt: skip


def _behind(backup: Backup) -> Seconds:
    """How old the last recovery point is: made just now, half a turn ago, or due and not begun."""
    return Seconds(0, backup.gap // 2, backup.gap + backup.start)


def _secret_deleted(secret: Secret | SecureParameter) -> Point:
    """What a secret was can be made or entered again: it does not count."""
    store, days = f"secret {secret.name}", secret.recovery_window_in_days if isinstance(secret, Secret) else 0
    if days:
        return Point(store, f"its deletion can be taken back for {days} days", "some", counts=False, sources=(DELETED,))
    return Point(store, "gone at once; it is made or entered anew", "all", counts=False,
                 remedy="secret_recovery: 30d")  # fmt: skip


def _secret_copied(secret: Secret | SecureParameter) -> Point:
    store = f"secret {secret.name}"
    regions = [replica.region for replica in secret.replicas] if isinstance(secret, Secret) else []
    if regions:
        return Point(store, f"a copy is in {', '.join(regions)}", "some", counts=False)
    return Point(store, "the other region has its own, or nobody has it", "all", counts=False)


def _copied(store: str, backup: Backup | None, given: Given) -> Point:
    if backup is None or not backup.copies:
        return Point(store, "no other region has a copy", "all", remedy="standby: or backup: {copy_to: ...}")
    return Point(store, f"its last recovery point in {', '.join(backup.copies)}", "some",
                 _behind(backup) + given.time("backup_copy"), sources=given.sources("backup_copy"),
                 remedy="backup.schedule, to have them more often")  # fmt: skip


def replicated(cache: CacheReplicationGroup) -> bool:
    """Whether a replica takes over by itself."""
    replicas = cache.replicas_per_node_group if cache.cluster_mode else (cache.num_cache_clusters or 1) - 1
    return bool(replicas) and cache.automatic_failover_enabled
