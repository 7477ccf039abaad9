"""PostgreSQL on Amazon RDS: primary, standby, replicas, parameters, password, logs."""

from __future__ import annotations

from groundplan.blueprint.data import Database
from groundplan.catalog import engines
from groundplan.design.draft import VPC, Draft, identifier
from groundplan.design.encryption import database_key, main_key
from groundplan.design.logs import add_log_group
from groundplan.design.networking import subnets_of
from groundplan.design.regions import in_standby, of_primary
from groundplan.design.security_groups import add_group, group_of
from groundplan.resources.databases import DatabaseInstance, DatabaseParameterGroup, DatabaseSubnetGroup
from groundplan.resources.monitoring import LogGroup
from groundplan.resources.policies import service_trust
from groundplan.resources.security import GeneratedPassword, Role, Secret, SecretReplica, SecretRotation
from groundplan.resources.values import InputValue, Pseudo, Ref, SecretValue, Textual, text

SUBNETS = Ref(DatabaseSubnetGroup, "main")
MONITORING = Ref(Role, "rds_monitoring")


def label(name: str, spec: Database) -> str:
    """What the database is called in AWS."""
    return spec.name or name


def database_name(draft: Draft, spec: Database) -> str:
    """Name of the database inside the instance."""
    return spec.database or identifier(draft.blueprint.project)


def primary(name: str) -> Ref[DatabaseInstance]:
    """The primary instance of a database."""
    return Ref(DatabaseInstance, identifier(name))


def url_secret(name: str) -> Ref[Secret]:
    """The secret that holds a database's whole URL."""
    return Ref(Secret, f"{identifier(name)}_url")


def password_secret(name: str) -> Ref[Secret]:
    """The secret that holds a database's user and generated password."""
    return Ref(Secret, f"{identifier(name)}_password")


def add_databases(draft: Draft) -> None:
    """Every database of the blueprint."""
    databases = draft.blueprint.databases
    if not databases:
        return
    add_surroundings(draft)
    for name, spec in databases.items():
        add_group(draft, identifier(name), f"Database {name}", f"databases.{name}.name", shown=label(name, spec))
        _add_database(draft, name, spec)


def add_surroundings(draft: Draft) -> None:
    """What all databases share: subnets, and the role that writes their metrics."""
    draft.add(
        DatabaseSubnetGroup(
            name="main",
            concern="databases",
            subnet_group_name=draft.called("db_subnet_group", "main", "project"),
            description=f"{draft.title} database subnets",
            subnets=subnets_of(draft, "database"),
            tags=draft.name_tag("main"),
        )
    )
    monitored = [name for name, spec in draft.blueprint.databases.items() if spec.monitoring]
    if monitored:
        _add_monitoring_role(draft, f"databases.{monitored[0]}.monitoring")


def _add_monitoring_role(draft: Draft, because: str) -> None:
    """Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html"""
    draft.add(
        Role(
            name="rds_monitoring",
            concern="databases",
            role_name=draft.called("iam_role", "rds-monitoring-role", "project"),
            description="Lets RDS write Enhanced Monitoring metrics to CloudWatch Logs",
            trust=service_trust("monitoring.rds.amazonaws.com"),
            managed_policy_arns=(
                text("arn:", Pseudo.PARTITION, ":iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"),
            ),
        ),
        because=because,
    )


def engine_version(draft: Draft, name: str, spec: Database) -> tuple[str, str] | None:
    """The exact version and the parameter group family. Reports an engine or version that RDS does not create."""
    path = f"databases.{name}.engine"
    if spec.engine.name not in ("postgres", "postgresql"):
        draft.problem(path, f'"{spec.engine.name}" is no database engine that Groundplan builds; write postgres 16')
        return None
    return resolve_version(draft, engines.postgres, spec.engine.version, path)


def resolve_version(draft: Draft, engine: engines.Engine, asked: str, path: str) -> tuple[str, str] | None:
    """The exact version for what is asked, and its parameter group family. Reports what AWS does not create."""
    found = engine.find(asked)
    problem = found.problem()
    if problem or found.parameter_group_family is None:
        draft.problem(path, problem or f"no parameter group family is known for {found.title} {found.version}")
        return None
    return found.version, found.parameter_group_family


def instance_name(draft: Draft, name: str, spec: Database) -> str:
    """What a database's instance is called in AWS."""
    return draft.called("rds_instance", label(name, spec), f"databases.{name}.name")


