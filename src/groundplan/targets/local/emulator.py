"""moto, embedded: one WSGI application for all APIs, and boto3 clients that call it without a socket."""

from __future__ import annotations

import io
import json
import os
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import IO, Any
from urllib.parse import unquote, unquote_to_bytes, urlsplit

import boto3
import botocore.loaders
import botocore.session
from botocore import UNSIGNED
from botocore.awsrequest import AWSResponse
from botocore.client import BaseClient
from botocore.config import Config

WsgiApplication = Callable[[dict[str, Any], Callable[..., Any]], Any]

ACCOUNT = "123456789012"
"""The account of everything that is created here."""
ACCESS_KEY = "local"
SECRET_KEY = "local"  # noqa: S105 - the emulator takes any


class Gate:
    """One request at a time: moto is not safe for threads, and a snapshot must see no half-done request.

    It may be entered again by the thread that holds it.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


class InProcessTransport:
    """A botocore ``before-send`` hook that answers requests from a WSGI application, in the same thread."""

    def __init__(self, application: WsgiApplication) -> None:
        self.application = application

    def __call__(self, request: Any, **_: Any) -> AWSResponse:
        environ = _environ(request)
        answer: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> Callable[[bytes], None]:
            answer[:] = [int(status.split(" ", 1)[0]), headers]
            return lambda _: None

        chunks = self.application(environ, start_response)
        body = b"".join(chunks)
        if hasattr(chunks, "close"):
            chunks.close()
        headers: Any = dict(answer[1])
        return AWSResponse(request.url, answer[0], headers, _RawBody(body))


class _RawBody(io.BytesIO):
    """The part of urllib3's response that botocore reads."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


def _environ(request: Any) -> dict[str, Any]:
    url = urlsplit(request.url)
    body = request.body or b""
    body = body.read() if hasattr(body, "read") else body
    body = body.encode() if isinstance(body, str) else bytes(body)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(url.path or "/").decode("latin-1"),
        "QUERY_STRING": url.query,
        "RAW_URI": f"{url.path or '/'}{f'?{url.query}' if url.query else ''}",
        "REQUEST_URI": f"{url.path or '/'}{f'?{url.query}' if url.query else ''}",
        "SERVER_NAME": url.hostname or "127.0.0.1",
        "SERVER_PORT": str(url.port or 80),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": url.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_HOST": url.netloc,
    }
    for key, value in request.headers.items():
        text = value.decode() if isinstance(value, bytes) else str(value)
        name = key.upper().replace("-", "_")
        environ[name if name in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{name}"] = text
    environ["CONTENT_LENGTH"] = str(len(body))
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    return environ


class Clients:
    """boto3 clients of the emulator, one per service and region."""

    def __init__(self, application: WsgiApplication) -> None:
        share_service_models()
        self._transport = InProcessTransport(application)
        self._session = boto3.session.Session(
            aws_access_key_id=ACCESS_KEY, aws_secret_access_key=SECRET_KEY, region_name="us-east-1"
        )
        self._clients: dict[tuple[str, str], BaseClient] = {}
        self._lock = threading.Lock()

    def __call__(self, service: str, region: str) -> BaseClient:
        key = (service, region)
        client = self._clients.get(key)
        if client is None:
            with self._lock:
                client = self._clients.get(key) or self._make(service, region)
                self._clients[key] = client
        return client

    def _make(self, service: str, region: str) -> BaseClient:
        config = Config(
            retries={"max_attempts": 0}, s3={"addressing_style": "path"}, parameter_validation=True,
            inject_host_prefix=False, signature_version=UNSIGNED,
        )  # fmt: skip
        make: Any = self._session.client
        client: BaseClient = make(service, region_name=region, endpoint_url="http://127.0.0.1", config=config)
        scope = f"{ACCESS_KEY}/20000101/{region}/{client.meta.service_model.signing_name}/aws4_request"

        def send(request: Any, **_: Any) -> AWSResponse:
            # moto reads region and service from the signature; to make a real one took a twentieth of a deployment.
            request.headers["Authorization"] = f"AWS4-HMAC-SHA256 Credential={scope}"
            return self._transport(request)

        hook: Any = send
        client.meta.events.register("before-send", hook)
        return client


@lru_cache(maxsize=1)
def share_service_models() -> None:
    """Lets all sessions of this process read a service's model once.

    moto makes a session of its own in many places and asks each for the regions of a service, for which botocore reads
    the whole model anew: 0.3 s for EC2 alone, and a second copy in memory.
    """
    shared = lru_cache(maxsize=8)(botocore.loaders.create_loader)
    setattr(botocore.session, "create_loader", shared)  # noqa: B010 - mypy forbids assigning to a function
    setattr(botocore.loaders.JSONFileLoader, "_load_file", _plain_json)  # noqa: B010 - mypy does not know the method


def _plain_json(_: object, path: str, opened: Callable[[str, str], IO[bytes]]) -> Any:
    """Without the OrderedDicts that botocore reads into, as dictionaries keep their order: in half of the time."""
    if not os.path.isfile(path):  # noqa: PTH113 - asked for every name that a model might have
        return None
    with opened(path, "rb") as file:
        return json.loads(file.read())


def moto_application() -> WsgiApplication:
    """moto's server application; it imports a service when its first request comes."""
    import moto.backends
    import moto.core.responses
    import moto.core.utils
    from moto.core.loaders import create_loader
    from moto.core.utils import method_names_from_class
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    modules = tuple(moto.backends.list_of_moto_modules())  # moto lists its folder with 170 stats on every request
    setattr(moto.backends, "list_of_moto_modules", lambda: modules)  # noqa: B010 - mypy forbids assigning to a function
    loader = lru_cache(maxsize=1)(create_loader)  # and where services are described, with 500 stats for each service
    setattr(moto.core.utils, "create_loader", loader)  # noqa: B010 - mypy forbids assigning to a function
    names = lru_cache(maxsize=None)(method_names_from_class)  # and all methods of a service
    setattr(moto.core.responses, "method_names_from_class", names)  # noqa: B010 - mypy forbids assigning to a function
    _know_attributes()
    application: WsgiApplication = DomainDispatcherApplication(create_backend_app)
    return application


@lru_cache(maxsize=1)
def _know_attributes() -> None:
    """Keeps, with each member of each answer, how its attribute may be called in objects of a class. moto works that
    out for every value that it writes, which takes a tenth of all that it does."""
    from moto.core.serialize import XFormedAttributePicker

    work_out: Any = XFormedAttributePicker.get_possible_keys

    def get_possible_keys(self: Any, context: Any) -> Iterable[str]:
        if context.shape is None:
            return tuple(work_out(self, context))
        known: dict[tuple[type, str], tuple[str, ...]] = vars(context.shape).setdefault("_known_keys", {})
        name = type(context.obj), context.key
        if name not in known:
            known[name] = tuple(dict.fromkeys(work_out(self, context)))
        return known[name]

    setattr(XFormedAttributePicker, "get_possible_keys", get_possible_keys)  # noqa: B010 - mypy forbids assigning to it


def scope_of(environ: Mapping[str, Any]) -> tuple[str, str]:
    """Region and service out of a request's signature (header or query), or two empty texts."""
    text = str(environ.get("HTTP_AUTHORIZATION", "")) or unquote(str(environ.get("QUERY_STRING", "")))
    found = re.search(r"Credential=[^/]+/\d+/([^/]+)/([^/]+)/aws4_request", text)
    return (found[1], found[2]) if found else ("", "")
