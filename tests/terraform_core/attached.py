"""Providers that are there already when Terraform comes: starting one for each command, three times for a plan, takes
as long as all the rest of a small root. They are the stand-in, in threads of the process that asks.

That a provider is found, started and spoken to over TLS is proven where ``groundplan plan --offline`` is
(``tests/operations/terraform``). Source: https://developer.hashicorp.com/terraform/plugin/debugging
"""

# grpcio ships no type information.
# mypy: disable-error-code="import-untyped"

from __future__ import annotations

import json
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent import futures
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
from tests.terraform_core.behaviour import BEHAVIOUR_VARIABLE, Behaviour
from tests.terraform_core.provider import ApplyingProvider
from tests.terraform_core.secret_store import SecretStore

from groundplan.operations.terraform.offline.installation import HOSTS
from groundplan.operations.terraform.offline.protocol import MESSAGES
from groundplan.operations.terraform.offline.provider import PROCEDURES

VARIABLE = "TF_REATTACH_PROVIDERS"
KEPT = 3
"""Pairs of schemas and secrets whose providers stay: a root is worked on by several commands, one after the other."""
_MESSAGE_LIMIT = 256 * 1024 * 1024


def attach(schema: Path, secrets: Path) -> str:
    """The value of ``TF_REATTACH_PROVIDERS`` that leads to providers with the schemas of a file."""
    key = schema, secrets
    if key not in _RUNNING:
        content = json.loads(schema.read_text(encoding="utf-8"))
        _RUNNING[key] = [_Attached(name, schemas, secrets) for name, schemas in content.items()]
    _RUNNING.move_to_end(key)
    while len(_RUNNING) > KEPT:
        for old in _RUNNING.popitem(last=False)[1]:
            old.stop()
    return json.dumps(
        {
            f"{host}/hashicorp/{provider.name}": {
                "Protocol": "grpc",
                "ProtocolVersion": 6,
                "Pid": os.getpid(),
                "Test": True,  # Terraform leaves the process alone when it is done
                "Addr": {"Network": "tcp", "String": provider.address},
            }
            for provider in _RUNNING[key]
            for host in HOSTS
        }
    )


_RUNNING: OrderedDict[tuple[Path, Path], list[_Attached]] = OrderedDict()


@dataclass(eq=False)
class _Attached:
    """One provider. Each connection is a provider configuration of its own, with a region of its own."""

    name: str
    schema: dict[str, Any]
    secrets: Path
    address: str = field(init=False)
    _by_peer: dict[str, ApplyingProvider] = field(default_factory=dict, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def __post_init__(self) -> None:
        limits = [(f"grpc.max_{direction}_message_length", _MESSAGE_LIMIT) for direction in ("send", "receive")]
        self._server = grpc.server(futures.ThreadPoolExecutor(8), options=limits)
        procedures = PROCEDURES | {"ApplyResourceChange": "apply_resource_change"}
        services = {
            "tfplugin6.Provider": {name: self._handler(name, method) for name, method in procedures.items()},
            "plugin.GRPCStdio": {"StreamStdio": grpc.unary_stream_rpc_method_handler(_no_output)},
        }
        self._server.add_generic_rpc_handlers(
            tuple(grpc.method_handlers_generic_handler(name, handlers) for name, handlers in services.items())
        )
        self.address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        self._server.start()

    def stop(self) -> None:
        self._server.stop(None)

    def _handler(self, name: str, method: str) -> Any:
        def call(message: Any, context: Any) -> Any:
            answer: Callable[[Any], Any] = getattr(self._of(context.peer()), method)
            return answer(message)

        return grpc.unary_unary_rpc_method_handler(
            call,
            request_deserializer=MESSAGES[name].Request.FromString,
            response_serializer=lambda response: response.SerializeToString(),
        )

    def _of(self, peer: str) -> ApplyingProvider:
        with self._lock:
            if peer not in self._by_peer:
                behaviour = Behaviour.read(os.environ.get(BEHAVIOUR_VARIABLE))
                self._by_peer[peer] = ApplyingProvider(self.schema, SecretStore(self.secrets), behaviour)
            return self._by_peer[peer]


def _no_output(request: bytes, context: object) -> Iterator[bytes]:
    return iter(())
