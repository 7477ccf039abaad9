"""Several containers in a task: log routes, tracing, extensions, and what variables refer to."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.design.blueprints import designed, refused

from groundplan.catalog import extensions as catalog
from groundplan.catalog import images
from groundplan.design import extensions, routing, tracing
from groundplan.resources import Architecture
from groundplan.resources.containers import Container, ContainerRepository, TaskDefinition
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.edge import LoadBalancer, TargetGroup
from groundplan.resources.monitoring import LogGroup
from groundplan.resources.policies import Statement
from groundplan.resources.security import Role, Secret
from groundplan.resources.tracing import SamplingRule, TraceGroup
from groundplan.resources.values import Attribute, Pseudo, Ref, Text, text

START = "project: shop\ntitle: Shop\nregion: eu-central-1\n"
WEB = START + "services:\n  web:\n    image: {repository: web, tag: '1'}\n    port: 80\n"
DATABASE = "databases: {main: {engine: postgres 16, class: db.t4g.micro, extensions: [postgis, uuid-ossp]}}\n"


def task(architecture: Architecture, name: str = "web") -> dict[str, Container]:
    """The containers of a task by name."""
    return {item.name: item for item in architecture[Ref(TaskDefinition, name)].containers}


def rights(architecture: Architecture, role: str) -> dict[str, Statement]:
    """The statements of a role by their sid."""
    found = architecture[Ref(Role, role)].inline_policies
    return {item.sid: item for policy in found for item in policy.document.statements}


def test_one_container_needs_no_other() -> None:
    architecture = designed(WEB)
    (web,) = task(architecture).values()
    assert web.depends_on == ()
    assert web.log_group == Ref(LogGroup, "web")
    assert not list(architecture.of(TraceGroup))


# Log routes


ROUTED = WEB + "    logs: {retention: 7d, group: /ecs/shop-web, routes: {access: '\"GET |POST', errors: ERROR}}\n"


def test_the_log_groups_of_routes_stand_below_the_workloads() -> None:
    groups = {item.name: item for item in designed(ROUTED).of(LogGroup)}
    assert [groups[name].log_group_name for name in ("web", "web_access", "web_errors")] == [
        "/ecs/shop-web",
        "/ecs/shop-web/access",
        "/ecs/shop-web/errors",
    ]
    assert {groups[name].retention_in_days for name in ("web", "web_access", "web_errors")} == {7}


def test_a_router_sorts_the_lines() -> None:
    containers = task(designed(ROUTED))
    router = containers["log-router"]
    assert containers["web"].log_group is None
    assert [(item.container_name, item.condition) for item in containers["web"].depends_on] == [("log-router", "START")]
    assert router.essential
    assert router.image == str(images.image("fluent_bit"))
    assert router.log_group == Ref(LogGroup, "web")
    assert router.firelens is not None
    assert router.firelens.options == {"config-file-type": "file", "config-file-value": routing.FILE}
    configuration = router.environment["ROUTES"]
    assert isinstance(configuration, Text)
    written = "".join(
        part if isinstance(part, str) else f"<{part.ref.name}>" if isinstance(part, Attribute) else "<region>"
        for part in configuration.parts
    )
    assert written == (
        "[FILTER]\n    Name rewrite_tag\n    Match web-firelens-*\n"
        "    Rule $log \\x22GET\\x20|POST route.access.$TAG false\n"
        "    Rule $log ERROR route.errors.$TAG false\n"
        "    Emitter_Name routes\n"
        + "".join(
            f"[OUTPUT]\n    Name cloudwatch_logs\n    Match {match}\n    region <region>\n"
            f"    log_group_name <{group}>\n    log_stream_prefix web/\n    log_key log\n"
            "    auto_create_group false\n    Retry_Limit 5\n"
            for match, group in (
                ("web-firelens-*", "web"),
                ("route.access.*", "web_access"),
                ("route.errors.*", "web_errors"),
            )
        )
    )


def test_the_router_writes_with_the_task_role_and_nowhere_else() -> None:
    statement = rights(designed(ROUTED), "web_task")["RouteLogs"]
    assert statement.actions == ("logs:CreateLogStream", "logs:PutLogEvents")
    assert statement.resources == tuple(
        text(Ref(LogGroup, name).arn, ":*") for name in ("web", "web_access", "web_errors")
    )


def test_the_router_writes_its_routes_to_the_file_and_starts(tmp_path: Path) -> None:
    """The sidecar's own command, with the paths of this machine."""
    file, entry = tmp_path / "routes.conf", tmp_path / "entrypoint.sh"
    entry.write_text(f"cat {file}\n")
    entry.chmod(0o755)
    script = routing.SCRIPT.replace(routing.FILE, str(file)).replace("/entrypoint.sh", str(entry))
    wanted = "[FILTER]\n    Rule $log \\x22%s\\n 'a' $TAG false\n"
    done = subprocess.run(
        ["/bin/sh", "-c", script], env={**os.environ, "ROUTES": wanted}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.rstrip("\n")) == (0, wanted.rstrip("\n"))


