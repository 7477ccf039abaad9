"""A Compose file: the services on a developer's machine, with containers in place of databases and caches.

Each gets the variables that its task gets, with values for here. What is AWS's own, buckets and queues, is asked for at
``AWS_ENDPOINT_URL``, or in a real account.
Source: https://docs.docker.com/reference/compose-file/
"""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from groundplan.blueprint.data import Cache, Database
from groundplan.blueprint.jobs import Job
from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.references import parts
from groundplan.blueprint.services import Service
from groundplan.blueprint.validation.base import workloads
from groundplan.blueprint.workloads import Workload
from groundplan.catalog.base_images import base_image

LOCAL = "${LOCAL_PASSWORD:-local-only}"
"""The password of everything that runs here: nobody reaches it from outside."""
DEPLOYED_USER = "app"
SCRATCH = "/tmp"  # noqa: S108 - in the container, of its own


def compose(blueprint: Blueprint, environment: str) -> str:
    """The Compose file of an environment's services and jobs that are built here."""
    built = {name: (family, spec) for family, name, spec in workloads(blueprint) if spec.build is not None}
    needed = {need.name for _, spec in built.values() for need in spec.needs}
    services: dict[str, object] = {}
    volumes: dict[str, object] = {}
    for name, (_, spec) in built.items():
        services[name] = _workload(blueprint, environment, name, spec)
    for name, database in blueprint.databases.items():
        if name in needed:
            services[name] = _database(blueprint, name, database)
            volumes[f"{name}-data"] = {}
    for name, cache in blueprint.caches.items():
        if name in needed:
            services[name] = _cache(cache)
    document: dict[str, object] = {"name": blueprint.project, "services": services}
    if volumes:
        document["volumes"] = volumes
    written: str = yaml.safe_dump(document, sort_keys=False, width=110, allow_unicode=True)
    return written


def variables(blueprint: Blueprint, environment: str, name: str, workload: Workload) -> dict[str, str | None]:
    """Every variable that a task of it gets, with its value on a developer's machine."""
    given = dict(_given(blueprint, workload))
    own: dict[str, str | None] = {
        key: _value(blueprint, environment, value) for key, value in workload.environment.items()
    }
    secrets: dict[str, str | None] = {key: f"${{{key}:-local-only}}" for key in workload.secrets}
    return given | own | secrets


def _workload(blueprint: Blueprint, environment: str, name: str, spec: Workload) -> dict[str, object]:
    assert spec.build is not None
    found: dict[str, object] = {
        "build": f"./{spec.build.folder}" if spec.build.folder != "." else ".",
        "environment": variables(blueprint, environment, name, spec),
        "init": True,
        "read_only": spec.read_only,
        "mem_limit": f"{spec.size.memory}m",
    }
    if spec.read_only:
        found["tmpfs"] = [SCRATCH]
    if isinstance(spec, Service) and spec.port is not None:
        # Only this machine reaches it.
        found["ports"] = [f"127.0.0.1:{spec.port}:{spec.port}"]
    if isinstance(spec, Job):
        found["profiles"] = ["jobs"]  # docker compose run --rm NAME
    after = {
        need.name: {"condition": "service_healthy"}
        for need in spec.needs
        if need.name in blueprint.databases or need.name in blueprint.caches
    }
    if after:
        found["depends_on"] = after
    return found


def _given(blueprint: Blueprint, workload: Workload) -> Iterator[tuple[str, str | None]]:
    """See ``design.tasks``: the same names."""
    if isinstance(workload, Service) and workload.port is not None:
        yield "PORT", str(workload.port)
    needed = [need.name for need in workload.needs]
    databases = [name for name in needed if name in blueprint.databases]
    caches = [name for name in needed if name in blueprint.caches]
    for name in needed:
        prefix = name.replace("-", "_").upper()
        if name in blueprint.databases:
            yield from _of_database(blueprint, name, prefix, alone=len(databases) == 1)
        elif name in blueprint.caches:
            yield from _of_cache(blueprint.caches[name], name, prefix, alone=len(caches) == 1)
        elif name in blueprint.buckets:
            yield f"{prefix}_BUCKET", f"${{{prefix}_BUCKET:-{blueprint.project}-local-{name}}}"
        elif name in blueprint.queues:
            yield f"{prefix}_QUEUE_URL", f"${{{prefix}_QUEUE_URL:-}}"
        elif name in blueprint.services:
            yield f"{prefix}_URL", f"http://{name}:{blueprint.services[name].port}"
    if any(name in blueprint.buckets or name in blueprint.queues for name in needed):
        yield "AWS_REGION", blueprint.region
        for variable in ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
            yield variable, None  # as the shell has it that starts Compose; else it is not there


