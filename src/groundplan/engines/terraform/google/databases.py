"""Cloud SQL and Memorystore in Terraform."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.engines.terraform.context import Context, label
from groundplan.engines.terraform.google.base import count, row
from groundplan.engines.terraform.hcl import Argument, Blank, Block, Expression
from groundplan.engines.terraform.rows import Beside
from groundplan.resources.google.databases import GoogleRedis, GoogleSqlDatabase, GoogleSqlInstance, GoogleSqlUser

FILE = "google_databases.tf"
_VERSION = "google_secret_manager_secret_version"


def _instance(instance: GoogleSqlInstance, _: Context) -> dict[str, object]:
    return {"deletion_protection": instance.deletion_protection}


def _instance_blocks(instance: GoogleSqlInstance, context: Context) -> Iterator[Block]:
    backups = {
        "enabled": True,
        "start_time": instance.backup_start_time,
        "point_in_time_recovery_enabled": True,
        "transaction_log_retention_days": instance.transaction_log_retention_days,
    }
    kept = {"retained_backups": instance.retained_backups, "retention_unit": "COUNT"}
    yield context.block(
        "settings",
        {
            "tier": instance.tier,
            "edition": instance.edition,
            "availability_type": instance.availability_type,
            "disk_type": "PD_SSD",
            "disk_size": instance.disk_size,
            "disk_autoresize": True,
            "disk_autoresize_limit": instance.disk_autoresize_limit,
            "deletion_protection_enabled": instance.deletion_protection,
        },
        context.block(
            "ip_configuration",
            {"ipv4_enabled": False, "private_network": context.refer(instance.network), "ssl_mode": instance.ssl_mode},
        ),
        context.block("backup_configuration", backups, context.block("backup_retention_settings", kept)),
        *(
            context.block("database_flags", {"name": name, "value": value})
            for name, value in instance.database_flags.items()
        ),
    )


def _database(database: GoogleSqlDatabase, _: Context) -> dict[str, object]:
    return {"instance": database.instance.attribute("instance_name")}


def _user(user: GoogleSqlUser, _: Context) -> dict[str, object]:
    return {
        "instance": user.instance.attribute("instance_name"),
        "password_wo": user.ref.attribute("password"),
        "password_wo_version": 1,
    }


def _password(user: GoogleSqlUser, context: Context) -> Iterator[Block]:
    own = count(user)
    yield Block(
        "ephemeral",
        (_VERSION, label(user.ref)),
        (
            *((Argument("count", own), Blank()) if own else ()),
            Argument("secret", Expression(context.attribute(user.password, "secret_id"))),
        ),
    )


def _redis(redis: GoogleRedis, _: Context) -> dict[str, object]:
    return {
        "connect_mode": "PRIVATE_SERVICE_ACCESS",
        "transit_encryption_mode": "SERVER_AUTHENTICATION" if redis.transit_encryption else "DISABLED",
        "auth_enabled": False,
    }


ROWS = (
    row(
        GoogleSqlInstance,
        "google_sql_database_instance",
        FILE,
        attributes={
            "instance_name": "name",
            "private_address": "private_ip_address",
            "member": "service_account_email_address",
        },
        rename={"instance_name": "name", "location": "region"},
        blocks=_instance_blocks,
        written=frozenset(
            {
                "edition", "tier", "availability_type", "disk_size", "disk_autoresize_limit", "network", "ssl_mode",
                "retained_backups", "transaction_log_retention_days", "backup_start_time", "deletion_protection",
                "database_flags",
            }
        ),
        arguments=_instance,
    ),
    row(
        GoogleSqlDatabase,
        "google_sql_database",
        FILE,
        rename={"database_name": "name"},
        arguments=_database,
        written=frozenset({"instance"}),
        section=1,
    ),
    row(
        GoogleSqlUser,
        "google_sql_user",
        FILE,
        attributes={"password": Beside(f"ephemeral.{_VERSION}", "secret_data")},
        rename={"username": "name"},
        arguments=_user,
        beside=_password,
        written=frozenset({"instance", "password"}),
        section=2,
    ),
    row(
        GoogleRedis,
        "google_redis_instance",
        FILE,
        attributes={"host": "host", "port": "port", "certificate": "server_ca_certs[0].cert"},
        numbers=frozenset({"port"}),
        rename={
            "instance_name": "name",
            "location": "region",
            "memory_size": "memory_size_gb",
            "network": "authorized_network",
        },
        arguments=_redis,
        written=frozenset({"transit_encryption"}),
        section=3,
    ),
)  # fmt: skip
