"""Dockerfile, .dockerignore and Compose file: what linters say, what is in them, and what a changed one becomes."""

from __future__ import annotations

import http.server
import json
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.documents.conftest import DELIVERED, Every
from tests.documents.linters import against_schema, badly_built

from groundplan.blueprint.builds import Build
from groundplan.blueprint.loading import LoadedEnvironment
from groundplan.catalog.base_images import base_image, package_megabytes
from groundplan.cli.main import run
from groundplan.design import design
from groundplan.documents.containers import container_files
from groundplan.documents.containers.dockerfile import health_command
from groundplan.documents.containers.size import VENV_MB, estimate
from groundplan.errors import ExitCode
from groundplan.resources.containers import TaskDefinition


@pytest.fixture(scope="module")
def files(shop: list[LoadedEnvironment]) -> dict[str, str]:
    return container_files(shop[0])


def test_every_file_passes_its_linter(every: Every, files: dict[str, str], tmp_path: Path) -> None:
    dockerfiles, compose = [], []
    for name, several in {"shop": files, **{one: container_files(every(one)[0]) for one in DELIVERED}}.items():
        for path, text in several.items():
            file = tmp_path / name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            if file.name == "Dockerfile":
                dockerfiles.append(file)
            elif file.name == "compose.yaml":
                compose.append(file)
    assert len(dockerfiles) == 5
    assert badly_built(*dockerfiles) == ""
    assert len(compose) == 4
    assert against_schema("compose-spec", *compose) == ""


def test_the_linters_find_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM python:latest\nRUN pip install flask\n")
    assert "DL3007" in badly_built(tmp_path / "Dockerfile")
    (tmp_path / "compose.yaml").write_text("services: {web: {build: ., portz: []}}\n")
    assert "portz" in against_schema("compose-spec", tmp_path / "compose.yaml")


def test_node_image_has_two_stages_and_no_root(files: dict[str, str]) -> None:
    lines = files["Dockerfile"].splitlines()
    assert [line for line in lines if line.startswith("FROM")] == [
        "FROM node:22.11.0-slim AS builder",
        "FROM node:22.11.0-slim",
    ]
    assert lines.index("COPY package.json package-lock.json ./") < lines.index("COPY . .")
    assert "USER 1000" in lines
    assert 'CMD ["node", "server.js"]' in lines


def test_worker_listens_on_nothing(files: dict[str, str]) -> None:
    worker = files["services/mailer/Dockerfile"]
    assert "EXPOSE" not in worker
    assert "HEALTHCHECK NONE" in worker


