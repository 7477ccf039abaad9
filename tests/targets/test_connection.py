"""What goes wrong on the way to AWS is told in words that a person can act on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from groundplan.errors import EnvironmentalError
from groundplan.targets.connection import Connection, explained


class BreaksOff(BaseHTTPRequestHandler):
    """Answers as one does that is killed: the head has gone out, the body never will."""

    def do_POST(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def endpoint() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), BreaksOff)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_an_answer_that_breaks_off(endpoint: str) -> None:
    environment = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_ENDPOINT_URL": endpoint}
    client = Connection("local", environment).cloudformation("us-east-1")
    with (
        pytest.raises(EnvironmentalError, match=r"^Watching the stack: the answer broke off\. Try again$"),
        explained("Watching the stack"),
    ):
        client.describe_stacks()
