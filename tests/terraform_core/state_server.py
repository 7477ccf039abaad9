"""Terraform's state over HTTP on this machine: the local backend writes the whole state anew after each resource, which
takes as long again as everything else for some hundred of them; a remote one gets it once.

Source: https://developer.hashicorp.com/terraform/language/backend/http
"""

from __future__ import annotations

import threading
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote


def address_of(file: Path) -> str:
    """Where this process keeps a state that stands in a file."""
    return f"http://127.0.0.1:{_server().server_port}/{quote(str(file), safe='')}"


@cache
def _server() -> ThreadingHTTPServer:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _States)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class _States(BaseHTTPRequestHandler):
    """One file for each address; none before the first apply."""

    def do_GET(self) -> None:
        file = self._file()
        self._answer(200, file.read_bytes()) if file.exists() else self._answer(404)

    def do_POST(self) -> None:
        self._file().write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
        self._answer(200)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: it would stand between the lines of the tests."""

    def _file(self) -> Path:
        return Path(unquote(self.path.removeprefix("/").partition("?")[0]))

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
