"""Whether what was released answers: a server on 127.0.0.1."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from tests.operations.release.conftest import Lines, blueprint

from groundplan.api.files import read_source
from groundplan.blueprint.services import Public
from groundplan.design import design
from groundplan.errors import DeploymentError, EnvironmentalError, InputError
from groundplan.operations.release import Verification, Workload, named, url_of


@dataclass
class Server:
    """Answers with one status after the other, and with the last for ever."""

    url: str = ""
    statuses: list[int] = field(default_factory=lambda: [200])


@pytest.fixture
def server() -> Iterator[Server]:
    told = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status = told.statuses.pop(0) if len(told.statuses) > 1 else told.statuses[0]
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Nobody listens."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    told.url = f"http://127.0.0.1:{http.server_port}/health"
    yield told
    http.shutdown()
    http.server_close()


@pytest.fixture
def web() -> Workload:
    from tests.cli.commands import write_blueprint

    [found] = named(design(read_source(write_blueprint(blueprint())).environment(None)), "web")
    return found


def test_answers(server: Server, web: Workload) -> None:
    server.statuses = [503, 503, 302]
    lines = Lines()
    Verification(server.url, patience=5.0, pause=0.01)(web, lines)
    assert lines == [f"web: {server.url} answers 302"], "what goes before is no line of its own"
    server.statuses = [500]
    with pytest.raises(DeploymentError, match="/health answers 500"):
        Verification(server.url, patience=0.05, pause=0.01)(web, lines)
    with pytest.raises(DeploymentError, match=r"http://127\.0\.0\.1:1/: no answer: "):
        Verification("http://127.0.0.1:1/", patience=0.0, pause=0.01)(web, lines)


def test_whoever_was_relieved_of_the_release_does_not_take_it_back(server: Server, web: Workload) -> None:
    """A DeploymentError would have the release roll back."""

    def refuse() -> None:
        raise EnvironmentalError("the lock was taken")

    server.statuses = [500]
    with pytest.raises(EnvironmentalError, match="the lock was taken"):
        Verification(server.url, patience=0.05, pause=0.01, require=refuse)(web, Lines())
    server.statuses = [200]
    Verification(server.url, require=refuse)(web, Lines())


def test_urls(web: Workload) -> None:
    public = Public(domain="api.shop.test")
    assert url_of(web, public, "/health") == "https://api.shop.test/health"
    assert url_of(web, public, "http://other.test/x") == "http://other.test/x"
    with pytest.raises(InputError, match="web has no public domain; write the whole URL"):
        url_of(web, Public(tls=False), "/health")
    with pytest.raises(InputError, match="write a path like /health, or a URL like"):
        url_of(web, public, "health")
