"""Whether each store could be brought back, from something young enough, and whether its copies are of any use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from groundplan.blueprint.objectives import Objectives
from groundplan.operations.backup.found import Backups, Point, age
from groundplan.operations.backup.stores import Store, Vaults
from groundplan.recovery.backups import AUTOMATIC, Backup, backup_of
from groundplan.resources.architecture import Architecture
from groundplan.resources.base import Resource
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance
from groundplan.resources.files import FileSystem
from groundplan.resources.storage import Bucket
from groundplan.targets.connection import Connection
from groundplan.units import Duration

LOGS = timedelta(minutes=15)
"""RDS writes transaction logs to S3 every 5 minutes: what is three times as old tells that something is wrong.
Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIT.html"""
MAKING = timedelta(hours=12)
"""What a backup and its copy may take beyond their start window; large buckets and file systems take hours. Assumed."""
DAY = timedelta(days=1)
Word = Literal["held", "not held", "not due yet", "not promised", "not there"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be said of one store, or of its copies."""

    store: str
    what: Literal["backups", "copies"]
    word: Word
    why: str
    newest: datetime | None = None
    limit: timedelta | None = None
    """How old the newest may be."""

    @property
    def is_finding(self) -> bool:
        """Whether something is wrong."""
        return self.word in ("not held", "not there")


def verify(
    connection: Connection,
    architecture: Architecture,
    backups: Backups,
    objectives: Objectives,
    now: datetime | None = None,
) -> tuple[Verdict, ...]:
    """Judge every store by the recovery point objective where there is one, else by how often it is backed up.

    A store of which the blueprint wants no backups is ``not promised``, which is no finding.
    """
    judge = _Judge(Vaults(connection, architecture), backups, strictest(objectives), now or datetime.now(UTC))
    return tuple(verdict for store in backups.stores for verdict in judge.of(store))


def strictest(objectives: Objectives) -> timedelta | None:
    """How much may be lost when data is to be brought back: after a corruption or a deletion."""
    named = [objectives.recovery[kind].point for kind in ("corruption", "table") if kind in objectives.recovery]
    points: list[Duration] = [point for point in (objectives.recovery_point, *named) if point is not None]
    return min((timedelta(seconds=point.seconds) for point in points), default=None)


