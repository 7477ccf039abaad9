"""Amazon RDS, Amazon ElastiCache, Amazon DynamoDB."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import ClassVar, Literal

from groundplan.record import dataclass
from groundplan.resources.base import Resource
from groundplan.resources.network import SecurityGroup, Subnet
from groundplan.resources.security import Key, Role
from groundplan.resources.values import Ref, SecretValue, Textual


@dataclass(frozen=True, kw_only=True)
class DatabaseSubnetGroup(Resource):
    """The subnets that RDS may use: at least two zones."""

    title: ClassVar[str] = "DB subnet group"
    subnet_group_name: str
    description: str
    subnets: tuple[Ref[Subnet], ...]


@dataclass(frozen=True, kw_only=True)
class DatabaseParameterGroup(Resource):
    """Engine parameters of RDS instances."""

    title: ClassVar[str] = "DB parameter group"
    parameter_group_name: str
    family: str
    """``postgres15``."""
    description: str
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class DatabaseInstance(Resource):
    """An RDS instance: a primary, or a read replica where ``source`` is set.

    A replica in the primary's region inherits engine, storage, user, backups and encryption: those fields are None. One
    in another region has a key and a subnet group of its own.
    """

    title: ClassVar[str] = "RDS instance"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn", "address", "port", "master_user_secret_arn"})
    holds_data: ClassVar[bool] = True
    identifier: str
    instance_class: str
    source: Ref[DatabaseInstance] | None = None
    """The primary that this one replicates; it may be in another region."""
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


@dataclass(frozen=True, kw_only=True)
class CacheSubnetGroup(Resource):
    """The subnets that ElastiCache may use."""

    title: ClassVar[str] = "cache subnet group"
    subnet_group_name: str
    description: str
    subnets: tuple[Ref[Subnet], ...]


@dataclass(frozen=True, kw_only=True)
class CacheParameterGroup(Resource):
    """Engine parameters of cache nodes."""

    title: ClassVar[str] = "cache parameter group"
    parameter_group_name: str
    family: str
    """``redis7``."""
    description: str
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class CacheReplicationGroup(Resource):
    """A primary cache node and its replicas; in cluster mode several of them, each with a part of the keys.

    Source: https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html
    """

    title: ClassVar[str] = "ElastiCache replication group"
    attributes: ClassVar[frozenset[str]] = frozenset(
        {"id", "arn", "primary_endpoint_address", "reader_endpoint_address", "configuration_endpoint_address"}
    )
    """In cluster mode there is a configuration endpoint, without it a primary's and a reader's."""
    holds_data: ClassVar[bool] = True
    replication_group_id: str
    description: str
    engine: Literal["redis", "valkey"]
    engine_version: str
    node_type: str
    num_cache_clusters: int | None = None
    """Nodes, without cluster mode."""
    cluster_mode: Literal["enabled"] | None = None
    """None: off."""
    num_node_groups: int | None = None
    """Shards, in cluster mode."""
    replicas_per_node_group: int | None = None
    """Nodes of a shard beside its primary, in cluster mode."""
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

    @property
    def nodes_of_a_shard(self) -> int:
        """The primary and its replicas. Without cluster mode there is one shard."""
        return 1 + (self.replicas_per_node_group or 0) if self.cluster_mode else self.num_cache_clusters or 0

    @property
    def nodes(self) -> int:
        """All nodes."""
        return (self.num_node_groups or 0) * self.nodes_of_a_shard if self.cluster_mode else self.nodes_of_a_shard


@dataclass(frozen=True, kw_only=True)
class Table(Resource):
    """A DynamoDB table on demand, whose items are found by one key. It is paid by request.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
    """

    title: ClassVar[str] = "DynamoDB table"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    holds_data: ClassVar[bool] = True
    table_name: str
    hash_key: str
    """Name of the attribute that is the partition key."""
    hash_key_type: Literal["S", "N", "B"] = "S"
    """Text, a number, or bytes."""
    kms_key: Ref[Key] | None = None
    """None: a key that DynamoDB owns, which costs nothing and nobody sees."""
    point_in_time_recovery: bool = True
    """Whether it can be brought back as it was at any second of the last 35 days."""
    deletion_protection: bool = True
