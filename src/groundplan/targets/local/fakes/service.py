"""Answering the operations that moto lacks.

A fake is a function from parameters to a result, registered for an operation. moto's routers, parsers and serializers
do the protocol work. What fakes remember lives in ``Fakes.store`` and is part of the snapshot.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib import import_module
from typing import Any, Final

_FAMILIES = (
    "backup", "compute", "containers", "costs", "database_backups", "databases", "disruptions", "edge",
    "event_history", "identity", "kubernetes", "monitoring", "parameters", "recovery_points", "rest_apis",
    "restore_testing", "secrets", "security", "spending", "storage", "tagging", "tracing",
)  # fmt: skip

NOT_MINE: Final = object()
"""A fake returns it to hand a request on to moto."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request to a fake."""

    parameters: dict[str, Any]
    account: str
    region: str
    store: dict[str, Any]
    """What the fakes of this service in this region remember."""
    elsewhere: Callable[[str], dict[str, Any]]
    """What they remember in another region."""

    def beside(self, region: str) -> Request:
        """The same request as if it had come to another region."""
        return replace(self, region=region, store=self.elsewhere(region))

    def table(self, name: str) -> dict[str, Any]:
        """One kind of things by their ids."""
        table: dict[str, Any] = self.store.setdefault(name, {})
        return table

    def one(self, table: str, key: str, code: str = "ResourceNotFoundException") -> dict[str, Any]:
        """A thing that must exist. Raises RefusedError with the service's code where it does not."""
        found: dict[str, Any] | None = self.table(table).get(key)
        if found is None:
            raise RefusedError(code, f"{table.capitalize().removesuffix('s')} {key} does not exist")
        return found

    def free(self, table: str, key: str, code: str) -> None:
        """Raises RefusedError where there is such a thing already."""
        if key in self.table(table):
            raise RefusedError(code, f"{table.capitalize().removesuffix('s')} {key} already exists")

    def arn(self, service: str, resource: str) -> str:
        """The ARN of something in this account and region."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"


Answer = Callable[[Request], Any]


class RefusedError(Exception):
    """An AWS error that a fake gives."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(slots=True)
class FakedService:
    """The faked operations of one service."""

    boto_name: str
    signing_name: str
    without_region: bool = False
    """Whether every region sees the same, as with CloudFront."""
    operations: dict[str, Answer] = field(default_factory=dict)

    def operation(self, name: str) -> Callable[[Answer], Answer]:
        """Registers a function for an operation."""

        def register(answer: Answer) -> Answer:
            self.operations[name] = answer
            return answer

        return register


SERVICES: dict[str, FakedService] = {}
"""The services that have fakes, by their boto3 names."""


def faked(boto_name: str, signing_name: str = "", *, without_region: bool = False) -> FakedService:
    """The fakes of a service. ``signing_name`` is what its requests are signed with, where that is another name."""
    return SERVICES.setdefault(boto_name, FakedService(boto_name, signing_name or boto_name, without_region))


class Fakes:
    """All fakes, and what they remember."""

    def __init__(self, account: str) -> None:
        for family in _FAMILIES:
            import_module(f"{__package__}.{family}")  # importing registers its operations
        self.account = account
        self.store: dict[tuple[str, str], dict[str, Any]] = {}
        self._by_signing_name: dict[str, list[FakedService]] = {}
        for service in SERVICES.values():
            self._by_signing_name.setdefault(service.signing_name, []).append(service)

    def serves(self, service: str) -> bool:
        """``service`` is the signing name of a request."""
        return service in self._by_signing_name

    def answer(
        self, service: str, region: str, environ: dict[str, Any], body: bytes
    ) -> tuple[int, list[tuple[str, str]], bytes] | None:
        """Status, headers and body, or None where the operation is moto's."""
        for fakes in self._by_signing_name[service]:
            answered = self._answer(fakes, region, environ, body)
            if answered:
                return answered
        return None

    def _answer(
        self, fakes: FakedService, region: str, environ: dict[str, Any], body: bytes
    ) -> tuple[int, list[tuple[str, str]], bytes] | None:
        from moto.core.exceptions import JsonRESTError, ServiceException
        from moto.core.parse import PROTOCOL_PARSERS
        from moto.core.request import Request as MotoRequest
        from moto.core.request import determine_request_protocol
        from moto.core.routing import get_service_router
        from moto.core.serialize import XFormedAttributePicker, get_serializer_class
        from werkzeug.exceptions import HTTPException

        name = fakes.boto_name
        request = MotoRequest({**environ, "wsgi.input": io.BytesIO(body)})
        try:
            model, uri = get_service_router(name).match(request)
        except HTTPException:
            return None
        fake = fakes.operations.get(model.name)
        if fake is None:
            return None
        request = MotoRequest({**environ, "wsgi.input": io.BytesIO(body)})
        protocol = determine_request_protocol(model.service_model, request.content_type)
        parser: Any = PROTOCOL_PARSERS[protocol](model, map_type=dict)
        parameters = parser.parse(
            {"method": request.method, "values": request.values, "headers": request.headers, "body": body,
             "url_path": request.path, "url_params": uri}
        )  # fmt: skip

        def remembered(place: str) -> dict[str, Any]:
            return self.store.setdefault((name, "" if fakes.without_region else place), {})

        result: Any
        try:
            result = fake(Request(parameters, self.account, region, remembered(region), remembered))
        except RefusedError as error:
            result = _service_exception()(error.code, str(error))
        except JsonRESTError as error:  # this and the next come from a backend of moto that the fake asked
            result = _service_exception()(error.error_type, error.message)
        except ServiceException as error:
            result = _service_exception()(error.code, error.message)
        if result is NOT_MINE:
            return None
        picker = XFormedAttributePicker()  # as moto's own responses have it: a result may hold moto's objects
        serializer: Any = get_serializer_class(name, protocol)(operation_model=model, value_picker=picker)
        answered = serializer.serialize(result)
        content = answered["body"]
        headers = [(str(key), str(value)) for key, value in answered["headers"].items()]
        return answered["status_code"], headers, content.encode() if isinstance(content, str) else content


@lru_cache(maxsize=1)
def _service_exception() -> type[Exception]:
    """A class of this module: moto's serializers take the service of an exception from where its class was made."""
    from moto.core.exceptions import ServiceException

    class Refused(ServiceException):
        """What a fake answers instead of a result."""

    return Refused
