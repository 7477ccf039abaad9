"""Databases of a standby: replicas of the primary's across regions, with a key, a network and a URL of their own.

Sources: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.XRgn.html,
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html
"""

from __future__ import annotations

from groundplan.blueprint.data import Database
from groundplan.design import databases
from groundplan.design.draft import Draft, identifier
from groundplan.design.encryption import database_key
from groundplan.design.regions import of_primary
from groundplan.design.security_groups import add_group, group_of
from groundplan.resources.databases import DatabaseInstance


def add_replicas(draft: Draft) -> None:
    """A replica of every database, called like the primary's instance: what is there reaches it by the same name."""
    if not draft.blueprint.databases:
        return
    databases.add_surroundings(draft)
    for name, spec in draft.blueprint.databases.items():
        shown = databases.label(name, spec)
        add_group(draft, identifier(name), f"Database {name}", f"databases.{name}.name", shown=shown)
        _add_replica(draft, name, spec)


def _add_replica(draft: Draft, name: str, spec: Database) -> None:
    """Engine, version, port, users and the database itself are the primary's. RDS makes a replica without backups; they
    begin when it is promoted."""
    draft.check_class(spec.instance_class, "db.", f"databases.{name}.class")
    resolved = databases.engine_version(draft, name, spec)
    if resolved is None:
        return
    called = databases.label(name, spec)
    instance_id = draft.called("rds_instance", called, f"databases.{name}.name")
    key = database_key(draft) if spec.encryption else None
    insights = spec.performance_insights
    instance = draft.add(
        DatabaseInstance(
            name=identifier(name),
            concern="databases",
            identifier=instance_id,
            instance_class=spec.instance_class,
            source=of_primary(databases.primary(name)),
            max_allocated_storage=spec.storage.max.gib if spec.storage.max else None,
            storage_type=spec.storage.type,
            kms_key=key,
            multi_az=spec.standby,
            availability_zone=draft.zone(spec.zone) if spec.zone else None,
            subnet_group=databases.SUBNETS,
            parameter_group=databases.add_parameters(draft, name, spec, resolved[1]),
            security_groups=(group_of(name),),
            auto_minor_version_upgrade=spec.minor_upgrades,
            enabled_cloudwatch_logs_exports=tuple(spec.log_exports),
            deletion_protection=spec.deletion_protection,
            skip_final_snapshot=True,
            depends_on=databases.add_logs(draft, name, identifier(name), instance_id, spec),
            tags=draft.name_tag(called),
            performance_insights_enabled=insights is not None,
            performance_insights_retention_period=insights.days if insights else None,
            performance_insights_kms_key=key if insights else None,
            monitoring_interval=spec.monitoring.seconds if spec.monitoring else 0,
            monitoring_role=databases.MONITORING if spec.monitoring else None,
        )
    )
    if spec.credentials == "generated":
        databases.add_url(draft, name, spec, called)
    draft.output(
        f"{identifier(name)}_address", f"Host name of the copy of the database {name}", instance.attribute("address")
    )
