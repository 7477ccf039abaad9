"""RDS and ElastiCache: versions, classes, windows of time, zones, passwords, keys of replicas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from groundplan.catalog import engines, instances
from groundplan.catalog.engines import Status
from groundplan.targets.local.types.refusals.wish import Refused, Wish, refuses

_RDS = "Rds"
_CACHE = "ElastiCache"
_ENGINES = {"postgres": engines.postgres, "mysql": engines.mysql, "redis": engines.redis, "valkey": engines.valkey}
_PASSWORDS = {"mysql": 41, "mariadb": 41}
"""The greatest length of a password where it is not 128.
Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html, MasterUserPassword
"""


@refuses("AWS::RDS::DBInstance")
def version_and_class(wish: Wish) -> Iterator[Refused]:
    engine, version = str(wish.get("Engine") or "").lower(), str(wish.get("EngineVersion") or "")
    known = _ENGINES.get(engine)
    if known and version and wish.changed("EngineVersion"):
        found = known.find(version)
        if found.status is not Status.CREATABLE:
            yield Refused(f"Cannot find version {version} for {engine}. {found.problem()}", _RDS)
    size = str(wish.get("DBInstanceClass") or "")
    if size and wish.changed("DBInstanceClass") and size not in instances.rds_classes():
        yield Refused(f"Invalid DB Instance class: {size}{instances.suggest(size)}", _RDS)


@refuses("AWS::RDS::DBInstance")
def retention_and_password(wish: Wish) -> Iterator[Refused]:
    retention = wish.get("BackupRetentionPeriod")
    if retention is not None and not 0 <= int(retention) <= 35:
        yield Refused(f"Invalid backup retention period: {retention}. Retention period must be between 0 and 35.", _RDS)
    password = wish.get("MasterUserPassword")
    if password is None or "{{resolve:" in str(password):
        return
    longest = _PASSWORDS.get(str(wish.get("Engine") or "").lower(), 128)
    if not 8 <= len(str(password)) <= longest:
        yield Refused(
            "The parameter MasterUserPassword is not a valid password because it is "
            f"{'shorter than 8' if len(str(password)) < 8 else f'longer than {longest}'} characters.", _RDS,
        )  # fmt: skip
    elif re.search(r'[/"@ ]|[^\x20-\x7e]', str(password)):
        yield Refused(
            "The parameter MasterUserPassword is not a valid password. Only printable ASCII characters besides '/', "
            "'@', '\"', ' ' may be used.", _RDS,
        )  # fmt: skip


@refuses("AWS::RDS::DBInstance")
def key_of_a_replica(wish: Wish) -> Iterator[Refused]:
    """A replica in its source's region is encrypted with the source's key.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html, KmsKeyId
    """
    source = wish.get("SourceDBInstanceIdentifier")
    if not source or not wish.get("KmsKeyId"):
        return
    region = str(source).split(":")[3] if str(source).startswith("arn:") else wish.surroundings.region
    if region == wish.surroundings.region:
        yield Refused(
            "You can't specify KmsKeyId for a read replica in the same AWS Region as its source DB instance: "
            "it is encrypted with the key of the source.", _RDS, "InvalidParameterCombination",
        )  # fmt: skip


@refuses("AWS::RDS::DBInstance")
def source_in_another_region(wish: Wish) -> Iterator[Refused]:
    """Sources: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html
    (SourceDBInstanceIdentifier, KmsKeyId); SourceRegion:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html
    """
    source, region = str(wish.get("SourceDBInstanceIdentifier") or ""), wish.get("SourceRegion")
    if not source or not wish.changed("SourceDBInstanceIdentifier", "SourceRegion"):
        return
    there = source.split(":")[3] if source.startswith("arn:") else wish.surroundings.region
    if region and region != there:
        yield Refused(f"The source DB instance {source} is not in {region}.", _RDS)
    if there == wish.surroundings.region:
        return
    clients: Any = wish.surroundings.clients("rds", there)
    found = [item for item in clients.describe_db_instances()["DBInstances"] if item["DBInstanceArn"] == source]
    if not found:
        yield Refused(f"DBInstance {source} not found.", _RDS, "NotFound")
    elif not found[0].get("BackupRetentionPeriod"):
        yield Refused(f"Automated backups are not enabled for this database instance: {source}.", _RDS)
    elif found[0].get("StorageEncrypted") and not wish.get("KmsKeyId"):
        yield Refused(
            "Cannot create a cross region unencrypted read replica from encrypted source.", _RDS,
            "InvalidParameterCombination",
        )  # fmt: skip


@refuses("AWS::RDS::DBSubnetGroup")
def zones_of_a_subnet_group(wish: Wish) -> Iterator[Refused]:
    """Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html"""
    subnets = list(wish.get("SubnetIds") or ())
    zones = wish.zones(subnets)
    if zones is None:
        yield Refused(f"Some input subnets in :[{', '.join(subnets)}] are invalid.", _RDS)
    elif len(set(zones.values())) < 2:
        yield Refused(
            "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ coverage: "
            f"{', '.join(sorted(set(zones.values()))) or 'none'}. Add subnets to cover at least 2 AZs.", _RDS,
        )  # fmt: skip


@refuses("AWS::ElastiCache::ReplicationGroup")
def cache_version_and_nodes(wish: Wish) -> Iterator[Refused]:
    engine, version = str(wish.get("Engine") or "redis").lower(), str(wish.get("EngineVersion") or "")
    known = _ENGINES.get(engine)
    if known and version and wish.changed("EngineVersion"):
        found = known.find(version)
        if found.status is not Status.CREATABLE:
            yield Refused(f"Cannot find version {version} for {engine}. {found.problem()}", _CACHE)
    node = str(wish.get("CacheNodeType") or "")
    if node and wish.changed("CacheNodeType") and node not in instances.cache_node_types():
        yield Refused(f"Invalid Cache Node Type: {node}{instances.suggest(node)}", _CACHE)


@refuses("AWS::ElastiCache::ReplicationGroup")
def failover_and_token(wish: Wish) -> Iterator[Refused]:
    """Sources: https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html and
    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth.html"""
    clusters = wish.get("NumCacheClusters")
    on = [name for name in ("AutomaticFailoverEnabled", "MultiAZEnabled") if str(wish.get(name)).lower() == "true"]
    if on and clusters is not None and int(clusters) < 2 and not wish.get("NumNodeGroups"):
        yield Refused(f"{on[0]} needs a primary and at least one replica: NumCacheClusters must be 2 or more.", _CACHE)
    if str(wish.get("ClusterMode")).lower() == "enabled" and "AutomaticFailoverEnabled" not in on:
        yield Refused("Redis with cluster mode enabled cannot be created with auto failover turned off.", _CACHE)
    if clusters is not None and wish.get("NumNodeGroups"):
        yield Refused("NumCacheClusters should not be specified if NumNodeGroups is.", _CACHE)
    token = wish.get("AuthToken")
    if token is None or "{{resolve:" in str(token):
        return
    if str(wish.get("TransitEncryptionEnabled")).lower() != "true":
        yield Refused("The AUTH token is supported only when transit encryption is enabled.", _CACHE)
    if not 16 <= len(str(token)) <= 128:
        yield Refused("Invalid AuthToken provided: it must have between 16 and 128 characters.", _CACHE)
    if not re.fullmatch(r"[A-Za-z0-9!&#$^<>-]*", str(token)):
        yield Refused(
            "Invalid AuthToken provided: of other characters it takes !, &, #, $, ^, <, > and - only.", _CACHE
        )


@refuses("AWS::ElastiCache::ReplicationGroup")
def cluster_mode(wish: Wish) -> Iterator[Refused]:
    """Sources: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/modify-cluster-mode.html and
    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html (cluster-enabled)
    """
    before = "disabled" if wish.old is None else str(wish.old.get("ClusterMode") or "disabled").lower()
    wanted = str(wish.get("ClusterMode") or "disabled").lower()
    if wish.old is not None and wish.changed("ClusterMode") and {before, wanted} == {"disabled", "enabled"}:
        yield Refused(
            f"Cluster mode cannot be changed from {before} to {wanted}: only a cluster in mode compatible can.", _CACHE
        )
    shards = wish.get("NumNodeGroups")
    if shards is not None and int(shards) > 1 and wanted != "enabled":
        yield Refused("Redis with cluster mode disabled cannot be created with more than one node group.", _CACHE)
    if wanted == "enabled" and wish.get("CacheParameterGroupName"):
        found = wish.ask(
            "elasticache", "describe_cache_parameters", CacheParameterGroupName=str(wish.get("CacheParameterGroupName"))
        )
        values = {item["ParameterName"]: item.get("ParameterValue") for item in (found or {}).get("Parameters") or ()}
        if found is not None and values.get("cluster-enabled") != "yes":
            yield Refused("Cluster mode needs a cache parameter group with the parameter cluster-enabled.", _CACHE)
