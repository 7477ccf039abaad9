"""Amazon RDS, Amazon ElastiCache and Amazon DynamoDB in Terraform."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from groundplan.engines.terraform.context import Context
from groundplan.engines.terraform.hcl import Block
from groundplan.engines.terraform.rows import Row
from groundplan.engines.terraform.security import after_policies, secrets_in
from groundplan.resources.databases import (
    CacheParameterGroup,
    CacheReplicationGroup,
    CacheSubnetGroup,
    DatabaseInstance,
    DatabaseParameterGroup,
    DatabaseSubnetGroup,
    Table,
)

RDS, ELASTICACHE, DYNAMODB = "rds.tf", "elasticache.tf", "dynamodb.tf"
_UPGRADED = ("engine_version",)


@cache
def _static_parameters() -> dict[str, frozenset[str]]:
    """Parameters that take effect at a restart only, by the engine that families begin with."""
    import tomllib  # here, since not every command renders

    source = Path(__file__).with_name("static_parameters.toml").read_text(encoding="utf-8")
    return {engine: frozenset(names["static"]) for engine, names in tomllib.loads(source).items()}


def _database_parameters(group: DatabaseParameterGroup, context: Context) -> Iterator[Block]:
    static = next((names for engine, names in _static_parameters().items() if group.family.startswith(engine)), ())
    for name, value in sorted(group.parameters.items()):
        # RDS refuses to apply a static parameter at once.
        method = "pending-reboot" if name in static else None
        yield context.block("parameter", {"name": name, "value": value, "apply_method": method})


def _cache_parameters(group: CacheParameterGroup, context: Context) -> Iterator[Block]:
    for name, value in sorted(group.parameters.items()):
        yield context.block("parameter", {"name": name, "value": value})


def _table(table: Table, context: Context) -> Iterator[Block]:
    yield context.block("attribute", {"name": table.hash_key, "type": table.hash_key_type})
    if table.kms_key:
        encryption = {"enabled": True, "kms_key_arn": table.kms_key.arn}
        yield context.block("server_side_encryption", encryption)
    yield context.block("point_in_time_recovery", {"enabled": table.point_in_time_recovery})


def _instance(instance: DatabaseInstance, context: Context) -> dict[str, object]:
    found: dict[str, object] = {"manage_master_user_password": True if instance.manage_master_user_password else None}
    if instance.master_password is not None:
        found |= {
            "password_wo": context.write_only(instance.master_password),
            "password_wo_version": context.write_only_version(secrets_in(instance.master_password)),
        }
    if instance.source is not None:
        # By its ARN where the primary is in another region.
        primary = context.architecture[instance.source]
        near = primary.region == instance.region
        found["replicate_source_db"] = context.value(instance.source.attribute("id" if near else "arn"))
        # RDS is not told, since a replica takes it from its primary. But the provider neither computes nor changes
        # it: without it every later plan would make the replica anew.
        found["storage_encrypted"] = True if primary.storage_encrypted else None
    if instance.availability_zone:
        found["availability_zone"] = context.in_region(instance.availability_zone)
    return found


def _before_instance(instance: DatabaseInstance, context: Context) -> list[str]:
    # RDS tries the role when the instance is made.
    return after_policies([instance.monitoring_role] if instance.monitoring_role else [], context)


def _replication_group(group: CacheReplicationGroup, context: Context) -> dict[str, object]:
    if group.auth_token is None:
        return {}
    return {
        "auth_token_wo": context.write_only(group.auth_token),
        "auth_token_wo_version": context.write_only_version(secrets_in(group.auth_token)),
        # The old token stays good until the clients have the new one.
        "auth_token_update_strategy": "ROTATE",
    }


ROWS = (
    Row(
        DatabaseSubnetGroup,
        "aws_db_subnet_group",
        RDS,
        attributes={"id": "name"},
        referred=("name", "id"),
        rename={"subnet_group_name": "name"},
    ),
    Row(
        DatabaseParameterGroup,
        "aws_db_parameter_group",
        RDS,
        attributes={"id": "name"},
        referred=("name", "id"),
        rename={"parameter_group_name": "name"},
        blocks=_database_parameters,
        written=frozenset({"parameters"}),
        # RDS deletes none that a database still has.
        create_before_destroy=True,
        section=1,
    ),
    Row(
        DatabaseInstance,
        "aws_db_instance",
        RDS,
        # AWS upgrades minor versions by itself, and refuses what Terraform would do then: to go back to this one.
        # Source: https://github.com/hashicorp/terraform-provider-aws/issues/39579
        ignore_changes=lambda instance: _UPGRADED if instance.auto_minor_version_upgrade and instance.engine else (),
        ignored_because="AWS upgrades minor versions, and takes no older one.",
        # A replica holds nothing that is not elsewhere.
        protects=lambda instance: instance.deletion_protection and instance.source is None,
        attributes={
            # The provider's own id is the instance's resource id, which no dimension and no replica takes.
            "id": "identifier",
            "arn": "arn",
            "address": "address",
            "port": "port",
            "master_user_secret_arn": "master_user_secret[0].secret_arn",
        },
        numbers=frozenset({"port"}),
        first=("identifier", "replicate_source_db", "engine", "engine_version", "instance_class"),
        paragraphs=(
            ("allocated_storage", "max_allocated_storage", "storage_type", "storage_encrypted", "kms_key_id"),
            (
                "db_name", "username", "password_wo", "password_wo_version", "manage_master_user_password",
                "master_user_secret_kms_key_id",
            ),
            (
                "port", "multi_az", "availability_zone", "db_subnet_group_name", "vpc_security_group_ids",
                "publicly_accessible",
            ),
            ("parameter_group_name", "ca_cert_identifier", "auto_minor_version_upgrade", "maintenance_window"),
            (
                "performance_insights_enabled", "performance_insights_retention_period",
                "performance_insights_kms_key_id", "monitoring_interval", "monitoring_role_arn",
                "enabled_cloudwatch_logs_exports",
            ),
            (
                "backup_retention_period", "backup_window", "copy_tags_to_snapshot", "deletion_protection",
                "skip_final_snapshot", "final_snapshot_identifier",
            ),
        ),
        rename={
            "database_name": "db_name",
            "master_username": "username",
            "subnet_group": "db_subnet_group_name",
            "security_groups": "vpc_security_group_ids",
            "ca_certificate_identifier": "ca_cert_identifier",
        },
        arguments=_instance,
        written=frozenset({"source", "master_password", "manage_master_user_password", "availability_zone"}),
        waits_for=_before_instance,
        section=2,
    ),
    Row(
        CacheSubnetGroup,
        "aws_elasticache_subnet_group",
        ELASTICACHE,
        attributes={"id": "name"},
        referred=("name", "id"),
        rename={"subnet_group_name": "name"},
    ),
    Row(
        CacheParameterGroup,
        "aws_elasticache_parameter_group",
        ELASTICACHE,
        attributes={"id": "name"},
        referred=("name", "id"),
        rename={"parameter_group_name": "name"},
        blocks=_cache_parameters,
        written=frozenset({"parameters"}),
        section=1,
    ),
    Row(
        CacheReplicationGroup,
        "aws_elasticache_replication_group",
        ELASTICACHE,
        attributes={
            "id": "id",
            "arn": "arn",
            "primary_endpoint_address": "primary_endpoint_address",
            "reader_endpoint_address": "reader_endpoint_address",
            "configuration_endpoint_address": "configuration_endpoint_address",
        },
        arguments=_replication_group,
        paragraphs=(
            ("port", "subnet_group_name", "security_group_ids", "automatic_failover_enabled", "multi_az_enabled"),
            (
                "at_rest_encryption_enabled", "kms_key_id", "transit_encryption_enabled", "auth_token_wo",
                "auth_token_wo_version", "auth_token_update_strategy",
            ),
            ("snapshot_retention_limit", "snapshot_window", "maintenance_window", "auto_minor_version_upgrade"),
        ),
        written=frozenset({"auth_token"}),
        section=2,
    ),
    Row(
        Table,
        "aws_dynamodb_table",
        DYNAMODB,
        protects=lambda table: table.deletion_protection,
        attributes={"id": "name", "arn": "arn"},
        referred=("name", "id"),
        rename={"table_name": "name", "deletion_protection": "deletion_protection_enabled"},
        fixed={"billing_mode": "PAY_PER_REQUEST"},
        blocks=_table,
        written=frozenset({"hash_key_type", "kms_key", "point_in_time_recovery"}),
    ),
)  # fmt: skip
