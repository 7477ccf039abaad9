"""Databases, caches and buckets: windows, retention, storage."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from groundplan.blueprint.data import Cache, Database
from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.tree import Node, Steps
from groundplan.blueprint.validation.base import Finding, check_days
from groundplan.blueprint.validation.names import check_placeholders

_DAY = 24 * 60
_WEEK = 7 * _DAY
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

MONITORING_SECONDS = (1, 5, 10, 15, 30, 60)
"""Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html"""

INSIGHTS_DAYS = (7, *(31 * months for months in range(1, 24)), 731)
"""Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html"""

RESERVED_MASTER_NAMES = ("admin", "rdsadmin")
"""Refused by RDS for PostgreSQL ("reserved word used by the engine"), as are names that begin with ``pg_``.

Source: https://github.com/aws-cloudformation/cfn-lint/pull/4425 (tried against AWS; ``postgres`` is taken) and
https://www.postgresql.org/docs/current/sql-createrole.html
"""


MOST_CACHE_NODES = 500
"""Nodes of a cluster that an account can have allowed, from Redis 5.0.6 on.

Source: https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html
"""


def check_databases(blueprint: Blueprint, tree: Node) -> Iterator[Finding]:
    """Each database for itself."""
    for name, database in blueprint.databases.items():
        at: Steps = ("databases", name)
        yield from check_days(database.backups, 35, (*at, "backups"), "retention of backups")
        if database.replicas and not database.backups.seconds:
            yield Finding((*at, "backups"), "read replicas are made from backups: keep them for 1d at least")
        if database.replicas and database.credentials == "managed":
            # Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html, Limitations
            yield Finding(
                (*at, "credentials"),
                "RDS makes no read replica of an instance whose password it manages: take generated, or replicas: 0",
            )
        yield from _check_rotation(database, at)
        yield from _check_zone(database, blueprint.network.zones, at)
        # Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html
        yield from _check_windows(database, database.backup_window, "backup_window", 30, at)
        if database.monitoring is not None and database.monitoring.seconds not in MONITORING_SECONDS:
            said = ", ".join(map(str, MONITORING_SECONDS))
            yield Finding(
                (*at, "monitoring"), f"the interval can be {said} seconds or null, and is {database.monitoring}"
            )
        insights = database.performance_insights
        if insights is not None and (insights.seconds % 86400 or insights.days not in INSIGHTS_DAYS):
            yield Finding(
                (*at, "performance_insights"), f"retention can be 7d, 731d or 31d times 1 to 23, and is {insights}"
            )
        yield from _check_storage(database, at)
        yield from _check_username(database, at)


def _check_zone(database: Database, known: Sequence[str], at: Steps) -> Iterator[Finding]:
    """Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html, AvailabilityZone"""
    if database.zone is None:
        return
    if database.standby:
        yield Finding(
            (*at, "zone"), "RDS chooses the zones of an instance with a standby; leave the zone out, or standby: false"
        )
    if database.zone not in known:
        yield Finding((*at, "zone"), f"the network has no zone {database.zone}; it has {', '.join(known)}")


def _check_rotation(database: Database, at: Steps) -> Iterator[Finding]:
    """Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotationRulesType.html"""
    if database.rotation is None:
        return
    if database.credentials != "managed":
        yield Finding(
            (*at, "rotation"),
            "a generated password stays as it is; write credentials: managed beside it, and RDS keeps and rotates it",
            at_key=True,
        )
    elif not database.rotation.seconds:
        yield Finding((*at, "rotation"), "the time between two rotations is 1d to 1000d")
    else:
        yield from check_days(database.rotation, 1000, (*at, "rotation"), "time between two rotations")


def _check_storage(database: Database, at: Steps) -> Iterator[Finding]:
    storage = database.storage
    if storage.size.mib % 1024 or (storage.max is not None and storage.max.mib % 1024):
        yield Finding((*at, "storage"), "storage is counted in whole GB")
    if storage.max is not None and storage.max <= storage.size:
        yield Finding((*at, "storage"), f"the maximum ({storage.max}) has to be more than the size ({storage.size})")


def _check_username(database: Database, at: Steps) -> Iterator[Finding]:
    """Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html (MasterUsername)"""
    name, path = database.username, (*at, "username")
    if name.lower() in RESERVED_MASTER_NAMES or name.lower().startswith("pg_"):
        yield Finding(path, f'"{name}" is reserved by RDS for PostgreSQL; take another name, like postgres')
    elif not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,62}", name):
        yield Finding(path, f'"{name}" is not a user name: a letter, then letters, digits and _, 63 at most')


def check_caches(blueprint: Blueprint, tree: Node) -> Iterator[Finding]:
    """Each cache for itself.

    Source: https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html
    """
    for name, cache in blueprint.caches.items():
        at: Steps = ("caches", name)
        yield from check_days(cache.snapshots, 35, (*at, "snapshots"), "retention of snapshots")
        if cache.shards is not None and cache.shards * cache.nodes > MOST_CACHE_NODES:
            yield Finding(
                (*at, "shards"),
                f"{cache.shards} shards of {cache.nodes} nodes are {cache.shards * cache.nodes} nodes; ElastiCache "
                f"allows a cluster {MOST_CACHE_NODES} at most",
            )
        if "cluster-enabled" in cache.parameters:
            yield Finding(
                (*at, "parameters", "cluster-enabled"),
                "follows from shards: write shards: 1 or more for cluster mode, and none for a cache without it",
                at_key=True,
            )
        yield from _check_windows(cache, cache.snapshot_window, "snapshot_window", 60, at)


def check_buckets(blueprint: Blueprint, tree: Node) -> Iterator[Finding]:
    """Lifecycle rules do something, in whole days, and archive before they delete.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
    """
    for name, bucket in blueprint.buckets.items():
        at: Steps = ("buckets", name)
        if bucket.name is not None:
            yield from check_placeholders(bucket.name, (*at, "name"))
        uploads = bucket.abort_incomplete_uploads
        if uploads.seconds % 86400 or not uploads.days:
            yield Finding((*at, "abort_incomplete_uploads"), f"has to be whole days, 1d at least, and is {uploads}")
        for rule_name, rule in bucket.lifecycle.items():
            path = (*at, "lifecycle", rule_name)
            ages = {"expire": rule.expire, "expire_noncurrent": rule.expire_noncurrent, "archive": rule.archive}
            if not any(ages.values()):
                yield Finding(path, "the rule does nothing; write expire:, expire_noncurrent: or archive:", at_key=True)
            for key, age in ages.items():
                if age is not None and (age.seconds % 86400 or not (age.days or key == "archive")):
                    yield Finding((*path, key), f"{key} has to be whole days, 1d at least, and is {age}")
            if rule.archive is not None and rule.expire is not None and rule.archive >= rule.expire:
                yield Finding(
                    (*path, "archive"), f"objects are already deleted after {rule.expire}: archive them earlier"
                )
            if (
                rule.archive is not None
                and rule.archive_class in ("STANDARD_IA", "ONEZONE_IA")
                and rule.archive.days < 30
            ):
                yield Finding((*path, "archive"), f"S3 moves objects to {rule.archive_class} after 30d at the earliest")


def _check_windows(what: Database | Cache, daily: str, key: str, least: int, at: Steps) -> Iterator[Finding]:
    """A daily and a weekly window: long enough, and apart. One may begin when the other ends."""
    weekly = what.maintenance_window
    start, end = (_minutes(moment) for moment in daily.split("-"))
    length = (end - start) % _DAY
    if length < least:
        yield Finding((*at, key), f"the window has {length} minutes; AWS wants {least} at least")
    week_start, week_end = (_minutes(moment[4:]) + _WEEKDAYS.index(moment[:3]) * _DAY for moment in weekly.split("-"))
    week_length = (week_end - week_start) % _WEEK
    if not least <= week_length <= _DAY:
        yield Finding((*at, "maintenance_window"), f"the window has {week_length} minutes; AWS wants {least} to {_DAY}")
    elif any(
        (day * _DAY + start - week_start) % _WEEK < week_length or (week_start - day * _DAY - start) % _WEEK < length
        for day in range(7)
    ):
        # Of a window that is written and one that is a default, the written one is what a person can move.
        written, other = ("maintenance_window", f"{key} ({daily})")
        if key in what.model_fields_set and "maintenance_window" not in what.model_fields_set:
            written, other = (key, f"maintenance_window ({weekly})")
        yield Finding((*at, written), f"overlaps {other}; they may touch, not overlap")


def _minutes(moment: str) -> int:
    hours, minutes = moment.split(":")
    return int(hours) * 60 + int(minutes)
