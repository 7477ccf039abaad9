"""SP-37, SP-40, SP-42, SP-45, SP-54 to SP-57: what the application has to do with what it is told, tried with what the
local AWS really tells it (C-72, C-73, C-74, C-78)."""

from __future__ import annotations

import http.client
import runpy
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from tests.acceptance.documents import section
from tests.acceptance.rows import requirement
from tests.acceptance.system import Aws
from tests.acceptance.test_spontime_tasks import deployed_container

from groundplan.blueprint.loading import LoadedEnvironment
from groundplan.design.tasks import check_command

ENVIRONMENT = "poc"
StartResponse = Callable[[str, list[tuple[str, str]]], Any]
TASK_ADDRESS = "10.0.1.57"
"""What the load balancer's health check writes into the header Host."""


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


def like_django(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """Compares the host as Django does, before anything else."""
    allowed = environ["HTTP_HOST"].split(":")[0] in ("spontime-poc-alb.us-east-1.elb.amazonaws.com", "localhost")
    start_response("200 OK" if allowed else "400 Bad Request", [("Content-Length", "0")])
    return [b""]


@pytest.fixture
def served(example: Path) -> Iterator[int]:
    """The application behind the README's health check, and its port."""
    health = runpy.run_path(str(example / "application" / "health.py"))["health"]
    with make_server("127.0.0.1", 0, health(like_django), handler_class=_Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def status(port: int, path: str, host: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers={"Host": host})
        return connection.getresponse().status
    finally:
        connection.close()


@requirement("SP-42", "SP-45", "SP-57")
def test_health_is_answered_before_the_host_is_looked_at(served: int) -> None:
    """C-74: the target becomes healthy, and no host is let in for it."""
    assert status(served, "/health", TASK_ADDRESS) == 200
    assert status(served, "/", TASK_ADDRESS) == 400
    assert status(served, "/healthy", TASK_ADDRESS) == 400
    assert status(served, "/", "spontime-poc-alb.us-east-1.elb.amazonaws.com") == 200


@requirement("SP-44")
def test_check_of_the_container_tells_sick_from_well(served: int, production: LoadedEnvironment) -> None:
    kind, command = check_command(production.blueprint.services["api"].health, served)
    assert kind == "CMD-SHELL"
    command = command.replace("python ", f"{sys.executable} ", 1)
    assert subprocess.run(["/bin/sh", "-c", command], timeout=20, check=False).returncode == 0
    sick = command.replace("/health", "/nothing-here").replace("localhost", "127.0.0.1")
    assert subprocess.run(["/bin/sh", "-c", sick], timeout=20, check=False, capture_output=True).returncode != 0


def told(aws: Aws) -> dict[str, str]:
    """The environment of the deployed container, its secrets injected as ECS does."""
    container, secrets = deployed_container(aws), aws.client("secretsmanager")
    plain = {item["name"]: item["value"] for item in container["environment"]}
    injected = {
        item["name"]: secrets.get_secret_value(SecretId=item["valueFrom"])["SecretString"]
        for item in container["secrets"]
    }
    return plain | injected


@pytest.fixture
def settings(aws: Aws, example: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Django's settings in the deployed container."""
    for name, value in told(aws).items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(example / "application" / "settings.py"))


@requirement("SP-54", "SP-55", "SP-56", "SP-57")
def test_settings_in_the_deployed_container(settings: dict[str, Any], aws: Aws) -> None:
    (balancer,) = aws.client("elbv2").describe_load_balancers()["LoadBalancers"]
    assert settings["ALLOWED_HOSTS"] == [balancer["DNSName"], "localhost"]
    assert settings["CSRF_TRUSTED_ORIGINS"][0] == f"http://{balancer['DNSName']}"
    assert settings["DEBUG"] is False
    assert len(settings["SECRET_KEY"]) == 64
    database = settings["DATABASES"]["default"]
    (deployed,) = aws.client("rds").describe_db_instances()["DBInstances"]
    assert database["ENGINE"] == "django.contrib.gis.db.backends.postgis"
    assert (database["HOST"], database["PORT"]) == (deployed["Endpoint"]["Address"], deployed["Endpoint"]["Port"])
    assert (database["NAME"], database["USER"]) == (deployed["DBName"], deployed["MasterUsername"])
    assert len(database["PASSWORD"]) == 32
    assert database["OPTIONS"] == {"sslmode": "require"}


@requirement("SP-40")
def test_caches_and_sessions_need_no_further_service(settings: dict[str, Any], readme: str) -> None:
    assert settings["CACHES"]["default"]["BACKEND"].endswith("LocMemCache")
    assert settings["SESSION_ENGINE"] == "django.contrib.sessions.backends.db"
    for word in ("LocMemCache", "SESSION_ENGINE", "no Redis and no Celery"):
        assert word in section(readme, "Settings")


@requirement("SP-56")
@pytest.mark.parametrize(("written", "debug"), [("True", True), ("False", False), ("false", False), ("0", False)])
def test_debug_is_on_only_where_it_is_written(
    example: Path, monkeypatch: pytest.MonkeyPatch, written: str, debug: bool
) -> None:
    for name, value in {
        "SECRET_KEY": "x",
        "ALLOWED_HOSTS": "localhost",
        "DATABASE_URL": "postgresql://u:p@h:5432/d",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DEBUG", written)
    assert runpy.run_path(str(example / "application" / "settings.py"))["DEBUG"] is debug


PSQL = """#!/bin/sh
printf '%s\\n' "$@" > "$PSQL_ASKED"
tries=$(cat "$PSQL_TRIES")
echo $((tries - 1)) > "$PSQL_TRIES"
if [ "$tries" -gt 0 ]; then exit 2; fi
exit "$PSQL_ENDS_WITH"
"""
"""A psql that finds no database for some tries, then ends with a code, and writes down what it was asked."""


@pytest.mark.parametrize(("sql_ends_with", "task_may_start"), [(0, True), (3, False)])
@requirement("SP-37")
def test_deployed_container_waits_for_the_database_and_creates_postgis(
    aws: Aws, tmp_path: Path, sql_ends_with: int, task_may_start: bool
) -> None:
    """C-78: RUN, with a stand-in for psql. ECS starts Django only where the container ends with 0."""
    container = deployed_container(aws, "main-extensions")
    for name, text in (("psql", PSQL), ("sleep", "#!/bin/sh\n")):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    asked, tries = tmp_path / "asked", tmp_path / "tries"
    tries.write_text("2")
    done = subprocess.run(
        [*container["entryPoint"], *container["command"]],
        env={
            "PATH": f"{tmp_path}:/usr/bin:/bin",
            "PSQL_ASKED": str(asked),
            "PSQL_TRIES": str(tries),
            "PSQL_ENDS_WITH": str(sql_ends_with),
        },
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode == 0) == task_may_start
    assert tries.read_text().strip() == "-1", "two tries without a database, and one with it"
    assert done.stdout.count(b"does not answer yet") == 2
    statements = asked.read_text().splitlines()
    assert {"ON_ERROR_STOP=1", "--single-transaction", 'CREATE EXTENSION IF NOT EXISTS "postgis" CASCADE'} <= set(
        statements
    )


@requirement("SP-37")
def test_sql_by_hand_creates_the_same(example: Path) -> None:
    """C-78"""
    sql = (example / "application" / "postgis.sql").read_text(encoding="utf-8")
    statements = [line for line in sql.splitlines() if line and not line.startswith("--")]
    assert statements[0] == "CREATE EXTENSION IF NOT EXISTS postgis;"


@requirement("SP-37", "SP-42", "SP-57")
def test_documentation_explains_the_traps(readme: str) -> None:
    trap = section(readme, "Health check and ALLOWED_HOSTS")
    for told_ in (
        "`Host` header",
        "400",
        "never becomes healthy",
        "matcher stays 200",
        "health(get_wsgi_application())",
    ):
        assert told_ in " ".join(trap.split())
    assert "CREATE EXTENSION" in section(readme, "PostGIS")
