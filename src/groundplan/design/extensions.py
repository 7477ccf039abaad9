"""PostgreSQL extensions: a container of each task that needs the database creates them before the application starts.

RDS has no switch for extensions: they are made with SQL by a user with the role ``rds_superuser``,
which the master user has.
Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Extensions.html
"""

from __future__ import annotations

from groundplan.blueprint.data import Database
from groundplan.catalog import engines, extensions, images
from groundplan.design import databases
from groundplan.design.draft import Draft
from groundplan.resources.containers import Container
from groundplan.resources.monitoring import LogGroup
from groundplan.resources.values import Ref, Textual, text

LOCK = 7103824
"""Key of the advisory lock: of two tasks that start at once, one waits for the other."""
TRIES, PAUSE = 60, 5
"""A database that is just made or fails over answers after some minutes: tries, and seconds between two."""


def check_extensions(draft: Draft) -> None:
    """Report extensions that RDS lacks for a database's version, or that it would not create."""
    for name, spec in draft.blueprint.databases.items():
        engine = engines.postgres.find(spec.engine.version)
        if spec.engine.name not in ("postgres", "postgresql") or engine.problem():
            continue
        for index, extension in enumerate(spec.extensions):
            database = databases.database_name(draft, spec)
            problem = extensions.problem(extension, engine.version, spec.parameters, database)
            if problem:
                draft.problem(f"databases.{name}.extensions[{index}]", problem)


def container_name(database: str) -> str:
    """The container that creates a database's extensions."""
    return f"{database}-extensions"


def secrets(name: str, spec: Database) -> dict[str, Textual]:
    """The master user and its password, as ECS injects them."""
    managed = spec.credentials == "managed"
    secret = (
        databases.primary(name).attribute("master_user_secret_arn") if managed else databases.password_secret(name).arn
    )
    return {"PGUSER": text(secret, ":username::"), "PGPASSWORD": text(secret, ":password::")}


def creator(draft: Draft, name: str, spec: Database, group: Ref[LogGroup]) -> Container:
    """Runs once and ends. Nothing of the connection stands in its command, where others could read it."""
    return Container(
        name=container_name(name),
        image=str(images.image("psql")),
        essential=False,
        entry_point=("/bin/sh", "-c"),
        command=(script(spec.extensions),),
        user="postgres",
        environment={
            "PGHOST": databases.primary(name).attribute("address"),
            "PGPORT": str(spec.port),
            "PGDATABASE": databases.database_name(draft, spec),
            "PGSSLMODE": "require",
            "PGCONNECT_TIMEOUT": "10",
        },
        secrets=secrets(name, spec),
        log_group=group,
        log_stream_prefix=container_name(name),
        readonly_root_filesystem=True,
    )


def script(names: list[str]) -> str:
    """Shell that creates the extensions in one transaction. Tries again only while there is no connection.

    psql ends with 2 where the connection went bad, and with 1 where SQL failed:
    https://www.postgresql.org/docs/current/app-psql.html#APP-PSQL-EXIT-STATUS
    """
    statements = [
        f"SELECT pg_advisory_xact_lock({LOCK})",
        *(f'CREATE EXTENSION IF NOT EXISTS "{name}" CASCADE' for name in names),
    ]
    commands = " ".join(f"-c '{statement}'" for statement in statements)
    return f"""\
tries={TRIES}
while true; do
  psql -X -q -o /dev/null -v ON_ERROR_STOP=1 --single-transaction {commands} && exit 0
  code=$?
  tries=$((tries - 1))
  if [ $code -ne 2 ] || [ $tries -eq 0 ]; then exit $code; fi
  echo 'The database does not answer yet; trying again in {PAUSE} seconds'
  sleep {PAUSE}
done
"""