def _add_database(draft: Draft, name: str, spec: Database) -> None:
    draft.check_class(spec.instance_class, "db.", f"databases.{name}.class")
    if spec.replica_class:
        draft.check_class(spec.replica_class, "db.", f"databases.{name}.replica_class")
    resolved = engine_version(draft, name, spec)
    if resolved is None:
        return
    version, family = resolved
    called = label(name, spec)
    instance_id = instance_name(draft, name, spec)
    parameters = add_parameters(draft, name, spec, family)
    logs = add_logs(draft, name, identifier(name), instance_id, spec)
    username = InputValue(f"{identifier(name)}_db_username")
    draft.input(
        username.name,
        f"Master user of the database {name}",
        default=spec.username,
        pattern="[A-Za-z][A-Za-z0-9_]{0,62}",
        hint="a letter, then letters, digits and underscores, at most 63 in all",
    )
    password = _add_password(draft, name, called, username) if spec.credentials == "generated" else None
    only_one = len(draft.blueprint.databases) == 1
    instance = draft.add(
        DatabaseInstance(
            name=identifier(name),
            concern="databases",
            identifier=instance_id,
            instance_class=spec.instance_class,
            engine="postgres",
            engine_version=version,
            allocated_storage=spec.storage.size.gib,
            max_allocated_storage=spec.storage.max.gib if spec.storage.max else None,
            storage_type=spec.storage.type,
            storage_encrypted=spec.encryption,
            kms_key=database_key(draft) if spec.encryption else None,
            database_name=database_name(draft, spec),
            master_username=username,
            master_password=password,
            manage_master_user_password=password is None,
            master_user_secret_kms_key=main_key(draft) if password is None else None,
            port=spec.port,
            multi_az=spec.standby,
            availability_zone=draft.zone(spec.zone) if spec.zone else None,
            subnet_group=SUBNETS,
            parameter_group=parameters,
            security_groups=(group_of(name),),
            backup_retention_period=spec.backups.days,
            backup_window=spec.backup_window,
            maintenance_window=spec.maintenance_window,
            auto_minor_version_upgrade=spec.minor_upgrades,
            enabled_cloudwatch_logs_exports=tuple(spec.log_exports),
            deletion_protection=spec.deletion_protection,
            skip_final_snapshot=not spec.final_snapshot,
            final_snapshot_identifier=_final_snapshot(draft, called, only_one) if spec.final_snapshot else None,
            depends_on=logs,
            tags=draft.name_tag("primary" if only_one else f"{called}-primary"),
            performance_insights_enabled=spec.performance_insights is not None,
            performance_insights_retention_period=spec.performance_insights.days if spec.performance_insights else None,
            performance_insights_kms_key=database_key(draft) if spec.performance_insights and spec.encryption else None,
            monitoring_interval=spec.monitoring.seconds if spec.monitoring else 0,
            monitoring_role=MONITORING if spec.monitoring else None,
        )
    )
    for number in range(1, spec.replicas + 1):
        _add_replica(draft, name, spec, instance, number, only_one=only_one)
    if password:
        add_url(draft, name, spec, called)
    elif spec.rotation is not None:
        draft.add(
            SecretRotation(
                name=identifier(name),
                concern="databases",
                secret=instance.attribute("master_user_secret_arn"),
                automatically_after_days=spec.rotation.days,
            )
        )
    draft.output(f"{identifier(name)}_address", f"Host name of the database {name}", instance.attribute("address"))


def add_parameters(draft: Draft, name: str, spec: Database, family: str) -> Ref[DatabaseParameterGroup]:
    """The parameters that a database runs with. Their group is called by its family, too: a new major version of the
    engine takes another group, which has to be there before the database leaves the old one."""
    called = f"{label(name, spec)}-{family}"
    return draft.add(
        DatabaseParameterGroup(
            name=identifier(name),
            concern="databases",
            parameter_group_name=draft.called("db_parameter_group", called, f"databases.{name}.name", lengthened=True),
            family=family,
            description=f"{draft.title} {called}",
            parameters=dict(sorted(spec.parameters.items())),
            tags=draft.name_tag(called),
        )
    )


def add_logs(draft: Draft, name: str, prefix: str, instance_id: str, spec: Database) -> tuple[Ref[LogGroup], ...]:
    """The groups that RDS writes an instance's logs to. RDS would make them itself, and keep the logs for ever."""
    return tuple(
        add_log_group(
            draft,
            f"{prefix}_{export}",
            export,
            30,
            "databases",
            f"databases.{name}.name",
            full_name=f"/aws/rds/instance/{instance_id}/{export}",
        )
        for export in spec.log_exports
    )