@given(st.lists(st.sampled_from([r"\ ", r"\"", "\\\\", " ", '"', "'", "`", "a", r"\d", "[ ']", r"\."])))
def test_a_pattern_of_fluent_bit_says_the_same_without_spaces_and_quotes(pieces: list[str]) -> None:
    pattern = "".join(pieces)
    written = routing.fluent_bit_pattern(pattern)
    assert not set(written) & set(" \"'`")
    before, after = re.compile(pattern), re.compile(written)
    for line in ("", " ", '"', "'", "`", "a", "\\", "a ' \" ` \\ 7.", *pieces, "".join(pieces).replace("\\", "")):
        assert [found.span() for found in before.finditer(line)] == [found.span() for found in after.finditer(line)]


# Tracing


def test_a_collector_sends_traces_to_xray() -> None:
    architecture = designed(WEB + "    tracing: true\n    environment: {OTEL_SERVICE_NAME: mine}\n")
    containers = task(architecture)
    collector, web = containers["otel-collector"], containers["web"]
    assert not collector.essential
    assert (collector.cpu, collector.memory_reservation) == (128, 256)
    assert collector.environment == {"AOT_CONFIG_CONTENT": tracing.CONFIGURATION, "AWS_REGION": Pseudo.REGION}
    assert web.environment["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://localhost:4318"
    assert web.environment["OTEL_SERVICE_NAME"] == "mine"
    assert rights(architecture, "web_task")["SendTraces"].resources == ("*",)
    (group,), (rule,) = architecture.of(TraceGroup), architecture.of(SamplingRule)
    assert group.filter_expression == 'service("Shop-production-web")'
    assert (rule.service_name, rule.rule_name) == ("Shop-production-*", "Shop-production-traces")


def test_the_collectors_configuration_holds_together() -> None:
    yaml = pytest.importorskip("yaml")
    found = yaml.safe_load(tracing.CONFIGURATION)
    pipeline = found["service"]["pipelines"]["traces"]
    assert set(found["service"]["extensions"]) == set(found["extensions"])
    for part in ("receivers", "processors", "exporters"):
        assert set(pipeline[part]) == set(found[part])
    protocols = found["receivers"]["otlp"]["protocols"]
    assert [protocols[name]["endpoint"] for name in ("grpc", "http")] == ["127.0.0.1:4317", "127.0.0.1:4318"]


def test_sidecars_have_to_fit() -> None:
    small = "    size: {cpu: 256, memory: 512}\n    tracing: true\n"
    assert refused(WEB + small) == []
    ec2 = small.replace("{cpu: 256, memory: 512}", "{cpu: 128, memory: 256}") + "    capacity: big\n"
    found = refused(WEB + ec2 + "    logs: {routes: {errors: ERROR}}\ncapacity: {big: {instance: t3.medium}}\n")
    assert any("otel-collector 128 take 128 CPU units, and the task has 128" in line for line in found)
    assert any("log-router 64 and otel-collector 256 take 320 MiB, and the task has 256" in line for line in found)


@pytest.mark.parametrize(
    ("port", "below", "name"),
    [(4318, "    tracing: true\n", "otel-collector"), (24224, "    logs: {routes: {a: x}}\n", "log-router")],
)
def test_a_port_is_taken(port: int, below: str, name: str) -> None:
    text = WEB.replace("port: 80", f"port: {port}")
    assert refused(text) == []
    (line,) = refused(text + below)
    assert f"services.web.port: {name} listens on {port} in the same task; choose another port" in line


def test_a_workload_is_not_called_like_its_sidecar() -> None:
    text = ROUTED.replace("  web:", "  log-router:")
    assert any("a container beside it is called so too (log-router)" in line for line in refused(text))


# Extensions


def test_a_container_creates_the_extensions_first() -> None:
    architecture = designed(WEB + "    needs: [main]\n" + DATABASE)
    containers = task(architecture)
    creator = containers["main-extensions"]
    assert [(item.container_name, item.condition) for item in containers["web"].depends_on] == [
        ("main-extensions", "SUCCESS")
    ]
    assert not creator.essential
    assert creator.image == str(images.image("psql"))
    assert creator.environment["PGHOST"] == Ref(DatabaseInstance, "main").attribute("address")
    assert creator.environment["PGSSLMODE"] == "require"
    password = Ref(Secret, "main_password").arn
    assert creator.secrets == {"PGUSER": text(password, ":username::"), "PGPASSWORD": text(password, ":password::")}
    assert password in rights(architecture, "web_execution")["ReadInjectedSecrets"].resources
    assert '"postgis" CASCADE' in creator.command[0]
    assert "password" not in creator.command[0].lower()


def test_credentials_that_rds_manages_create_them_too() -> None:
    managed = DATABASE.replace("extensions", "credentials: managed, extensions")
    creator = task(designed(WEB + "    needs: [main]\n" + managed))["main-extensions"]
    secret = Ref(DatabaseInstance, "main").attribute("master_user_secret_arn")
    assert creator.secrets["PGPASSWORD"] == text(secret, ":password::")


STAND_IN = """#!/bin/sh
echo "$*" >> "$CALLS"
[ "$(wc -l < "$CALLS")" -gt "$FAILURES" ] && exit "$LAST"
exit 2
"""


@pytest.mark.parametrize(
    ("failures", "last", "code", "calls"),
    [(0, 0, 0, 1), (2, 0, 0, 3), (2, 1, 1, 3), (99, 0, 2, extensions.TRIES)],
    ids=["at once", "after two failures", "wrong SQL is not tried again", "gives up"],
)
def test_the_script_tries_again_while_there_is_no_connection(
    tmp_path: Path, failures: int, last: int, code: int, calls: int
) -> None:
    psql, log = tmp_path / "psql", tmp_path / "calls"
    psql.write_text(STAND_IN)
    psql.chmod(0o755)
    (tmp_path / "sleep").write_text("#!/bin/sh\n")
    (tmp_path / "sleep").chmod(0o755)
    environment = {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "CALLS": str(log),
        "FAILURES": str(failures),
        "LAST": str(last),
    }
    script = extensions.script(["postgis", "uuid-ossp"])
    done = subprocess.run(["/bin/sh", "-c", script], env=environment, capture_output=True, check=False)
    called = log.read_text().splitlines()
    assert (done.returncode, len(called)) == (code, calls)
    assert called[0] == (
        "-X -q -o /dev/null -v ON_ERROR_STOP=1 --single-transaction "
        f"-c SELECT pg_advisory_xact_lock({extensions.LOCK}) "
        '-c CREATE EXTENSION IF NOT EXISTS "postgis" CASCADE -c CREATE EXTENSION IF NOT EXISTS "uuid-ossp" CASCADE'
    )


@pytest.mark.parametrize(
    ("engine", "written", "said"),
    [
        ("16", "[postgi]", 'RDS for PostgreSQL has no extension "postgi"; did you mean "postgis"?'),
        ("16", "[pgvector]", 'has no extension "pgvector"; its name in PostgreSQL is vector'),
        ("16", "[PostGIS]", 'has no extension "PostGIS"; its name in PostgreSQL is postgis'),
        ("14", "[pg_walinspect]", "RDS has pg_walinspect from PostgreSQL 15 on, and the engine is 14"),
        ("17", "[old_snapshot]", "RDS has old_snapshot up to PostgreSQL 16 only"),
        ("16", "[pgaudit]", "pgaudit has to be loaded first: write parameters: {shared_preload_libraries: 'pgaudit'}"),
        (
            "16",
            "[pg_cron], parameters: {shared_preload_libraries: pg_cron}",
            "pg_cron can only be created in the database that cron.database_name names: "
            "write parameters: {cron.database_name: shop}",
        ),
    ],
)
def test_what_rds_would_not_create(engine: str, written: str, said: str) -> None:
    database = f"databases: {{main: {{engine: postgres {engine}, class: db.t4g.micro, extensions: {written}}}}}\n"
    (line,) = refused(WEB + "    needs: [main]\n" + database)
    assert "databases.main.extensions[0]: " in line
    assert said in line


def test_what_has_to_be_loaded_may_be_loaded() -> None:
    parameters = "{shared_preload_libraries: 'pg_stat_statements, pg_cron', cron.database_name: shop}"
    database = DATABASE.replace("[postgis, uuid-ossp]", f"[pg_cron], parameters: {parameters}")
    assert refused(WEB + "    needs: [main]\n" + database) == []


def test_every_extension_can_be_written_into_the_script() -> None:
    """No name needs an escape in a shell or in SQL."""
    assert all(re.fullmatch(r"[a-z0-9_-]+", name) for name in catalog.extensions())
    assert {"postgis", "postgis_topology", "postgis_raster", "vector", "pg_trgm", "hstore", "uuid-ossp", "pgcrypto",
            "citext", "pg_stat_statements", "ltree", "unaccent", "btree_gin", "btree_gist"} <= set(
        catalog.extensions()
    )  # fmt: skip


# Variables, images, health


def test_variables_refer_to_what_is_built() -> None:
    web = WEB + (
        "    public: {tls: false}\n"
        "    environment:\n"
        '      HOST: "${load_balancer}"\n'
        '      LINK: "http://${load_balancer}/?price=$$5&x=$${y}"\n'
        '      PLACE: "${region}/${environment}"\n'
    )
    variables = task(designed(web))["web"].environment
    host = Ref(LoadBalancer, "main").attribute("dns_name")
    assert variables["HOST"] == host
    assert variables["LINK"] == text("http://", host, "/?price=$5&x=${y}")
    assert variables["PLACE"] == text(Pseudo.REGION, "/production")


def test_workloads_of_one_repository_say_it_once() -> None:
    second = "  mail:\n    image: {repository: web, tag: '2', keep: 5, scan: false}\n"
    (repository,) = designed(WEB + second).of(ContainerRepository)
    assert (repository.keep_images, repository.scan_on_push) == (5, False)


def test_the_load_balancer_asks_as_the_blueprint_says() -> None:
    web = WEB + "    public: {tls: false}\n    health: {healthy: 5, unhealthy: 4, retries: 3}\n"
    (group,) = designed(web).of(TargetGroup)
    assert (group.health_check.healthy_threshold, group.health_check.unhealthy_threshold) == (5, 4)
    (group,) = designed(web.replace("unhealthy: 4, ", "")).of(TargetGroup)
    assert group.health_check.unhealthy_threshold == 3


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("environment: {DATABASE_URL: 'sqlite:///'}", "environment.DATABASE_URL: the task already gets DATABASE_URL"),
        ("secrets: {DATABASE_URL: elsewhere}", "secrets.DATABASE_URL: the task already gets DATABASE_URL"),
        ("secrets: {FILES_BUCKET: elsewhere}", "secrets.FILES_BUCKET: the task already gets FILES_BUCKET"),
    ],
)
def test_a_variable_comes_from_one_place(written: str, said: str) -> None:
    """ECS refuses a name that is plain and a secret, and a secret would hide what a need gives."""
    below = "buckets: {files: {}}\ndatabases: {main: {engine: postgres 16, class: db.t4g.micro}}\n"
    (problem,) = refused(WEB + f"    needs: [main, files]\n    {written}\n" + below)
    assert said in problem


def test_a_plain_variable_may_replace_a_plain_one() -> None:
    web = task(designed(WEB + "    needs: [files]\n    environment: {FILES_BUCKET: x}\nbuckets: {files: {}}\n"))["web"]
    assert web.environment["FILES_BUCKET"] == "x"
