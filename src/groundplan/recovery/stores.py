"""What holds data: databases, caches, buckets, shared files, volumes of pods and queues."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from groundplan.recovery.backups import AUTOMATIC, Backup, backup_of, volume_backup
from groundplan.resources import Architecture
from groundplan.resources.base import Resource
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance
from groundplan.resources.edge import LoadBalancer
from groundplan.resources.files import FileSystem
from groundplan.resources.governance import DeliveryChannel, Trail
from groundplan.resources.messaging import Queue
from groundplan.resources.monitoring import Alarm, MetricExpression
from groundplan.resources.parameters import SecureParameter
from groundplan.resources.security import Key, Secret
from groundplan.resources.storage import Bucket
from groundplan.resources.values import Ref
from groundplan.resources.workloads import ServiceWorkload

R = TypeVar("R", bound=Resource)


@dataclass(frozen=True)
class Stores:
    """The stores of an environment, without those of its standby, its logs, and copies of others."""

    architecture: Architecture

    def _own(self, kind: type[R]) -> tuple[R, ...]:
        there = self.architecture.in_standby
        return tuple(item for item in self.architecture.of(kind) if item.address not in there and item.region is None)

    @cached_property
    def databases(self) -> tuple[DatabaseInstance, ...]:
        """Instances that are written to."""
        return tuple(item for item in self._own(DatabaseInstance) if item.source is None)

    @cached_property
    def caches(self) -> tuple[CacheReplicationGroup, ...]:
        """Caches."""
        return self._own(CacheReplicationGroup)

    def needed(self, cache: CacheReplicationGroup) -> bool:
        """Whether requests fail without a cache: unless all who need it go on without (``required: false``)."""
        needs = [item for item in self.architecture.needs if (item.family, item.name) == ("caches", cache.name)]
        return not needs or any(item.required is not False for item in needs)

    @cached_property
    def buckets(self) -> tuple[Bucket, ...]:
        """Buckets that hold what the application wrote."""
        balancers = {item.access_log_bucket for item in self.architecture.of(LoadBalancer)}
        buckets = self.architecture.of(Bucket)
        logs: set[Ref[Bucket] | None] = balancers | {item.access_log_bucket for item in buckets}
        logs |= {item.bucket for item in self.architecture.of(Trail)}
        logs |= {item.bucket for item in self.architecture.of(DeliveryChannel)}
        logs |= {item.replication.destination for item in buckets if item.replication is not None}
        return tuple(item for item in self._own(Bucket) if item.ref not in logs)

    @cached_property
    def files(self) -> tuple[FileSystem, ...]:
        """File systems that tasks share."""
        return self._own(FileSystem)

    @cached_property
    def volumes(self) -> tuple[str, ...]:
        """Volumes that stand in one zone, by ``service-volume``."""
        services = [item for item in self.architecture.workloads if isinstance(item, ServiceWorkload)]
        return tuple(
            f"{item.name}-{volume.name}" for item in services for volume in item.volumes if volume.file_system is None
        )

    @cached_property
    def queues(self) -> tuple[Queue, ...]:
        """Queues that somebody works off; what could not be worked off lies in others."""
        dead = {item.dead_letter_queue for item in self.architecture.of(Queue)}
        return tuple(item for item in self._own(Queue) if item.ref not in dead)

    @cached_property
    def secrets(self) -> tuple[Secret | SecureParameter, ...]:
        """Secrets that Secrets Manager and the Parameter Store keep."""
        return (*self._own(Secret), *self._own(SecureParameter))

    @cached_property
    def keys(self) -> tuple[Key, ...]:
        """KMS keys that a store is encrypted with."""
        stores: tuple[DatabaseInstance | Bucket | FileSystem | CacheReplicationGroup | Queue, ...] = (
            *self.databases,
            *self.buckets,
            *self.files,
            *self.caches,
            *self.queues,
        )
        used = {item.kms_key for item in stores}
        return tuple(item for item in self._own(Key) if item.ref in used)

    @property
    def any(self) -> bool:
        """Whether anything is kept."""
        return bool(self.databases or self.buckets or self.files)

    def backup(self, resource: DatabaseInstance | Bucket | FileSystem) -> Backup | None:
        """What AWS Backup keeps of it."""
        found = backup_of(self.architecture, resource)
        if found is None and isinstance(resource, FileSystem) and resource.automatic_backups:
            return AUTOMATIC
        return found

    @cached_property
    def volume_backup(self) -> Backup | None:
        """What AWS Backup keeps of volumes."""
        return volume_backup(self.architecture)

    def replica_of(self, database: DatabaseInstance) -> DatabaseInstance | None:
        """Its replica in another region."""
        found = (item for item in self.architecture.of(DatabaseInstance) if item.source == database.ref)
        return next((item for item in found if item.region is not None), None)

    @cached_property
    def error_alarm(self) -> Alarm | None:
        """The alarm that tells of many failing requests."""
        found = (item for item in self._own(Alarm) if isinstance(item.metric, MetricExpression))
        return next((item for item in found if not item.silenced and item.actions and _counts_errors(item)), None)


def gibibytes(database: DatabaseInstance) -> tuple[int, int, int]:
    """GiB of data that a database may hold: nothing, what its storage is, what it may grow to. How much of it is used
    is not known before it exists."""
    storage = database.allocated_storage or 0
    return 0, storage, max(database.max_allocated_storage or 0, storage)


def _counts_errors(alarm: Alarm) -> bool:
    assert isinstance(alarm.metric, MetricExpression)
    return any(metric.metric_name.startswith("HTTPCode_") for metric in alarm.metric.metrics.values())
