"""What keeps data: databases, caches, buckets."""

import re
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from groundplan.blueprint.base import DailyWindow, Part, ShortForm, WeeklyWindow, ZoneLetter
from groundplan.blueprint.delivery import Cdn
from groundplan.units import DataSize, Duration, shown


class Storage(Part):
    """Storage of a database instance. Short form: ``100 GB``, ``100 GB gp3``, ``100..500 GB gp3``."""

    size: DataSize = DataSize(20 * 1024)
    """Storage at creation."""
    max: DataSize | None = None
    """Up to here RDS adds storage by itself."""
    type: Literal["gp3", "gp2", "io1", "io2"] = "gp3"
    """EBS volume type."""


_STORAGE = r"^\s*(\d+)(?:\s*\.\.\s*(\d+))?\s*([MGT]i?B)(?:\s+(gp2|gp3|io1|io2))?\s*$"


def _read_storage(value: object) -> object:
    if isinstance(value, dict | Storage):
        return value
    match = re.match(_STORAGE, value) if isinstance(value, str) else None
    if not match:
        raise ValueError(f"{shown(value)} is not a storage; write it like 100 GB, 100 GB gp3 or 100..500 GB gp3")
    size, most, unit, kind = match.groups()
    return {"size": f"{size} {unit}"} | ({"max": f"{most} {unit}"} if most else {}) | ({"type": kind} if kind else {})


class Engine(Part):
    """An engine and the version that is wanted. Short form: ``postgres 15`` or ``redis 7.0``."""

    name: str
    """``postgres``, ``redis`` or ``valkey``."""
    version: str
    """A major version (the catalog's minor is taken) or an exact one."""


_ENGINE = r"^\s*([a-z]+)\s+v?(\d+(?:\.\d+)*)\s*$"


def _read_engine(value: object) -> object:
    if isinstance(value, dict | Engine):
        return value
    match = re.match(_ENGINE, value) if isinstance(value, str) else None
    if not match:
        raise ValueError(f"{shown(value)} is not an engine with its version; write it like postgres 15 or redis 7.0")
    return {"name": match[1], "version": match[2]}


EngineText = Annotated[
    Engine,
    ShortForm(_read_engine, ({"type": "string", "pattern": _ENGINE, "examples": ["postgres 15", "redis 7.0"]},)),
]
StorageText = Annotated[
    Storage,
    ShortForm(_read_storage, ({"type": "string", "pattern": _STORAGE, "examples": ["100 GB", "100..500 GB gp3"]},)),
]


class Database(Part):
    """A PostgreSQL database on Amazon RDS."""

    engine: EngineText
    """Engine and version: ``postgres 15`` takes the catalog's minor version of 15."""
    instance_class: Annotated[str, Field(alias="class")]
    """Instance class (``class:``), like ``db.t4g.micro``."""
    name: str | None = None
    """What the database is called in AWS behind the project's name. Default: its name in the blueprint."""
    storage: StorageText = Field(default_factory=Storage.model_construct)
    """Storage: ``100..500 GB gp3`` starts with 100 GB and grows to 500 GB by itself."""
    standby: bool = True
    """A synchronous standby in another zone takes over by itself (Multi-AZ)."""
    zone: ZoneLetter | None = None
    """Zone of an instance without a standby. Default: AWS chooses."""
    extensions: list[str] = Field(default=[])
    """PostgreSQL extensions, like ``postgis``, that exist before a service starts: a container of each task that needs
    the database runs ``CREATE EXTENSION IF NOT EXISTS`` first."""
    replicas: int = Field(default=0, ge=0, le=15)
    """Asynchronous read replicas in the same region."""
    replica_class: str | None = None
    """Instance class of the replicas. Default: the primary's."""
    database: str | None = Field(default=None, pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,62}$")
    """Name of the database inside the instance. Default: the project's name with underscores."""
    username: str = "groundplan"
    """Name of the master user."""
    credentials: Literal["generated", "managed"] = "generated"
    """``generated``: AWS makes the password inside Secrets Manager; services get a whole ``DATABASE_URL``.
    ``managed`` (not with replicas, which RDS refuses then): RDS keeps the password in a secret of its own and rotates
    it every 7 days. Services get host, user and password apart; after a rotation they read the new password with
    ``<NAME>_SECRET_ARN``, which they also get, or are started anew."""
    rotation: Duration | None = None
    """How often RDS makes a new password (``credentials: managed`` only): 1 to 1000 days. Default: 7 days."""
    port: int = Field(default=5432, ge=1150, le=65535)
    """Port."""
    backups: Duration = Duration(7 * 86400)
    """How long automated backups are kept: 0 to 35 days. Within it any second can be restored."""
    backup_window: DailyWindow = "03:00-04:00"
    """When the daily snapshot is taken (UTC)."""
    maintenance_window: WeeklyWindow = "sun:04:00-sun:05:00"
    """When AWS may patch (UTC)."""
    performance_insights: Duration | None = Duration(7 * 86400)
    """How long Performance Insights keeps its data: 7 days are free. ``null``: off."""
    monitoring: Duration | None = Duration(60)
    """Interval of Enhanced Monitoring: 1, 5, 10, 15, 30 or 60 seconds. ``null``: off."""
    log_exports: list[Literal["postgresql", "upgrade"]] = Field(default=["postgresql", "upgrade"])
    """Logs that go to CloudWatch."""
    parameters: dict[str, str] = Field(default={"rds.force_ssl": "1"})
    """Parameters of the parameter group."""
    minor_upgrades: bool = True
    """Whether RDS applies new minor versions in the maintenance window. Terraform then leaves the version to RDS."""
    encryption: bool = True
    """Encryption at rest with a key of this environment."""
    deletion_protection: bool = True
    """Whether AWS refuses to delete the instance."""
    final_snapshot: bool = True
    """Whether deleting the instance takes a last snapshot."""


