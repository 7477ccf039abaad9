"""What CloudTrail's event history remembers: calls from outside that change something, the newest of them.

Calls are kept as they came and read when somebody asks. What CloudFormation does for a stack is not among them, nor is
what happens to single objects, which CloudTrail has in no event history either.
Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events.html
"""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

KEPT = 500
"""Calls of a region."""
LARGEST = 16 * 1024
"""Bytes of a body that is kept."""
EVENTS = "calls"
_READS = ("BatchGet", "Describe", "Get", "Head", "List", "Lookup", "Simulate", "Test")
_NOT_KEPT = ("HTTP_AUTHORIZATION", "HTTP_X_AMZ_SECURITY_TOKEN")


@dataclass(frozen=True)
class Call:
    """One call."""

    id: str
    time: datetime
    service: str
    """What it was signed for."""
    environ: Mapping[str, str]
    body: bytes
    user: str


def is_remembered(service: str, environ: Mapping[str, Any], length: int) -> bool:
    """Whether a call is one of those that are kept: small, and on more than a single object."""
    on_object = service == "s3" and "/" in str(environ.get("PATH_INFO", "")).strip("/")
    return bool(service) and length <= LARGEST and not on_object and "HTTP_TRANSFER_ENCODING" not in environ


def remember(store: dict[str, Any], service: str, environ: Mapping[str, Any], body: bytes) -> None:
    """Keep a call in the store of its region, without the signature."""
    given = str(environ.get("HTTP_AUTHORIZATION", ""))
    user = given.partition("Credential=")[2].partition("/")[0]
    kept = {key: value for key, value in environ.items() if isinstance(value, str) and key not in _NOT_KEPT}
    calls: list[Call] = store.setdefault(EVENTS, [])
    calls.append(Call(str(uuid.uuid4()), datetime.now(UTC), service, kept, body, user))
    del calls[:-KEPT]


def watched(start_response: Callable[..., Any], remember_it: Callable[[], None]) -> Callable[..., Any]:
    """Has a call remembered once it has succeeded."""

    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        if status[:1] == "2":
            remember_it()
        return start_response(status, headers, *rest)

    return start


def events(calls: list[Call], name: str) -> Iterator[dict[str, Any]]:
    """The events, newest first, that concern what is called ``name``, in the form of the API's ``Event``."""
    for call in reversed(calls):
        operation, parameters = _read(call)
        if operation.startswith(_READS):
            continue
        names = sorted(set(_texts(parameters)))
        ours = [text for text in names if text == name or text.endswith((f"/{name}", f":{name}"))]
        if not ours:
            continue
        yield {
            "EventId": call.id,
            "EventName": operation,
            "ReadOnly": "false",
            "EventTime": call.time,
            "EventSource": f"{call.service}.amazonaws.com",
            "Username": call.user,
            "Resources": [{"ResourceName": text} for text in ours],
            "CloudTrailEvent": json.dumps(
                {
                    "eventVersion": "1.11",
                    "eventName": operation,
                    "userIdentity": {"type": "IAMUser", "userName": call.user},
                    "sourceIPAddress": "127.0.0.1",
                    "userAgent": call.environ.get("HTTP_USER_AGENT", ""),
                }
            ),
        }


def _read(call: Call) -> tuple[str, Any]:
    """The operation and its parameters. A service that cannot be read gives neither."""
    from botocore.exceptions import UnknownServiceError
    from moto.core.parse import PROTOCOL_PARSERS
    from moto.core.request import Request, determine_request_protocol
    from moto.core.routing import get_service_router
    from werkzeug.exceptions import HTTPException

    environ = {**call.environ, "wsgi.input": io.BytesIO(call.body), "wsgi.url_scheme": "http"}
    try:
        model, uri = get_service_router(call.service).match(Request(environ))
        request = Request({**environ, "wsgi.input": io.BytesIO(call.body)})
        protocol = determine_request_protocol(model.service_model, request.content_type)
        parser: Any = PROTOCOL_PARSERS[protocol](model, map_type=dict)
        parameters = parser.parse(
            {"method": request.method, "values": request.values, "headers": request.headers, "body": call.body,
             "url_path": request.path, "url_params": uri}
        )  # fmt: skip
    except (HTTPException, ValueError, LookupError, UnknownServiceError) as error:
        return f"{call.environ.get('REQUEST_METHOD')} {call.environ.get('PATH_INFO')}", {"why": str(error)}
    return model.name, parameters


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