def _final_snapshot(draft: Draft, called: str, only_one: bool) -> Textual:
    """The VPC's id makes the name unique for each life of the environment, yet the same at every apply (C-18)."""
    stem = draft.blueprint.project if only_one else f"{draft.blueprint.project}-{called}"
    return text(f"{stem}-final-snapshot-", VPC.attribute("id"))


def _add_password(draft: Draft, name: str, called: str, username: Textual) -> SecretValue:
    secret = draft.add(
        Secret(
            name=password_secret(name).name,
            concern="databases",
            secret_name=draft.legal("secret", secret_name(draft, f"{called}_password"), f"databases.{name}.name"),
            description=f"Master user and generated password of the database {name}",
            kms_key=main_key(draft),
            generate=GeneratedPassword(username=username),
            recovery_window_in_days=draft.blueprint.secret_recovery.days,
            replicas=secret_replicas(draft),
        )
    )
    return SecretValue(secret, "password")


def secret_replicas(draft: Draft) -> tuple[SecretReplica, ...]:
    """Where a secret is copied to: the region of the standby."""
    if draft.standby is None:
        return ()
    key = main_key(draft.standby)
    return (SecretReplica(draft.standby.blueprint.region, in_standby(key) if key else None),)


def secret_name(draft: Draft, name: str) -> str:
    """``DuskSpendr/production/db_url``: every secret of a project stands under its title."""
    return f"{draft.title}/{draft.stage}/{name}"


def _credential(draft: Draft, name: str, key: str) -> SecretValue:
    """User or password. A standby reads the copy of the primary's in its own region: its database is a copy too."""
    if draft.primary is None:
        return SecretValue(password_secret(name), key)
    return SecretValue(of_primary(password_secret(name)), key, draft.blueprint.region)


def add_url(draft: Draft, name: str, spec: Database, called: str) -> None:
    """The secret with the whole URL of a database."""
    draft.add(
        Secret(
            name=url_secret(name).name,
            concern="databases",
            secret_name=draft.legal("secret", secret_name(draft, f"{called}_url"), f"databases.{name}.name"),
            description=f"URL of the database {name} with user and password",
            kms_key=main_key(draft),
            recovery_window_in_days=draft.blueprint.secret_recovery.days,
            value=text(
                "postgresql://",
                _credential(draft, name, "username"),
                ":",
                _credential(draft, name, "password"),
                "@",
                primary(name).attribute("address"),
                f":{spec.port}/{database_name(draft, spec)}?sslmode=require",
            ),
        )
    )


def _add_replica(
    draft: Draft, name: str, spec: Database, source: Ref[DatabaseInstance], number: int, *, only_one: bool
) -> None:
    """A replica in the primary's region inherits encryption and key: the API refuses them there (C-17). How far its
    storage may grow is its own: one that stays small stops replicating when the primary has grown.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html
    """
    suffix = "replica" if spec.replicas == 1 else f"replica-{number}"
    called = f"{label(name, spec)}-{suffix}"
    ident = f"{identifier(name)}_{suffix.replace('-', '_')}"
    instance_id = draft.called("rds_instance", called, f"databases.{name}.name")
    draft.add(
        DatabaseInstance(
            name=ident,
            concern="databases",
            identifier=instance_id,
            instance_class=spec.replica_class or spec.instance_class,
            source=source,
            max_allocated_storage=spec.storage.max.gib if spec.storage.max else None,
            security_groups=(group_of(name),),
            auto_minor_version_upgrade=spec.minor_upgrades,
            deletion_protection=spec.deletion_protection,
            skip_final_snapshot=True,
            enabled_cloudwatch_logs_exports=tuple(spec.log_exports),
            depends_on=add_logs(draft, name, ident, instance_id, spec),
            tags=draft.name_tag(suffix if only_one else called),
            performance_insights_enabled=spec.performance_insights is not None,
            performance_insights_retention_period=spec.performance_insights.days if spec.performance_insights else None,
            performance_insights_kms_key=database_key(draft) if spec.performance_insights and spec.encryption else None,
            monitoring_interval=spec.monitoring.seconds if spec.monitoring else 0,
            monitoring_role=MONITORING if spec.monitoring else None,
        )
    )
