"""Databases and caches: made when Google Cloud takes over."""

from __future__ import annotations

from math import ceil

from groundplan.blueprint.data import Cache, Database
from groundplan.catalog import instances
from groundplan.design.databases import database_name
from groundplan.design.draft import identifier
from groundplan.design.google import secrets
from groundplan.design.google.copies import google_bucket
from groundplan.design.google.network import NETWORK, before_managed
from groundplan.design.google.pilot import REGION, Pilot
from groundplan.resources.google.databases import (
    GoogleRedis,
    GoogleSqlDatabase,
    GoogleSqlInstance,
    GoogleSqlUser,
    RedisVersion,
)
from groundplan.resources.google.secrets import GoogleSecretVersion
from groundplan.resources.values import InputValue, Ref, Textual, text
from groundplan.units import DataSize

PORT = 5432
"""Cloud SQL's, always."""
REDIS_TLS_PORT = 6378
"""Source: https://cloud.google.com/memorystore/docs/redis/about-in-transit-encryption"""
LEAST_DISK = 10
"""GB. Source: https://cloud.google.com/sql/docs/postgres/quotas"""
MOST_LOG_DAYS = 7
"""Days of transaction logs. Source: https://cloud.google.com/sql/docs/postgres/backup-recovery/pitr"""
MOST_BACKUPS = 365


def instance(name: str) -> Ref[GoogleSqlInstance]:
    """The Cloud SQL instance of a database."""
    return Ref(GoogleSqlInstance, identifier(name))


def redis(name: str) -> Ref[GoogleRedis]:
    """The Memorystore instance of a cache."""
    return Ref(GoogleRedis, identifier(name))


def username(name: str) -> Textual:
    """The user that services are, called as on AWS."""
    return InputValue(f"{identifier(name)}_db_username")


def add_databases(pilot: Pilot) -> None:
    """A Cloud SQL instance for each database, which a person fills with the latest dump."""
    for name, spec in pilot.draft.blueprint.databases.items():
        if pilot.has(name):
            _add_database(pilot, name, spec)


def _gigabytes(size: DataSize | None) -> int:
    return ceil(size.mib / 1024) if size else 0


def _add_database(pilot: Pilot, name: str, spec: Database) -> None:
    draft, ident = pilot.draft, identifier(name)
    size = max(LEAST_DISK, _gigabytes(spec.storage.size))
    made = draft.add(
        GoogleSqlInstance(
            name=ident,
            concern="databases",
            instance_name=pilot.called("google_sql_instance", name, f"databases.{name}"),
            location=REGION,
            database_version=f"POSTGRES_{spec.engine.version.partition('.')[0]}",
            tier=pilot.spec.database_tier,
            availability_type="REGIONAL" if spec.standby else "ZONAL",
            disk_size=size,
            disk_autoresize_limit=max(size, _gigabytes(spec.storage.max)) if spec.storage.max else 0,
            network=NETWORK,
            retained_backups=min(max(spec.backups.days, 1), MOST_BACKUPS),
            transaction_log_retention_days=min(max(spec.backups.days, 1), MOST_LOG_DAYS),
            backup_start_time=spec.backup_window.partition("-")[0],
            deletion_protection=spec.deletion_protection,
            depends_on=before_managed(pilot, "sqladmin"),
        )
    )
    within = database_name(draft, spec)
    draft.add(GoogleSqlDatabase(name=ident, concern="databases", database_name=within, instance=made))
    user = draft.add(
        GoogleSqlUser(
            name=ident,
            concern="databases",
            username=username(name),
            instance=made,
            password=secrets.password(name),
        )
    )
    if spec.credentials == "generated":
        address = made.attribute("private_address")
        draft.add(
            GoogleSecretVersion(
                name=secrets.url(name).name,
                concern="databases",
                present="active",
                secret=secrets.url(name),
                value=text(
                    "postgresql://", username(name), ":", user.attribute("password"), "@", address,
                    f":{PORT}/{within}?sslmode=require",
                ),
            )
        )  # fmt: skip
    pilot.allow(
        f"{ident}_import",
        google_bucket(pilot.spec.dumps),
        "roles/storage.objectViewer",
        text("serviceAccount:", made.attribute("member")),
        present="active",
        concern="databases",
    )


def add_caches(pilot: Pilot) -> None:
    """A Memorystore instance for each cache that a service needs. It begins empty."""
    needed = {need.name for _, need in pilot.needs("caches")}
    for name, spec in pilot.draft.blueprint.caches.items():
        if name in needed:
            _add_cache(pilot, name, spec)


def _add_cache(pilot: Pilot, name: str, spec: Cache) -> None:
    node = instances.find(spec.node_class)
    if node is None or node.memory_gib is None:
        pilot.draft.problem(
            f"caches.{name}.class", f"the memory of {spec.node_class} is not known, which Memorystore is sized by"
        )
        return
    pilot.draft.add(
        GoogleRedis(
            name=identifier(name),
            concern="caches",
            instance_name=pilot.called("google_redis", name, f"caches.{name}"),
            location=REGION,
            redis_version=_redis_version(spec),
            tier="STANDARD_HA" if spec.nodes > 1 else "BASIC",
            memory_size=max(1, ceil(node.memory_gib * (spec.shards or 1))),
            network=NETWORK,
            transit_encryption=spec.encryption,
            depends_on=before_managed(pilot, "redis"),
        )
    )


def _redis_version(spec: Cache) -> RedisVersion:
    """What speaks the same protocol: Valkey 7.2 and 8 speak that of Redis 7.2."""
    major, _, minor = spec.engine.version.partition(".")
    if spec.engine.name == "redis" and int(major) < 7:
        return "REDIS_6_X"
    return "REDIS_7_0" if spec.engine.name == "redis" and minor.startswith("0") else "REDIS_7_2"


def cache_variables(pilot: Pilot, name: str, prefix: str) -> dict[str, Textual]:
    """What a service gets of a cache after a take-over: no secret, since only the network reaches it."""
    host = redis(name).attribute("host")
    if not pilot.draft.blueprint.caches[name].encryption:
        return {f"{identifier(name).upper()}_HOST": host}
    address = text("rediss://", host, f":{REDIS_TLS_PORT}/0")
    return {prefix: address, f"{prefix.removesuffix('_URL')}_CA_CERTIFICATE": redis(name).attribute("certificate")}
