"""The one door: CloudFormation requests go to the engine, what moto lacks to the fakes, everything else to moto."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from groundplan.errors import GroundplanError
from groundplan.targets.local import trail
from groundplan.targets.local.cloudformation import query
from groundplan.targets.local.cloudformation.api import CloudFormationApi
from groundplan.targets.local.cloudformation.engine import Engine
from groundplan.targets.local.corrections import Corrections
from groundplan.targets.local.emulator import ACCOUNT, Clients, Gate, WsgiApplication, moto_application, scope_of
from groundplan.targets.local.fakes.service import Fakes

LARGEST_REQUEST = 64 * 1024 * 1024
"""Bytes that a CloudFormation request may have; a template has at most one MiB."""
PATIENCE = 20.0
"""Seconds for which the answer to the AWS CLI may wait for the stack. Its waiters look once, and then every 30 s."""
_ACTION = re.compile(rb"(?:^|&)Action=(\w+)")


class LocalAws:
    """The engine, moto and the fakes behind one WSGI application."""

    def __init__(self, saved: Callable[[], None] = lambda: None) -> None:
        self.gate = Gate()
        self.fakes = Fakes(ACCOUNT)
        self._moto: WsgiApplication | None = None
        self._corrections = Corrections()
        self.changed = False
        """Whether a request that may have changed something came since the last snapshot."""
        self.unsaved = ""
        """Why the state could not be written to disk; changes by plain requests are refused as long as that is so."""
        self.clients = Clients(self._emulator)
        self.engine = Engine(self.clients, ACCOUNT, self.gate, saved)
        self.api = CloudFormationApi(self.engine)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        region, service = scope_of(environ)
        if service == "cloudformation":
            return self._cloudformation(region, environ, start_response)
        refusal = _unsigned(environ) if not service else None
        if refusal:
            return _failure(start_response, environ, *refusal)
        if not _only_reads(environ):
            self.changed = True
            if self.unsaved:
                with suppress(GroundplanError):
                    self.engine.saved()
            if self.unsaved:
                return _failure(start_response, environ, 503, "ServiceUnavailable", self.unsaved)
            if trail.is_remembered(service, environ, _length(environ)):
                start_response = trail.watched(start_response, self._remembering(region, service, environ))
        return self._emulator(environ, start_response)

    def _remembering(self, region: str, service: str, environ: dict[str, Any]) -> Callable[[], None]:
        """Keeps a call in the event history of its region, once it has succeeded."""
        length, body = _length(environ), b""
        if length:
            body = environ["wsgi.input"].read(length)
            environ["wsgi.input"] = io.BytesIO(body)
        store = self.fakes.store.setdefault(("cloudtrail", region), {})
        return lambda: trail.remember(store, service, environ, body)

    def _cloudformation(
        self, region: str, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        try:
            length = _length(environ)
            if length > LARGEST_REQUEST:
                raise ValueError(f"{length} bytes")
            body = environ["wsgi.input"].read(length).decode()
        except ValueError as error:
            status, text = 400, query.error_response("MalformedQueryString", f"The request is malformed: {error}", "-")
        else:
            if environ.get("REQUEST_METHOD") == "GET":
                body = str(environ.get("QUERY_STRING", ""))
            waits = str(environ.get("HTTP_USER_AGENT", "")).startswith("aws-cli/")
            status, text = self.api.handle(region, body, PATIENCE if waits else 0)
        return _answer(start_response, status, [("Content-Type", "text/xml")], text.encode())

    def ready(self) -> WsgiApplication:
        """moto, which takes half a second to import: whoever has the time may ask for it before the first request."""
        with self.gate:
            if self._moto is None:
                self._moto = moto_application()
            return self._moto

    def _emulator(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """moto and the fakes, one request at a time."""
        with self.gate:
            moto = self.ready()
            region, service = scope_of(environ)
            self._corrections.apply(service)
            if self.fakes.serves(service):
                length = _length(environ)
                body = environ["wsgi.input"].read(length) if length else b""
                environ["wsgi.input"] = io.BytesIO(body)
                answer = self.fakes.answer(service, region, environ, body)
                if answer:
                    return _answer(start_response, *answer)
                environ["wsgi.input"] = io.BytesIO(body)
            try:
                chunks = moto(environ, start_response)
                return [b"".join(chunks)]
            except Exception as error:
                logging.getLogger("groundplan.local").exception("moto failed on %s", environ.get("PATH_INFO"))
                message = f"the emulator failed: {type(error).__name__}: {error}"
                return _failure(start_response, environ, 500, "InternalFailure", message)


def _only_reads(environ: dict[str, Any]) -> bool:
    """Whether a request cannot change anything, by its method or by the name of its action."""
    if environ.get("REQUEST_METHOD") in ("GET", "HEAD"):
        return True
    action = str(environ.get("HTTP_X_AMZ_TARGET", "")).rpartition(".")[2] or _query_action(environ)
    return action.startswith(("Get", "List", "Describe", "BatchGet"))


def _query_action(environ: dict[str, Any]) -> str:
    """The action of a request in the query protocol; an empty text for others."""
    if "form-urlencoded" not in str(environ.get("CONTENT_TYPE", "")):
        return ""
    body = environ["wsgi.input"].read(_length(environ))
    environ["wsgi.input"] = io.BytesIO(body)
    found = _ACTION.search(body)
    return found[1].decode() if found else ""


def _unsigned(environ: dict[str, Any]) -> tuple[int, str, str] | None:
    """The error for a request that should be signed and is not: status, code and message.

    Some may be unsigned: reading public objects, and calls that carry another proof of who asks.
    """
    given = str(environ.get("HTTP_AUTHORIZATION", ""))
    if given and not given.startswith(("AWS ", "Bearer ")):
        wanted = "Credential=KEY/DATE/REGION/SERVICE/aws4_request"
        return 400, "IncompleteSignature", f"The Authorization header holds no {wanted}"
    form = environ.get("REQUEST_METHOD") == "POST" and "form-urlencoded" in str(environ.get("CONTENT_TYPE", ""))
    if form and not given and not _query_action(environ).startswith("AssumeRoleWith"):
        return 403, "MissingAuthenticationToken", "Request is missing Authentication Token"
    return None


def _length(environ: dict[str, Any]) -> int:
    text = str(environ.get("CONTENT_LENGTH") or 0)
    return int(text) if text.isascii() and text.isdigit() else 0


def _failure(
    start_response: Callable[..., Any], environ: dict[str, Any], status: int, code: str, message: str
) -> Iterable[bytes]:  # fmt: skip
    """An error of the local AWS itself, in the form that the service's clients read."""
    kind = str(environ.get("CONTENT_TYPE", ""))
    if "json" in kind:
        text = json.dumps({"__type": code, "message": message})
    else:
        kind, text = "text/xml", query.error_response(code, message, "-", fault=status >= 500)
    return _answer(start_response, status, [("Content-Type", kind)], text.encode())


def _answer(
    start_response: Callable[..., Any], status: int, headers: list[tuple[str, str]], body: bytes
) -> Iterable[bytes]:
    kept = [(key, value) for key, value in headers if key.lower() != "content-length"]
    start_response(f"{status} {HTTPStatus(status).phrase}", [*kept, ("Content-Length", str(len(body)))])
    return [body]