class Cache(Part):
    """A Redis OSS or Valkey cache on Amazon ElastiCache."""

    engine: EngineText
    """Engine and version: ``redis 7.0``, ``valkey 8.0``."""
    node_class: Annotated[str, Field(alias="class")]
    """Node type (``class:``), like ``cache.t4g.micro``."""
    name: str | None = None
    """What the cache is called in AWS behind the project's name. Default: its name in the blueprint."""
    description: str | None = None
    """What it is for. Default: made from engine and title."""
    nodes: int = Field(default=2, ge=1, le=6)
    """Nodes, in cluster mode of each shard: one primary, the others replicas. From two on, failover is automatic and
    over several zones."""
    shards: int | None = Field(default=None, ge=1, le=500)
    """Cluster mode: the keys are spread over so many shards, each with ``nodes`` nodes that are paid; 500 nodes at
    most, of which a new account has 90. Clients have to speak Redis Cluster, begin at the one address that they are
    given, and get ``<NAME>_CLUSTER=true``. Another number moves keys while the cache answers. ``null``: cluster mode
    is off, which is not ``1``; a cache cannot change between the two: with another ``name`` beside it a new one, which
    is empty, takes its place."""
    port: int = Field(default=6379, ge=1, le=65535)
    """Port."""
    snapshots: Duration = Duration(7 * 86400)
    """How long daily snapshots are kept; ``0d`` takes none."""
    snapshot_window: DailyWindow = "05:00-06:00"
    """When the daily snapshot is taken (UTC)."""
    maintenance_window: WeeklyWindow = "sun:06:30-sun:07:30"
    """When AWS may patch (UTC)."""
    parameters: dict[str, str] = Field(default={})
    """Parameters of the parameter group."""
    encryption: bool = True
    """Encryption at rest and in transit, with an authentication token."""


RuleId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_. -]*$", max_length=255)]
"""The id of a lifecycle rule, as S3 shows it."""


class LifecycleRule(Part):
    """What happens to objects as they age."""

    prefix: str = ""
    """Only objects whose key begins so. Empty: all."""
    expire: Duration | None = None
    """Delete objects after this time."""
    expire_noncurrent: Duration | None = None
    """Delete replaced and deleted versions after this time."""
    archive: Duration | None = None
    """Move objects to ``archive_class`` after this time."""
    archive_class: Literal[
        "GLACIER", "DEEP_ARCHIVE", "GLACIER_IR", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING"
    ] = "GLACIER"
    """Storage class that ``archive`` moves to."""


class Replica(Part):
    """A copy of a bucket in another region. Short form: the region."""

    region: str
    """AWS region, like ``us-west-2``."""
    storage_class: Literal["STANDARD", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER"] = (
        "STANDARD_IA"
    )
    """Storage class of the copies."""


def _read_replica(value: object) -> object:
    return {"region": value} if isinstance(value, str) else value


ReplicaText = Annotated[
    Replica,
    ShortForm(_read_replica, ({"type": "string", "examples": ["us-west-2"]},)),
]


class Bucket(Part):
    """An S3 bucket: private, encrypted, TLS only. ``logs`` takes the access logs, where some are kept."""

    name: str | None = None
    """Full name, or a convention for it like ``{project}-{environment}-{name}``. Bucket names are unique over all of
    AWS. Default: ``<project>-<name>-<environment>``."""
    versioning: bool = True
    """Whether replaced and deleted objects are kept as versions."""
    encryption: Literal["kms", "s3"] = "kms"
    """``kms``: a key of this environment; ``s3``: keys that S3 keeps."""
    lifecycle: dict[RuleId, LifecycleRule] = Field(default={})
    """Rules by their id."""
    abort_incomplete_uploads: Duration = Duration(7 * 86400)
    """Parts of uploads that were never completed are deleted after this time."""
    keep: bool = True
    """Whether the bucket and its objects stay when the environment is destroyed."""
    replicate: ReplicaText | None = None
    """Region that every new object is copied to, for disaster recovery. Needs ``versioning``."""
    cdn: Cdn | None = None
    """CloudFront in front of the bucket. ``null``: only what ``needs`` it reads it."""