@dataclass(frozen=True)
class _Judge:
    vaults: Vaults
    backups: Backups
    objective: timedelta | None
    now: datetime

    @property
    def architecture(self) -> Architecture:
        return self.vaults.architecture

    def of(self, store: Store) -> Iterator[Verdict]:
        if store.name in self.backups.missing:
            yield Verdict(store.name, "backups", "not there", "it is not deployed")
            return
        yield self._backups(store)
        copies = self._copies(store)
        if copies:
            yield copies

    def _planned(self, store: Store) -> timedelta | None:
        """How old the newest recovery point may be. None: no plan makes any."""
        resource = self._resource(store)
        found: Backup | None = backup_of(self.architecture, resource)
        if found is None and isinstance(resource, FileSystem) and resource.automatic_backups:
            found = AUTOMATIC
        return timedelta(seconds=found.gap + found.start) + MAKING if found else None

    def _resource(self, store: Store) -> Resource:
        return next(item for item in self.architecture if item.address == store.address)

    def _backups(self, store: Store) -> Verdict:
        points = [point for point in self.backups.of(store.name) if not point.copied]
        usable = [point for point in points if point.usable]
        versions = next((point for point in usable if point.kind == "versions"), None)
        if versions:
            return Verdict(store.name, "backups", "held", f"versions: {versions.note}", limit=self.objective)
        own = self._own_limit(store)
        limits = [limit for limit in (own, self._planned(store)) if limit is not None]
        if not limits:
            if self.objective is not None and store.kind == "database":
                why = "the blueprint keeps no backups of it (backups: 0d), and there is an objective"
                return Verdict(store.name, "backups", "not held", why, limit=self.objective)
            return Verdict(store.name, "backups", "not promised", "the blueprint wants no backups of it")
        limit = min(limits)
        if self.objective is not None and store.kind != "cache":
            limit = max(self.objective, LOGS) if own == LOGS else self.objective
        newest = max((point.created for point in usable if point.created), default=None)
        if newest is None:
            return self._none_yet(store, points, limit)
        return self._aged(store, "backups", newest, limit)

    def _own_limit(self, store: Store) -> timedelta | None:
        """How old the newest backup may be that the service itself makes."""
        match self._resource(store):
            case DatabaseInstance(backup_retention_period=days) if days:
                return LOGS
            case CacheReplicationGroup(snapshot_retention_limit=days) if days:
                return DAY + MAKING
            case Bucket(versioning=True):
                return timedelta(0)
            case _:
                return None

    def _none_yet(self, store: Store, points: list[Point], limit: timedelta) -> Verdict:
        if store.kind == "bucket":
            return Verdict(store.name, "backups", "not held", "versioning is not on, though the blueprint wants it")
        since, planned = self.backups.vault_created, self._planned(store)
        if planned and since and age(since, self.now) <= planned:
            why = f"the first recovery point is due until {_clock(since + planned)}; make one: backup now"
            return Verdict(store.name, "backups", "not due yet", why, limit=limit)
        if store.kind == "cache" and not points:
            why = "no snapshot yet; ElastiCache takes the first in the next snapshot window; make one: backup now"
            return Verdict(store.name, "backups", "not due yet", why, limit=limit)
        states = ", ".join(sorted({point.status for point in points}))
        why = f"nothing can be restored ({states})" if states else "there is no backup"
        return Verdict(store.name, "backups", "not held", why, limit=limit)

    def _aged(self, store: Store, what: Literal["backups", "copies"], newest: datetime, limit: timedelta) -> Verdict:
        old = age(newest, self.now)
        if old > limit:
            why = f"the newest is {told(old)} old, and may be {told(limit)}"
            return Verdict(store.name, what, "not held", why, newest, limit)
        return Verdict(
            store.name, what, "held", f"the newest is {told(old)} old; it may be {told(limit)}", newest, limit
        )

    def _copies(self, store: Store) -> Verdict | None:
        """In another region: they exist, can be restored, are encrypted, hold as much, and are young enough."""
        copies = [point for point in self.backups.of(store.name) if point.copied]
        planned = self._planned(store)
        promised = store.planned and self.vaults.copies is not None
        if not promised and not copies:
            return None
        versions = next((point for point in copies if point.kind == "versions"), None)
        if versions and not versions.usable:
            why = f"nothing is copied to {versions.id} in {versions.region}: replication or its versioning is off"
            return Verdict(store.name, "copies", "not held", why)
        if versions and (planned is None or not promised):
            return Verdict(store.name, "copies", "held", f"{versions.id} in {versions.region}: {versions.note}")
        limit = (planned or DAY) + MAKING
        newest = max((point for point in copies if point.usable and point.created), key=_created, default=None)
        if newest is None or newest.created is None:
            since = self.backups.vault_created
            if since and age(since, self.now) <= limit:
                why = f"the first copy is due until {_clock(since + limit)}"
                return Verdict(store.name, "copies", "not due yet", why, limit=limit)
            return Verdict(store.name, "copies", "not held", "there is no copy in another region", limit=limit)
        if newest.encrypted is False:
            return Verdict(store.name, "copies", "not held", f"{newest.id} is not encrypted", newest.created, limit)
        source = self._source_of(store, newest)
        if source and source.size and newest.size is not None and newest.size < source.size:
            why = f"{newest.id} has {newest.size:,} bytes, what was copied {source.size:,}"
            return Verdict(store.name, "copies", "not held", why, newest.created, limit)
        return self._aged(store, "copies", newest.created, limit)

    def _source_of(self, store: Store, copy: Point) -> Point | None:
        """The recovery point that was copied: a copy keeps the time at which its source was made."""
        here = (point for point in self.backups.of(store.name) if point.kind == "recovery point" and not point.copied)
        return next((point for point in here if point.created == copy.created), None)


def _created(point: Point) -> datetime:
    assert point.created
    return point.created


def _clock(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def told(length: timedelta) -> str:
    """``3 h``: a length of time as people say it, in its largest unit of which there are two or more."""
    seconds = round(length.total_seconds())
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size or seconds == size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
