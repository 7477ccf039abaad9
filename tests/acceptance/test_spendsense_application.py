"""SS-38, SS-149, SS-150, SS-152: what the application does for its part: JSON lines, and an answer on /health."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from tests.acceptance.rows import requirement

from groundplan.blueprint.loading import LoadedEnvironment
from groundplan.design.tasks import check_command

ENVIRONMENT = "prod"
PROGRAM = """
import logging
from json_logs import configure

configure()
access = logging.getLogger("uvicorn.access")
access.info('%s - "%s %s HTTP/%s" %d', "10.1.1.7:51234", "GET", "/accounts?page=2", "1.1", 200)
log = logging.getLogger("app")
log.debug("looked up")
log.info("an ERROR was corrected")
try:
    raise LookupError("no such account")
except LookupError:
    log.exception("the bank does not answer")
"""


@pytest.fixture
def lines(example: Path) -> list[str]:
    """What a program prints that logs as the example does, at the level INFO."""
    return printed(example, "INFO")


def printed(example: Path, level: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "PYTHONPATH": str(example / "application"), "LOG_LEVEL": level},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


@requirement("SS-152")
def test_every_line_is_json(lines: list[str]) -> None:
    read = [json.loads(line) for line in lines]
    assert [line["level"] for line in read] == ["INFO", "INFO", "ERROR"]
    assert all(set(line) - {"error"} == {"time", "level", "logger", "message"} for line in read)
    assert read[0]["message"] == '10.1.1.7:51234 - "GET /accounts?page=2 HTTP/1.1" 200'
    assert "LookupError: no such account" in read[2]["error"]


@requirement("SS-151", "SS-152")
def test_level_is_that_of_the_environment(example: Path) -> None:
    assert any(json.loads(line)["level"] == "DEBUG" for line in printed(example, "DEBUG"))
    assert logging.DEBUG < logging.INFO


@requirement("SS-149", "SS-150", "SS-152")
def test_its_lines_are_sorted(production: LoadedEnvironment, lines: list[str]) -> None:
    """C-89"""
    patterns = production.blueprint.services["backend"].logs.routes
    found = [next((name for name, pattern in patterns.items() if re.search(pattern, line)), None) for line in lines]
    assert found == ["access", None, "errors"]


class _Answer(BaseHTTPRequestHandler):
    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status if self.path == "/health" else 404)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def application() -> Iterator[tuple[type[_Answer], int]]:
    """Something that answers HTTP, and its port."""
    answer = type("Answer", (_Answer,), {})
    server = HTTPServer(("127.0.0.1", 0), answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield answer, server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


@requirement("SS-38")
def test_health_check_tells_sick_from_well(
    production: LoadedEnvironment, application: tuple[type[_Answer], int], tmp_path: Path
) -> None:
    """C-10: no curl; Python, which the image has, asks the same question."""
    answer, port = application
    (tmp_path / "python").symlink_to(sys.executable)

    def exit_code() -> int:
        kind, command = check_command(production.blueprint.services["backend"].health, port)
        assert kind == "CMD-SHELL"
        path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            ["/bin/sh", "-c", command], env={**os.environ, "PATH": path}, capture_output=True, timeout=20, check=False
        )
        return done.returncode

    assert exit_code() == 0
    answer.status = 500
    assert exit_code() == 1
