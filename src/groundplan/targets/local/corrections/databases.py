"""RDS and ElastiCache: windows of time, forgotten settings, groups that vanish or stay."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import wraps
from inspect import signature
from typing import Any

from groundplan.targets.local.corrections.once import once
from groundplan.targets.local.fakes.databases import share_slots
from groundplan.targets.local.fakes.secrets import DAYS_OF_A_DATABASE, new_password, renew, schedule


@once
def adjacent_windows() -> None:
    """A backup window may end when the maintenance window begins; moto takes touching ranges for overlapping ones.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html, PreferredBackupWindow:
    "Must not conflict with the preferred maintenance window".
    """
    from moto.rds import utils

    original = utils.get_overlap_between_two_date_ranges

    def overlap(*ranges: Any) -> int:
        seconds = original(*ranges)
        return seconds if seconds else -1

    setattr(utils, "get_overlap_between_two_date_ranges", overlap)  # noqa: B010 - mypy forbids assigning to a function


@once
def database_echoes() -> None:
    """moto takes these settings of a database and forgets them; AWS reads them back."""
    from moto.rds.models import RDSBackend

    for name in ("create_db_instance", "create_db_instance_read_replica", "modify_db_instance"):
        setattr(RDSBackend, name, _remembering_database(getattr(RDSBackend, name)))


_DATABASE_ECHOES: Mapping[str, Any] = {
    "performance_insights_retention_period": 7,
    "monitoring_interval": 0,
    "monitoring_role_arn": None,
    "network_type": "IPV4",
}
"""Settings that stay as given, and AWS's default."""


_REPLICA_DEFAULTS: Mapping[str, Any] = {
    "multi_az": False,
    "deletion_protection": False,
    "performance_insights_enabled": False,
}
"""moto copies the source instance; AWS does not hand these on to a replica.

Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html
"""


