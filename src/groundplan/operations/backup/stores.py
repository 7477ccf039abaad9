"""What holds data in an environment and can be brought back, under the names that people and AWS know it by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Literal

from groundplan.errors import InputError, suggestion
from groundplan.resources.architecture import Architecture
from groundplan.resources.base import Resource
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance
from groundplan.resources.files import FileSystem
from groundplan.resources.governance import BackupPlan, BackupSelection, BackupVault
from groundplan.resources.storage import Bucket
from groundplan.resources.values import Attribute, Ref
from groundplan.targets.connection import Connection, explained

StoreKind = Literal["database", "cache", "bucket", "file_system"]
AUTOMATIC_VAULT = "aws/efs/automatic-backup-vault"
"""Where EFS's own automatic backups are kept. Source: https://docs.aws.amazon.com/efs/latest/ug/automatic-backups.html"""


@dataclass(frozen=True, slots=True)
class Store:
    """One thing that holds data."""

    name: str
    """``database.main``: what people call it."""
    address: str
    """``database_instance.main``: in the architecture."""
    kind: StoreKind
    id: str
    """What AWS calls it: an identifier, a bucket's name; empty where AWS gives the name (EFS)."""
    region: str
    planned: bool
    """Whether the backup plan of the environment makes recovery points of it."""


def stores_of(architecture: Architecture) -> tuple[Store, ...]:
    """Everything that holds data of its own: what only copies (replicas, a standby's buckets) does not count."""
    planned = _planned(architecture)

    def store(kind: StoreKind, resource: Resource, name: str) -> Store:
        region = resource.region or architecture.region
        return Store(f"{kind}.{resource.name}", resource.address, kind, name, region, resource.ref in planned)

    def found() -> Iterator[Store]:
        for resource in architecture:
            if resource.address in architecture.in_standby:
                continue
            match resource:
                case DatabaseInstance(source=None):
                    yield store("database", resource, resource.identifier)
                case CacheReplicationGroup():
                    yield store("cache", resource, resource.replication_group_id)
                case Bucket() if resource.region in (None, architecture.region):
                    yield store("bucket", resource, resource.bucket_name)
                case FileSystem():
                    yield store("file_system", resource, "")

    return tuple(sorted(found(), key=lambda item: (_ORDER.index(item.kind), item.name)))


_ORDER: tuple[StoreKind, ...] = ("database", "cache", "bucket", "file_system")


def _planned(architecture: Architecture) -> set[Ref[Resource]]:
    return {
        arn.ref
        for selection in architecture.of(BackupSelection)
        for arn in selection.resource_arns
        if isinstance(arn, Attribute)
    }


def find_store(architecture: Architecture, name: str, *kinds: StoreKind) -> Store:
    """The store of that name (``database.main``, or its address), of one of the kinds.

    Raises InputError where there is none, with what there is.
    """
    known = [store for store in stores_of(architecture) if not kinds or store.kind in kinds]
    wanted = name.replace("-", "_")
    for store in known:
        if wanted in (store.name, store.address):
            return store
    names = [store.name for store in known]
    if not names:
        raise InputError(f"{architecture.stage} has no {' and no '.join(kinds) or 'store of data'}")
    raise InputError(f'{architecture.stage} has no "{name}"{suggestion(name, names)}')


@dataclass(frozen=True)
class Vaults:
    """The vaults of an environment, and what fills them."""

    connection: Connection
    architecture: Architecture

    @property
    def own(self) -> BackupVault | None:
        """The vault beside the data; None: ``backup:`` is not written."""
        found = (item for item in self.architecture.of(BackupVault) if item.region is None)
        return next(found, None)

    @property
    def copies(self) -> BackupVault | None:
        """The vault in another region that recovery points are copied to."""
        return next((item for item in self.architecture.of(BackupVault) if item.region is not None), None)

    @property
    def schedule(self) -> str | None:
        """When the plan makes recovery points, like ``cron(0 5 ? * * *)`` in UTC."""
        rules = [rule for plan in self.architecture.of(BackupPlan) for rule in plan.rules]
        return rules[0].schedule_expression if rules else None

    @property
    def keep_days(self) -> int | None:
        """How long the plan keeps recovery points."""
        rules = [rule for plan in self.architecture.of(BackupPlan) for rule in plan.rules]
        return rules[0].delete_after_days if rules else None

    @cached_property
    def _identity(self) -> tuple[str, str]:
        """Partition and account."""
        with explained("Asking whose account this is"):
            arn = self.connection.sts(self.architecture.region).get_caller_identity()["Arn"]
        _, partition, _, _, account, *_ = arn.split(":")
        return partition, account

    @property
    def role_arn(self) -> str | None:
        """What AWS Backup does its work as."""
        selection = next(iter(self.architecture.of(BackupSelection)), None)
        if selection is None:
            return None
        partition, account = self._identity
        return f"arn:{partition}:iam::{account}:role/{self.architecture[selection.role].role_name}"

    def arn_of(self, vault: BackupVault) -> str:
        """The vault as copy jobs name it."""
        partition, account = self._identity
        region = vault.region or self.architecture.region
        return f"arn:{partition}:backup:{region}:{account}:backup-vault:{vault.vault_name}"

    def arn_of_store(self, store: Store) -> str | None:
        """The store as AWS Backup names it. None: it is not there, or a kind that AWS Backup does not know."""
        partition, account = self._identity
        match store.kind:
            case "database":
                return f"arn:{partition}:rds:{store.region}:{account}:db:{store.id}"
            case "bucket":
                return f"arn:{partition}:s3:::{store.id}"
            case "file_system":
                return self._file_systems.get(store.address)
            case "cache":
                return None

    @cached_property
    def _file_systems(self) -> dict[str, str]:
        """Address to ARN: file systems have no names, but the tags that they were made with."""
        wanted = self.architecture.of(FileSystem)
        found: dict[str, str] = {}
        for region in {item.region or self.architecture.region for item in wanted}:
            with explained("Listing file systems"):
                pages = self.connection.efs(region).get_paginator("describe_file_systems").paginate()
                there = [item for page in pages for item in page["FileSystems"]]
            for system in wanted:
                marks = {**self.architecture.tags, **system.tags}.items()
                for item in there:
                    if marks <= {tag["Key"]: tag["Value"] for tag in item["Tags"]}.items():
                        found[system.address] = item.get("FileSystemArn", "")
        return found


def replicas_of(architecture: Architecture, store: Store) -> tuple[DatabaseInstance, ...]:
    """The read replicas of a database, here and in another region."""
    return tuple(
        item
        for item in architecture.of(DatabaseInstance)
        if item.source is not None and item.source.address == store.address
    )


def utc(moment: datetime) -> datetime:
    """A time of AWS's, in UTC."""
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