@contextmanager
def answering(status: int) -> Iterator[int]:
    """A server on this machine that answers every question with one status."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("language", ["python", "node"])
@pytest.mark.parametrize(("status", "healthy"), [(200, True), (500, False), (404, False)])
def test_health_check_says_what_the_service_answers(language: str, status: int, healthy: bool) -> None:
    if language == "node" and shutil.which("node") is None:
        pytest.skip("there is no node on this machine")
    build = Build.model_validate({"language": language, "version": "1.2.3", "start": ["x"]})
    with answering(status) as port:
        command = health_command(build, port, "/health")
        program = sys.executable if language == "python" else command[0]
        done = subprocess.run([program, *command[1:]], capture_output=True, timeout=30, check=False)
    assert (done.returncode == 0) == healthy


def test_compose_gives_every_variable_of_the_task(shop: list[LoadedEnvironment], files: dict[str, str]) -> None:
    services: Any = yaml.safe_load(files["compose.yaml"])["services"]
    for definition in design(shop[0]).of(TaskDefinition):
        if definition.name not in services:
            continue
        (container,) = [one for one in definition.containers if one.name == definition.name]
        assert {*container.environment, *container.secrets} <= {*services[definition.name]["environment"]}
    web = services["web"]["environment"]
    assert web["DATABASE_URL"] == "postgresql://app:${LOCAL_PASSWORD:-local-only}@main:5432/shop"
    assert web["REDIS_URL"] == "redis://cart:6379/0"
    assert (web["STAGE"], web["PRICE"]) == ("staging", "5 $$")  # Compose reads $$ as a $, as the blueprint does
    assert web["AWS_SECRET_ACCESS_KEY"] is None
    assert services["cart"]["image"] == "valkey/valkey:8-alpine"


def test_compose_opens_nothing_to_others(files: dict[str, str]) -> None:
    services: Any = yaml.safe_load(files["compose.yaml"])["services"]
    published = [port for service in services.values() for port in service.get("ports", [])]
    assert published == ["127.0.0.1:3000:3000"]
    assert all(service.get("image", "").rpartition(":")[2] != "latest" for service in services.values())


def test_postgis_comes_with_its_image(every: Every) -> None:
    services: Any = yaml.safe_load(container_files(every("spontime")[0])["compose.yaml"])["services"]
    assert services["main"]["image"] == "postgis/postgis:15-3.5"


def test_size_is_base_and_packages() -> None:
    build = Build.model_validate({"language": "python", "version": "3.11.7", "start": ["x"]})
    listed = (
        "fastapi==0.115.0\n# a comment\nuvicorn[standard] >= 0.30 ; python_version > '3'\n-r more.txt\nnobody-knows\n"
    )
    size = estimate(build, listed)
    fastapi, uvicorn = package_megabytes("fastapi"), package_megabytes("uvicorn")
    assert fastapi is not None
    assert uvicorn is not None
    assert size.megabytes == pytest.approx(base_image("python").megabytes + VENV_MB + fastapi + uvicorn + 5)
    assert size.unknown == ("nobody-knows",)


def blueprint(tmp_path: Path, shop: list[LoadedEnvironment]) -> str:
    file = tmp_path / "groundplan.yaml"
    file.write_text(shop[0].text)
    return str(file)


def test_what_a_person_changed_is_kept(
    tmp_path: Path, shop: list[LoadedEnvironment], capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["containers", "-f", blueprint(tmp_path, shop), "-o", str(tmp_path)]
    assert run(arguments) == ExitCode.FINE
    assert run([*arguments, "--check"]) == ExitCode.FINE
    edited = tmp_path / "Dockerfile"
    edited.write_text(edited.read_text().replace("USER 1000", "USER 1001"))
    (tmp_path / "compose.yaml").unlink()
    capsys.readouterr()
    assert run([*arguments, "--check"]) == ExitCode.FINDINGS
    assert "compose.yaml: missing" in capsys.readouterr().out
    assert run(arguments) == ExitCode.FINDINGS
    told = capsys.readouterr()
    assert str(tmp_path / "compose.yaml") in told.out
    assert "-USER 1001\n" in told.err
    assert "USER 1001" in edited.read_text()
    assert run([*arguments, "--force"]) == ExitCode.FINE
    assert "USER 1000" in edited.read_text()


def test_what_groundplan_wrote_follows_the_blueprint(tmp_path: Path, shop: list[LoadedEnvironment]) -> None:
    file = blueprint(tmp_path, shop)
    assert run(["containers", "-f", file, "-o", str(tmp_path)]) == ExitCode.FINE
    Path(file).write_text(shop[0].text.replace("22.11.0", "24.1.0"))
    assert run(["containers", "-f", file, "-o", str(tmp_path)]) == ExitCode.FINE
    assert "FROM node:24.1.0-slim AS builder" in (tmp_path / "Dockerfile").read_text()


def test_sizes_are_told_and_files_listed_as_data(
    tmp_path: Path, shop: list[LoadedEnvironment], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "services" / "mailer"
    folder.mkdir(parents=True)
    (folder / "requirements.txt").write_text("scikit-learn\npandas\nnumpy\n")
    arguments = ["containers", "-f", blueprint(tmp_path, shop), "-o", str(tmp_path)]
    assert run(arguments) == ExitCode.FINE
    told = capsys.readouterr().err
    assert re.search(r"mailer: about \d{3} MB, more than the 500 MB that it may have", told)
    assert run([*arguments, "--format", "json"]) == ExitCode.FINE
    assert {one["state"] for one in json.loads(capsys.readouterr().out)} == {"current"}


def test_bad_input(tmp_path: Path, shop: list[LoadedEnvironment], capsys: pytest.CaptureFixture[str]) -> None:
    file = blueprint(tmp_path, shop)
    assert run(["containers", "-f", file, "-o", str(tmp_path), "-e", "stagin"]) == ExitCode.BAD_INPUT
    assert "staging" in capsys.readouterr().err
    nothing = tmp_path / "nothing.yaml"
    nothing.write_text("project: shop\nregion: eu-central-1\nenvironments: {production: {}}\n")
    assert run(["containers", "-f", str(nothing), "-o", str(tmp_path)]) == ExitCode.BAD_INPUT
    assert "nothing.yaml:1:1: services: nothing says how it is built" in capsys.readouterr().err
    (tmp_path / "file").write_text("")
    assert run(["containers", "-f", file, "-o", str(tmp_path / "file")]) != ExitCode.FINE
    assert "Traceback" not in capsys.readouterr().err


def test_pipelines_are_written_and_checked(
    tmp_path: Path, shop: list[LoadedEnvironment], capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["pipelines", "-f", blueprint(tmp_path, shop), "-o", str(tmp_path)]
    assert run(arguments) == ExitCode.FINE
    told = capsys.readouterr()
    assert [Path(line).name for line in told.out.split()] == ["deploy.yml", "infrastructure.yml", "security.yml"]
    assert "make production, each with its reviewers" in told.err
    assert run([*arguments, "--check"]) == ExitCode.FINE
