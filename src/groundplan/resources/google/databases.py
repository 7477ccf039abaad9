"""Cloud SQL for PostgreSQL and Memorystore for Redis: made when the pilot light takes over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import ClassVar, Literal

from groundplan.record import dataclass
from groundplan.resources.base import Resource
from groundplan.resources.google.base import OnGoogleCloud, Presence
from groundplan.resources.google.network import GoogleNetwork
from groundplan.resources.google.secrets import GoogleSecret
from groundplan.resources.values import Ref, Textual

RedisVersion = Literal["REDIS_6_X", "REDIS_7_0", "REDIS_7_2"]


@dataclass(frozen=True, kw_only=True)
class GoogleSqlInstance(OnGoogleCloud, Resource):
    """A Cloud SQL instance with a private address only, TLS only, and point-in-time recovery.

    Source: https://cloud.google.com/sql/docs/postgres/instance-settings
    """

    title: ClassVar[str] = "Cloud SQL instance"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "instance_name", "private_address", "member"})
    """``member``: the service account that imports dumps."""
    holds_data: ClassVar[bool] = True
    present: Presence = "active"
    instance_name: str
    location: Textual
    database_version: str
    """``POSTGRES_15``."""
    edition: Literal["ENTERPRISE", "ENTERPRISE_PLUS"] = "ENTERPRISE"
    tier: str
    availability_type: Literal["ZONAL", "REGIONAL"]
    disk_size: int
    """GB; it grows by itself."""
    disk_autoresize_limit: int
    """GB; 0: none."""
    network: Ref[GoogleNetwork]
    ssl_mode: Literal["ENCRYPTED_ONLY", "ALLOW_UNENCRYPTED_AND_ENCRYPTED"] = "ENCRYPTED_ONLY"
    retained_backups: int
    """Days, one backup each."""
    transaction_log_retention_days: int
    """1 to 7: how far back any second can be restored."""
    backup_start_time: str
    """UTC, ``03:00``."""
    deletion_protection: bool
    database_flags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class GoogleSqlDatabase(OnGoogleCloud, Resource):
    """A database in an instance. The dump fills it."""

    title: ClassVar[str] = "Cloud SQL database"
    present: Presence = "active"
    database_name: str
    instance: Ref[GoogleSqlInstance]


@dataclass(frozen=True, kw_only=True)
class GoogleSqlUser(OnGoogleCloud, Resource):
    """A user whose password a person put into Secret Manager. Terraform reads it there and keeps it nowhere."""

    title: ClassVar[str] = "Cloud SQL user"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "password"})
    """``password`` lives only while Terraform runs: it may stand in write-only arguments alone."""
    present: Presence = "active"
    username: Textual
    instance: Ref[GoogleSqlInstance]
    password: Ref[GoogleSecret]


@dataclass(frozen=True, kw_only=True)
class GoogleRedis(OnGoogleCloud, Resource):
    """A Memorystore instance, which begins empty.

    It asks for no password: Terraform would keep that in its state. Only the network reaches it.
    Source: https://cloud.google.com/memorystore/docs/redis/about-in-transit-encryption
    """

    title: ClassVar[str] = "Memorystore for Redis instance"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "host", "port", "certificate"})
    """``certificate``: of the authority that signed the instance's own, PEM."""
    present: Presence = "active"
    instance_name: str
    location: Textual
    redis_version: RedisVersion
    tier: Literal["BASIC", "STANDARD_HA"]
    memory_size: int
    """GB."""
    network: Ref[GoogleNetwork]
    transit_encryption: bool
    deletion_protection: bool = False
    redis_configs: Mapping[str, str] = field(default_factory=dict)