def _remembering_database(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        given = next((item for item in (*args, *kwargs.values()) if isinstance(item, Mapping)), {})
        instance = original(self, *args, **kwargs)
        enabled = given.get("enable_performance_insights")
        if enabled is not None:
            instance.performance_insights_enabled = enabled
        if getattr(instance, "performance_insights_enabled", False):
            _remember(instance, given, "performance_insights_retention_period")
            key = given.get("performance_insights_kms_key_id")
            if key:
                instance.performance_insights_kms_key_id = key
        for name in ("monitoring_interval", "monitoring_role_arn", "network_type"):
            _remember(instance, given, name)
        if original.__name__ == "create_db_instance_read_replica":
            for name, default in _REPLICA_DEFAULTS.items():
                if given.get(name) is None and given.get(f"enable_{name.removesuffix('_enabled')}") is None:
                    setattr(instance, name, default)
        return instance

    return call


def _remember(instance: Any, given: Mapping[str, Any], name: str) -> None:
    if given.get(name) is not None:
        setattr(instance, name, given[name])
    elif not hasattr(instance, name):
        setattr(instance, name, _DATABASE_ECHOES[name])


@once
def deleted_replication_groups_go() -> None:
    """moto leaves a deleted replication group in the state "deleting" for ever; at AWS it goes."""
    from moto.elasticache.models import ElastiCacheBackend

    original = ElastiCacheBackend.delete_replication_group

    @wraps(original)
    def delete(self: Any, replication_group_id: str, *args: Any, **kwargs: Any) -> Any:
        group = original(self, replication_group_id, *args, **kwargs)
        self.replication_groups.pop(replication_group_id, None)
        return group

    setattr(ElastiCacheBackend, "delete_replication_group", delete)  # noqa: B010 - mypy forbids assigning to a method


@once
def cache_subnet_zones() -> None:
    """moto shows the zone of a cache subnet as text where the API has an object, and invents unknown subnets."""
    from moto.elasticache import models
    from moto.elasticache.exceptions import InvalidSubnet
    from moto.elasticache.models import CacheSubnetGroup

    original = CacheSubnetGroup.__init__

    @wraps(original)
    def make(self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        for subnet in self.subnets:
            if "Subnet_availability_zone" in subnet:
                raise InvalidSubnet(subnet["subnet_identifier"])
            if isinstance(subnet.get("subnet_availability_zone"), str):
                subnet["subnet_availability_zone"] = {"Name": subnet["subnet_availability_zone"]}

    setattr(models.CacheSubnetGroup, "__init__", make)  # noqa: B010 - mypy forbids assigning to a method


@once
def subnet_groups_stay() -> None:
    """moto takes a database subnet group away when it is modified; at AWS it stays."""
    from moto.rds.models import RDSBackend

    original = RDSBackend.modify_db_subnet_group

    @wraps(original)
    def modify(self: Any, subnet_name: str, *args: Any, **kwargs: Any) -> Any:
        group = original(self, subnet_name, *args, **kwargs)
        self.subnet_groups[subnet_name] = group
        return group

    setattr(RDSBackend, "modify_db_subnet_group", modify)  # noqa: B010 - mypy forbids assigning to a method


@once
def reader_endpoints() -> None:
    """moto keeps the address of a replication group's readers and does not show it; AWS does (``ReaderEndpoint``).

    In cluster mode it shares the keys among three shards however many there are.
    """
    from moto.elasticache.models import ElastiCacheBackend

    original = ElastiCacheBackend.create_replication_group

    @wraps(original)
    def create(self: Any, *args: Any, **kwargs: Any) -> Any:
        group = original(self, *args, **kwargs)
        for nodes in group.node_groups:
            address = nodes.get("reader_endpoint_address")
            if address:
                nodes["reader_endpoint"] = {"address": address, "port": nodes["port"]}
        if group.cluster_mode == "enabled":
            share_slots(group.node_groups)
        return group

    setattr(ElastiCacheBackend, "create_replication_group", create)  # noqa: B010 - mypy forbids assigning to a method


@once
def nodes_of_replication_groups() -> None:
    """moto knows no cache clusters of a replication group; at AWS each of its nodes is one.

    Source: https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_DescribeCacheClusters.html
    """
    from moto.elasticache.exceptions import CacheClusterNotFound
    from moto.elasticache.models import ElastiCacheBackend

    original = ElastiCacheBackend.describe_cache_clusters

    @wraps(original)
    def describe(self: Any, cache_cluster_id: str | None = None) -> Any:
        nodes = {
            name: _node(self, name, group)
            for group in self.replication_groups.values()
            for name in group.member_clusters
            if name not in self.cache_clusters
        }
        if cache_cluster_id is None:
            return [*original(self), *nodes.values()]
        if cache_cluster_id in nodes:
            return [nodes[cache_cluster_id]]
        if cache_cluster_id not in self.cache_clusters:
            raise CacheClusterNotFound(cache_cluster_id)
        return original(self, cache_cluster_id)

    setattr(ElastiCacheBackend, "describe_cache_clusters", describe)  # noqa: B010 - mypy forbids assigning to a method


def _node(backend: Any, name: str, group: Any) -> Any:
    """A node of a replication group as a cache cluster, with what the group says of all of them."""
    from moto.elasticache.models import CacheCluster

    make: Callable[..., Any] = CacheCluster
    shared = {key: getattr(group, key, None) for key in signature(make).parameters}
    own = {"account_id": backend.account_id, "region_name": backend.region_name, "cache_cluster_id": name}
    return make(**shared | own)


@once
def managed_passwords() -> None:
    """moto gives every managed password of a database the same value and name, and loses it when it is rotated.

    Here it has the instance's user and a password of its own, and its rotation is scheduled as RDS does it.
    """
    from moto.rds.models import MasterUserSecret

    original = MasterUserSecret._create_secret

    @wraps(original)
    def create(self: Any, kms_key_id: str | None) -> Any:
        secret = original(self, kms_key_id)
        schedule(secret, {"AutomaticallyAfterDays": DAYS_OF_A_DATABASE})
        return secret

    def value(self: Any) -> str:
        return json.dumps({"username": self.resource.master_username, "password": new_password()})

    def rotate(self: Any) -> None:
        self._status = "rotating"
        renew(self.secret)

    for name, made in (("_create_secret", create), ("_generate_secret_string", value), ("rotate_secret", rotate)):
        setattr(MasterUserSecret, name, made)


@once
def tables_on_demand_have_no_throughput() -> None:
    """moto goes on showing the provisioned throughput of a DynamoDB table that is on demand; AWS shows zeros."""
    from moto.dynamodb.models import DynamoDBBackend

    original = DynamoDBBackend.update_table

    @wraps(original)
    def update(self: Any, *args: Any, **rest: Any) -> Any:
        table = original(self, *args, **rest)
        if table.billing_mode == "PAY_PER_REQUEST":
            shown: list[Any] = [table, *table.global_indexes]
            for each in shown:
                each.throughput = {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0, "NumberOfDecreasesToday": 0}
        return table

    setattr(DynamoDBBackend, "update_table", update)  # noqa: B010 - mypy forbids assigning to a method


@once
def streams_can_start_again() -> None:
    """moto never enables the stream of a DynamoDB table a second time, even after it was disabled."""
    from moto.dynamodb.models import DynamoDBBackend

    original = DynamoDBBackend.update_table_streams

    @wraps(original)
    def update(self: Any, table: Any, stream_specification: dict[str, Any]) -> None:
        if not (table.stream_specification or {}).get("StreamEnabled"):
            table.latest_stream_label = None
        original(self, table, stream_specification)

    setattr(DynamoDBBackend, "update_table_streams", update)  # noqa: B010 - mypy forbids assigning to a method
