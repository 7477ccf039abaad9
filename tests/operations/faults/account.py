"""An AWS account in this process: the local AWS without a socket, and lines to it that can be cut."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError
from botocore.session import get_session

from groundplan.targets.connection import Connection, read_timestamp
from groundplan.targets.local import snapshot
from groundplan.targets.local.application import LocalAws
from groundplan.targets.local.cloudformation.deployment import Deployment
from groundplan.targets.local.cloudformation.operation import OperationFailedError
from groundplan.targets.local.emulator import InProcessTransport, moto_application

LOOKS = ("DescribeStackEvents", "DescribeChangeSet", "DescribeStacks")
"""Asked over and over until something has ended: only the first time is a step."""
Place = tuple[str, str]
"""Stack and logical id of a resource."""
Loss = Literal["question", "answer"]
"""Whether AWS never hears the question, or does what it is asked and the answer gets lost."""


class Step(NamedTuple):
    """A request that a process sends to AWS."""

    operation: str
    about: str
    """The stack it names."""
    time: int
    """Which of its name in this process, from 1."""

    def __str__(self) -> str:
        return " ".join(part for part in (self.operation, self.about, f"({self.time})") if part)


@dataclass
class Line:
    """What one process sends to AWS, request by request. At steps the line may break: for once, or for ever."""

    breaks_at: Collection[Step] = ()
    """Where it breaks: at the first of these that it comes to, and, unless for ever, once for each stack."""
    for_ever: bool = False
    loses: Loss = "question"
    steps: list[Step] = field(default_factory=list)
    broke_at: list[Step] = field(default_factory=list)
    _times: Counter[tuple[str, str]] = field(default_factory=Counter)
    _counting: threading.Lock = field(default_factory=threading.Lock)

    def loss(self, operation: str, about: str) -> Loss | None:
        """Count a request; what gets lost of it."""
        with self._counting:
            if self.broke_at and self.for_ever:
                return "question"
            if operation in LOOKS and self._times[operation, about]:
                return None
            self._times[operation, about] += 1
            step = Step(operation, about, self._times[operation, about])
            self.steps.append(step)
            if step not in self.breaks_at or any(step.about == other.about for other in self.broke_at):
                return None
            self.broke_at.append(step)
            return self.loses


class Account:
    """The account. Everything in it is forgotten at ``reset``; ``save`` and ``load`` bring it back as it was."""

    def __init__(self) -> None:
        moto_application()
        _read_images_once()
        self.line = Line()
        self._clients: dict[tuple[str, str], object] = {}
        self._session = get_session()
        self._session.set_credentials("local", "local")
        parsers = self._session.get_component("response_parser_factory")
        parsers.set_parser_defaults(timestamp_parser=read_timestamp)
        self._making = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """An empty account."""
        from moto.core.base_backend import BackendDict

        instances: list[Any] = BackendDict._instances  # type: ignore[misc]
        for backend in instances:
            if backend.service_name != "ec2":  # whose reset would read all machine images anew, for half a second
                for regions in backend.values():
                    regions.reset()
            backend.clear()
        instances.clear()
        self.aws = LocalAws()
        self._transport = InProcessTransport(self.aws)

    def save(self, path: Path) -> None:
        """Write down everything in it."""
        snapshot.save(path, self.aws)

    def load(self, path: Path) -> None:
        """Go back to what was written down."""
        self.reset()
        snapshot.load(path, self.aws)

    def connect(self, line: Line) -> Connection:
        """A connection over a line. Only one is used at a time."""
        self.line = line
        return _Wire(self)

    def client(self, service: str, region: str) -> Any:
        """A client; a request is not sent twice."""
        with self._making:
            made = self._clients.get((service, region))
            if made is None:
                config = Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"}, inject_host_prefix=False)
                made = self._session.create_client(
                    service, region_name=region, endpoint_url="http://127.0.0.1:1", config=config
                )
                hook: Any = self._send
                made.meta.events.register("before-send", hook)
                self._clients[service, region] = made
            return made

    def _send(self, request: Any, event_name: str, **_: Any) -> AWSResponse:
        operation = event_name.rpartition(".")[2]
        body = request.body or b""
        body = body if isinstance(body, bytes) else str(body).encode()
        about = next((part[10:].decode() for part in body.split(b"&") if part.startswith(b"StackName=")), "")
        loss = self.line.loss(operation, about)
        if loss == "question":
            raise EndpointConnectionError(endpoint_url=request.url)
        answer = self._transport(request)
        if loss == "answer":
            raise ConnectionClosedError(endpoint_url=request.url)
        return answer


@cache
def _read_images_once() -> None:
    """Amazon's machine images are read once in each region, not once in each account: that took as long as ten
    requests."""
    from moto.ec2.models.amis import AmiBackend

    read: Any = AmiBackend._load_amis
    known: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}

    def load(self: Any) -> None:
        if self.region_name not in known:
            read(self)
            known[self.region_name] = (
                dict(self.amis),
                {name: item for name, item in self.snapshots.items() if item.from_ami in self.amis},
            )
        images, snapshots = known[self.region_name]
        for name, image in images.items():
            self.amis[name] = copy(image)
            self.amis[name].ec2_backend = self
        for name, item in snapshots.items():
            self.snapshots[name] = copy(item)
            self.snapshots[name].ec2_backend = self

    setattr(AmiBackend, "_load_amis", load)  # noqa: B010 - mypy forbids assigning to a method


class _Wire(Connection):
    """A connection to the account in this process."""

    def __init__(self, account: Account) -> None:
        super().__init__("local", {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"})
        object.__setattr__(self, "account", account)

    account: Account

    @property
    def poll_seconds(self) -> float:
        return 0.1

    def _client(self, service: str, region: str) -> object:
        return self.account.client(service, region)


@contextmanager
def refusing(places: Collection[Place]) -> Iterator[list[Place]]:
    """The first time that one of these resources is to be created or changed, AWS refuses: one in each stack. Yields
    what was refused."""
    refused: list[Place] = []
    create, update = Deployment._create, Deployment._update

    def refuse(self: Deployment, name: str, type_name: str, physical_id: str, verb: str) -> None:
        with self.engine.gate:
            stack = self.stack.name
            if (stack, name) not in places or any(stack == other for other, _ in refused):
                return
            refused.append((stack, name))
            why = "Rate exceeded (Service: AWS, Status Code: 400)"
            self.stack.note(name, type_name, physical_id, f"{verb}_IN_PROGRESS", "")
            self.note_failure(name, type_name, physical_id, verb, why)
        raise OperationFailedError(f"[{name}]: {why}")

    def failing_create(self: Deployment, name: str, handler: Any, *rest: Any, **more: Any) -> None:
        refuse(self, name, handler.row.type, "", "CREATE")
        create(self, name, handler, *rest, **more)

    def failing_update(self: Deployment, record: Any, *rest: Any) -> None:
        refuse(self, record.logical_id, record.type, record.state.id, "UPDATE")
        update(self, record, *rest)

    Deployment._create, Deployment._update = failing_create, failing_update  # type: ignore[method-assign,assignment]
    try:
        yield refused
    finally:
        Deployment._create, Deployment._update = create, update  # type: ignore[method-assign]
