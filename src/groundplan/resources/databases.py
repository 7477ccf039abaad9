"""Amazon RDS and Amazon ElastiCache."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import ClassVar, Literal

from groundplan.resources.base import Resource
from groundplan.resources.network import SecurityGroup, Subnet
from groundplan.resources.record import dataclass
from groundplan.resources.security import Key, Role
from groundplan.resources.values import Ref, SecretValue, Textual


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DatabaseSubnetGroup(Resource):
    """The subnets that RDS may use: at least two zones."""

    title: ClassVar[str] = "DB subnet group"
    subnet_group_name: str
    description: str
    subnets: tuple[Ref[Subnet], ...]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DatabaseParameterGroup(Resource):
    """Engine parameters of RDS instances."""

    title: ClassVar[str] = "DB parameter group"
    parameter_group_name: str
    family: str
    """``postgres15``."""
    description: str
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DatabaseInstance(Resource):
    """An RDS instance: a primary, or a read replica where ``source`` is set.

    A replica in the primary's region inherits engine, storage, user, backups and encryption: those fields are None.
    """

    title: ClassVar[str] = "RDS instance"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn", "address", "port", "master_user_secret_arn"})
    holds_data: ClassVar[bool] = True
    identifier: str
    instance_class: str
    source: Ref[DatabaseInstance] | None = None
    """The primary that this one replicates."""
    engine: str | None = None
    engine_version: str | None = None
    allocated_storage: int | None = None
    """GiB."""
    max_allocated_storage: int | None = None
    """GiB."""
    storage_type: str | None = None
    storage_encrypted: bool | None = None
    kms_key: Ref[Key] | None = None
    database_name: str | None = None
    master_username: Textual | None = None
    master_password: SecretValue | None = None
    manage_master_user_password: bool = False
    master_user_secret_kms_key: Ref[Key] | None = None
    port: int | None = None
    multi_az: bool = False
    availability_zone: str | None = None
    """Full name of the zone, like ``ap-south-1a``; None: RDS chooses. Not with ``multi_az``."""
    subnet_group: Ref[DatabaseSubnetGroup] | None = None
    parameter_group: Ref[DatabaseParameterGroup] | None = None
    security_groups: tuple[Ref[SecurityGroup], ...]
    publicly_accessible: bool = False
    backup_retention_period: int | None = None
    """Days."""
    backup_window: str | None = None
    maintenance_window: str | None = None
    auto_minor_version_upgrade: bool = True
    performance_insights_enabled: bool = False
    performance_insights_retention_period: int | None = None
    """Days."""
    performance_insights_kms_key: Ref[Key] | None = None
    monitoring_interval: int = 0
    """Seconds; 0: no Enhanced Monitoring."""
    monitoring_role: Ref[Role] | None = None
    enabled_cloudwatch_logs_exports: tuple[str, ...] = ()
    copy_tags_to_snapshot: bool = True
    deletion_protection: bool = True
    skip_final_snapshot: bool = False
    final_snapshot_identifier: Textual | None = None
    """Unique for each life of the environment, so that a second destruction does not collide."""
    ca_certificate_identifier: str = "rds-ca-rsa2048-g1"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CacheSubnetGroup(Resource):
    """The subnets that ElastiCache may use."""

    title: ClassVar[str] = "cache subnet group"
    subnet_group_name: str
    description: str
    subnets: tuple[Ref[Subnet], ...]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CacheParameterGroup(Resource):
    """Engine parameters of cache nodes."""

    title: ClassVar[str] = "cache parameter group"
    parameter_group_name: str
    family: str
    """``redis7``."""
    description: str
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CacheReplicationGroup(Resource):
    """A primary cache node and its replicas."""

    title: ClassVar[str] = "ElastiCache replication group"
    attributes: ClassVar[frozenset[str]] = frozenset(
        {"id", "arn", "primary_endpoint_address", "reader_endpoint_address"}
    )
    holds_data: ClassVar[bool] = True
    replication_group_id: str
    description: str
    engine: Literal["redis", "valkey"]
    engine_version: str
    node_type: str
    num_cache_clusters: int
    port: int
    subnet_group: Ref[CacheSubnetGroup]
    parameter_group: Ref[CacheParameterGroup]
    security_groups: tuple[Ref[SecurityGroup], ...]
    at_rest_encryption_enabled: bool = True
    kms_key: Ref[Key] | None = None
    transit_encryption_enabled: bool = True
    auth_token: SecretValue | None = None
    automatic_failover_enabled: bool = True
    multi_az_enabled: bool = True
    snapshot_retention_limit: int
    """Days; 0: no snapshots."""
    snapshot_window: str | None = None
    maintenance_window: str
    auto_minor_version_upgrade: bool = True
