"""Redis OSS and Valkey on Amazon ElastiCache."""

from __future__ import annotations

from groundplan.blueprint.data import Cache
from groundplan.catalog import engines
from groundplan.design.databases import resolve_version, secret_name
from groundplan.design.draft import Draft, identifier
from groundplan.design.encryption import main_key
from groundplan.design.networking import subnets_of
from groundplan.design.security_groups import add_group, group_of
from groundplan.resources.databases import CacheParameterGroup, CacheReplicationGroup, CacheSubnetGroup
from groundplan.resources.security import GeneratedPassword, Secret
from groundplan.resources.values import Ref, SecretValue, text

SUBNETS = Ref(CacheSubnetGroup, "main")
ENGINES = {"redis": engines.redis, "valkey": engines.valkey}
TITLES = {"redis": "Redis", "valkey": "Valkey"}


def label(name: str, spec: Cache) -> str:
    """What the cache is called in AWS."""
    return spec.name or name


def replication_group(name: str) -> Ref[CacheReplicationGroup]:
    """The replication group of a cache."""
    return Ref(CacheReplicationGroup, identifier(name))


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
        draft.problem(f"{place}.engine", f"{spec.engine.name!r} is no cache engine; write redis 7.1 or valkey 8.0")
        return
    resolved = resolve_version(draft, ENGINES[spec.engine.name], spec.engine.version, f"{place}.engine")
    if resolved is None:
        return
    version, family = resolved
    parameters = draft.add(
        CacheParameterGroup(
            name=identifier(name),
            concern="caches",
            parameter_group_name=draft.called("cache_parameter_group", called, f"{place}.name"),
            family=family,
            description=f"{draft.title} {called}",
            parameters=dict(sorted(spec.parameters.items())),
            tags=draft.name_tag(called),
        )
    )
    token = _add_token(draft, name, called) if spec.encryption else None
    several = spec.nodes > 1
    group = draft.add(
        CacheReplicationGroup(
            name=identifier(name),
            concern="caches",
            replication_group_id=draft.called("cache_replication_group", called, f"{place}.name"),
            description=spec.description or f"{TITLES[spec.engine.name]} cluster for {draft.title}",
            engine="valkey" if spec.engine.name == "valkey" else "redis",
            engine_version=version,
            node_type=spec.node_class,
            num_cache_clusters=spec.nodes,
            port=spec.port,
            subnet_group=SUBNETS,
            parameter_group=parameters,
            security_groups=(group_of(name),),
            at_rest_encryption_enabled=spec.encryption,
            kms_key=main_key(draft) if spec.encryption else None,
            transit_encryption_enabled=spec.encryption,
            auth_token=token,
            automatic_failover_enabled=several,
            multi_az_enabled=several and len(draft.blueprint.network.zones) > 1,
            snapshot_retention_limit=spec.snapshots.days,
            snapshot_window=spec.snapshot_window if spec.snapshots.days else None,
            maintenance_window=spec.maintenance_window,
            tags=draft.name_tag(called),
        )
    )
    address = group.attribute("primary_endpoint_address")
    draft.output(f"{identifier(name)}_address", f"Host name of the cache {name}", address)
    if token:
        draft.add(
            Secret(
                name=url_secret(name).name,
                concern="caches",
                secret_name=draft.legal("secret", secret_name(draft, f"{called}_url"), f"{place}.name"),
                description=f"URL of the cache {name} with its authentication token",
                kms_key=main_key(draft),
                value=text("rediss://:", token, "@", address, f":{spec.port}/0"),
                recovery_window_in_days=draft.blueprint.secret_recovery.days,
            )
        )


def _add_token(draft: Draft, name: str, called: str) -> SecretValue:
    """A token of 16 to 128 characters without the ones that ElastiCache refuses.

    Source: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth.html
    """
    secret = draft.add(
        Secret(
            name=f"{identifier(name)}_token",
            concern="caches",
            secret_name=draft.legal("secret", secret_name(draft, f"{called}_token"), f"caches.{name}.name"),
            description=f"Generated authentication token of the cache {name}",
            kms_key=main_key(draft),
            generate=GeneratedPassword(length=64),
            recovery_window_in_days=draft.blueprint.secret_recovery.days,
        )
    )
    return SecretValue(secret)
