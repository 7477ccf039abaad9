"""Redis OSS and Valkey on Amazon ElastiCache."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.blueprint.data import Cache
from groundplan.catalog import engines
from groundplan.design.databases import resolve_version, secret_name
from groundplan.design.draft import Draft, identifier
from groundplan.design.encryption import main_key
from groundplan.design.networking import subnets_of
from groundplan.design.security_groups import add_group, group_of
from groundplan.resources.databases import CacheParameterGroup, CacheReplicationGroup, CacheSubnetGroup
from groundplan.resources.security import GeneratedPassword, Secret
from groundplan.resources.values import Attribute, Ref, SecretValue, Textual, text

SUBNETS = Ref(CacheSubnetGroup, "main")
ENGINES = {"redis": engines.redis, "valkey": engines.valkey}
TITLES = {"redis": "Redis", "valkey": "Valkey"}


def label(name: str, spec: Cache) -> str:
    """What the cache is called in AWS."""
    return spec.name or name


def replication_group(name: str) -> Ref[CacheReplicationGroup]:
    """The replication group of a cache."""
    return Ref(CacheReplicationGroup, identifier(name))


def endpoint(name: str, spec: Cache) -> Attribute:
    """Where clients begin: the primary, or in cluster mode what tells them of all shards."""
    group = replication_group(name)
    return group.attribute("primary_endpoint_address" if spec.shards is None else "configuration_endpoint_address")


def nodes(name: str, spec: Cache) -> Iterator[tuple[str, Textual]]:
    """Every node: its number as a person reads it, and its id, which its metrics are found by.

    The id is the group's and a number of three digits; in cluster mode the shard's number of four digits before it.
    Source: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.html
    """
    shards = [""] if spec.shards is None else [f"{shard:04d}-" for shard in range(1, spec.shards + 1)]
    for shard in shards:
        for number in range(1, spec.nodes + 1):
            suffix = f"{shard}{number:03d}"
            yield suffix, text(replication_group(name).attribute("id"), f"-{suffix}")


def url_secret(name: str) -> Ref[Secret]:
    """The secret that holds a cache's whole URL."""
    return Ref(Secret, f"{identifier(name)}_url")


def add_caches(draft: Draft) -> None:
    """Every cache of the blueprint."""
    if not draft.blueprint.caches:
        return
    draft.add(
        CacheSubnetGroup(
            name="main",
            concern="caches",
            subnet_group_name=draft.called("cache_subnet_group", "main", "project"),
            description=f"{draft.title} cache subnets",
            subnets=subnets_of(draft, "database"),
            tags=draft.name_tag("main"),
        )
    )
    for name, spec in draft.blueprint.caches.items():
        add_group(draft, identifier(name), f"Cache {name}", f"caches.{name}.name", shown=label(name, spec))
        _add_cache(draft, name, spec)


def _add_cache(draft: Draft, name: str, spec: Cache) -> None:
    place, called = f"caches.{name}", label(name, spec)
    draft.check_class(spec.node_class, "cache.", f"{place}.class")
    if spec.engine.name not in ENGINES:
        draft.problem(f"{place}.engine", f'"{spec.engine.name}" is no cache engine; write redis 7.1 or valkey 8.0')
        return
    resolved = resolve_version(draft, ENGINES[spec.engine.name], spec.engine.version, f"{place}.engine")
    if resolved is None:
        return
    version, family = resolved
    parameters = _add_parameters(draft, name, spec, family)
    token = _add_token(draft, name, called) if spec.encryption else None
    # In cluster mode ElastiCache wants failover also of a shard that has nothing to fail over to.
    several = spec.nodes > 1
    draft.add(
        CacheReplicationGroup(
            name=identifier(name),
            concern="caches",
            replication_group_id=draft.called("cache_replication_group", called, f"{place}.name"),
            description=spec.description or f"{TITLES[spec.engine.name]} cluster for {draft.title}",
            engine="valkey" if spec.engine.name == "valkey" else "redis",
            engine_version=version,
            node_type=spec.node_class,
            num_cache_clusters=spec.nodes if spec.shards is None else None,
            cluster_mode=None if spec.shards is None else "enabled",
            num_node_groups=spec.shards,
            replicas_per_node_group=None if spec.shards is None else spec.nodes - 1,
            port=spec.port,
            subnet_group=SUBNETS,
            parameter_group=parameters,
            security_groups=(group_of(name),),
            at_rest_encryption_enabled=spec.encryption,
            kms_key=main_key(draft) if spec.encryption else None,
            transit_encryption_enabled=spec.encryption,
            auth_token=token,
            automatic_failover_enabled=several or spec.shards is not None,
            multi_az_enabled=several and len(draft.blueprint.network.zones) > 1,
            snapshot_retention_limit=spec.snapshots.days,
            snapshot_window=spec.snapshot_window if spec.snapshots.days else None,
            maintenance_window=spec.maintenance_window,
            tags=draft.name_tag(called),
        )
    )
    address = endpoint(name, spec)
    draft.output(f"{identifier(name)}_address", f"Host name of the cache {name}", address)
    if token:
        draft.add(
            Secret(
                name=url_secret(name).name,
                concern="caches",
                secret_name=draft.legal("secret", secret_name(draft, f"{called}_url"), f"{place}.name"),
                description=f"URL of the cache {name} with its authentication token",
                kms_key=main_key(draft),
                # Redis Cluster knows one database only, so that no number stands behind the port.
                value=text("rediss://:", token, "@", address, f":{spec.port}" + ("/0" if spec.shards is None else "")),
                recovery_window_in_days=draft.blueprint.secret_recovery.days,
            )
        )


def _add_parameters(draft: Draft, name: str, spec: Cache, family: str) -> Ref[CacheParameterGroup]:
    """In cluster mode a group of its own name: ElastiCache does not turn ``cluster-enabled`` in one that is in use.

    Source: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html (cluster-enabled)
    """
    called, parameters = label(name, spec), dict(spec.parameters)
    ident, purpose = identifier(name), called
    if spec.shards is not None:
        ident, purpose = f"{ident}_cluster_mode", f"{called}-cluster-mode"
        parameters["cluster-enabled"] = "yes"
    return draft.add(
        CacheParameterGroup(
            name=ident,
            concern="caches",
            parameter_group_name=draft.called("cache_parameter_group", purpose, f"caches.{name}.name"),
            family=family,
            description=f"{draft.title} {purpose}",
            parameters=dict(sorted(parameters.items())),
            tags=draft.name_tag(purpose),
        )
    )


def _add_token(draft: Draft, name: str, called: str) -> SecretValue:
    """A token of 16 to 128 letters and digits.

    Of punctuation ElastiCache takes ``!&#$^<>-`` only, nearly none of which may stand in a URL as it is.
    Source: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth.html
    """
    secret = draft.add(
        Secret(
            name=f"{identifier(name)}_token",
            concern="caches",
            secret_name=draft.legal("secret", secret_name(draft, f"{called}_token"), f"caches.{name}.name"),
            description=f"Generated authentication token of the cache {name}",
            kms_key=main_key(draft),
            generate=GeneratedPassword(length=64, exclude_characters="", exclude_punctuation=True),
            recovery_window_in_days=draft.blueprint.secret_recovery.days,
        )
    )
    return SecretValue(secret)
