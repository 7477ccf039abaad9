"""The one door: CloudFormation requests go to the engine, what moto lacks to the fakes, everything else to moto."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from groundplan.targets.local.cloudformation import query
from groundplan.targets.local.cloudformation.api import CloudFormationApi
from groundplan.targets.local.cloudformation.engine import Engine
from groundplan.targets.local.corrections import Corrections
from groundplan.targets.local.emulator import ACCOUNT, Clients, Gate, WsgiApplication, moto_application, scope_of
from groundplan.targets.local.fakes.service import Fakes

LARGEST_REQUEST = 64 * 1024 * 1024
"""Bytes that a CloudFormation request may have; a template has at most one MiB."""


class LocalAws:
    """The engine, moto and the fakes behind one WSGI application."""

    def __init__(self, saved: Callable[[], None] = lambda: None) -> None:
        self.gate = Gate()
        self.fakes = Fakes(ACCOUNT)
        self._moto: WsgiApplication | None = None
        self._corrections = Corrections()
        self.changed = False
        """Whether a request that may have changed something came since the last snapshot."""
        self.clients = Clients(self._emulator)
        self.engine = Engine(self.clients, ACCOUNT, self.gate, saved)
        self.api = CloudFormationApi(self.engine)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        region, service = scope_of(environ)
        if service == "cloudformation":
            return self._cloudformation(region, environ, start_response)
        if environ.get("REQUEST_METHOD") not in ("GET", "HEAD"):
            self.changed = True
        return self._emulator(environ, start_response)

    def _cloudformation(
        self, region: str, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        try:
            length = int(environ.get("CONTENT_LENGTH") or 0)
            if length > LARGEST_REQUEST or length < 0:
                raise ValueError(f"{length} bytes")
            body = environ["wsgi.input"].read(length).decode()
        except ValueError as error:
            status, text = 400, query.error_response("MalformedQueryString", f"The request is malformed: {error}", "-")
        else:
            if environ.get("REQUEST_METHOD") == "GET":
                body = str(environ.get("QUERY_STRING", ""))
            status, text = self.api.handle(region, body)
        return _answer(start_response, status, [("Content-Type", "text/xml")], text.encode())

    def _emulator(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """moto and the fakes, one request at a time."""
        with self.gate:
            if self._moto is None:
                self._moto = moto_application()
            region, service = scope_of(environ)
            self._corrections.apply(service)
            if self.fakes.serves(service):
                length = int(environ.get("CONTENT_LENGTH") or 0)
                body = environ["wsgi.input"].read(length) if length else b""
                environ["wsgi.input"] = io.BytesIO(body)
                answer = self.fakes.answer(service, region, environ, body)
                if answer:
                    return _answer(start_response, *answer)
                environ["wsgi.input"] = io.BytesIO(body)
            try:
                chunks = self._moto(environ, start_response)
                return [b"".join(chunks)]
            except Exception as error:
                logging.getLogger("groundplan.local").exception("moto failed on %s", environ.get("PATH_INFO"))
                message = f"the emulator failed: {type(error).__name__}: {error}"
                kind = str(environ.get("CONTENT_TYPE", ""))
                if "json" in kind:
                    text = json.dumps({"__type": "InternalFailure", "message": message})
                else:
                    kind, text = "text/xml", query.error_response("InternalFailure", message, "-", fault=True)
                return _answer(start_response, 500, [("Content-Type", kind)], text.encode())


def _answer(
    start_response: Callable[..., Any], status: int, headers: list[tuple[str, str]], body: bytes
) -> Iterable[bytes]:
    kept = [(key, value) for key, value in headers if key.lower() != "content-length"]
    start_response(f"{status} {HTTPStatus(status).phrase}", [*kept, ("Content-Length", str(len(body)))])
    return [body]