def _of_database(blueprint: Blueprint, name: str, prefix: str, *, alone: bool) -> Iterator[tuple[str, str]]:
    spec = blueprint.databases[name]
    if spec.credentials == "generated":
        url = f"{_scheme(spec)}://{DEPLOYED_USER}:{LOCAL}@{name}:{spec.port}/{_called(blueprint, spec)}"
        yield "DATABASE_URL" if alone else f"{prefix}_DATABASE_URL", url
        return
    yield f"{prefix}_HOST", name
    yield f"{prefix}_PORT", str(spec.port)
    yield f"{prefix}_NAME", _called(blueprint, spec)
    yield f"{prefix}_USERNAME", DEPLOYED_USER
    yield f"{prefix}_PASSWORD", LOCAL
    yield f"{prefix}_SECRET_ARN", ""


def _of_cache(spec: Cache, name: str, prefix: str, *, alone: bool) -> Iterator[tuple[str, str]]:
    if spec.shards is not None:
        yield f"{prefix}_CLUSTER", "false"  # one container is one shard
    if spec.encryption:
        yield "REDIS_URL" if alone else f"{prefix}_REDIS_URL", f"redis://{name}:{spec.port}/0"
    else:
        yield f"{prefix}_HOST", name


def _value(blueprint: Blueprint, environment: str, written: str) -> str:
    """What a variable refers to, here."""
    meant = {"region": blueprint.region, "environment": environment}
    return "".join(
        part.replace("$", "$$") if isinstance(part, str) else meant.get(part.name, "localhost")
        for part in parts(written)
    )


def _scheme(spec: Database) -> str:
    return "postgresql" if spec.engine.name in ("postgres", "postgresql") else "mysql"


def _called(blueprint: Blueprint, spec: Database) -> str:
    return spec.database or blueprint.project.replace("-", "_")


def _database(blueprint: Blueprint, name: str, spec: Database) -> dict[str, object]:
    version, called = spec.engine.version, _called(blueprint, spec)
    if _scheme(spec) == "postgresql":
        spatial = any(extension.startswith("postgis") for extension in spec.extensions)
        image = base_image("postgis").at(version.partition(".")[0]) if spatial else base_image("postgres").at(version)
        environment = {"POSTGRES_USER": DEPLOYED_USER, "POSTGRES_PASSWORD": LOCAL, "POSTGRES_DB": called}
        # Before 18 the data are in a folder of their own, since then in one for each version.
        kept = "/var/lib/postgresql" if int(version.partition(".")[0]) >= 18 else "/var/lib/postgresql/data"
        check = ["CMD", "pg_isready", "-U", DEPLOYED_USER, "-d", called]
    else:
        image = base_image(spec.engine.name).at(version)
        environment = {
            "MYSQL_USER": DEPLOYED_USER,
            "MYSQL_PASSWORD": LOCAL,
            "MYSQL_DATABASE": called,
            "MYSQL_RANDOM_ROOT_PASSWORD": "yes",
        }
        kept = "/var/lib/mysql"
        check = ["CMD-SHELL", 'mysqladmin ping -u "$$MYSQL_USER" --password="$$MYSQL_PASSWORD"']
    return {
        "image": image,
        "environment": environment,
        "volumes": [f"{name}-data:{kept}"],
        "healthcheck": {"test": check, "interval": "5s", "timeout": "3s", "retries": 12},
    }


def _cache(spec: Cache) -> dict[str, object]:
    # ElastiCache counts some versions of Redis that its authors never released: the newest of the major stands in.
    image = base_image(spec.engine.name).at(spec.engine.version.partition(".")[0])
    program = "valkey-cli" if spec.engine.name == "valkey" else "redis-cli"
    return {
        "image": image,
        "healthcheck": {"test": ["CMD", program, "ping"], "interval": "5s", "timeout": "3s", "retries": 12},
    }
