"""Serving a Terraform plugin: HashiCorp's go-plugin handshake and a gRPC server on a socket.

https://github.com/hashicorp/go-plugin/blob/main/docs/internals.md
"""

# grpcio ships no type information.
# mypy: disable-error-code="import-untyped"

from __future__ import annotations

import os
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from concurrent import futures
from typing import Any, TypeAlias

import grpc

from groundplan.operations.terraform.offline.certificate import Certificate

Procedure: TypeAlias = tuple[Any, Callable[[Any], Any]]
"""The class of a request and the function that answers it."""

_MESSAGE_LIMIT = 256 * 1024 * 1024
_LONGEST_PLACE = 70


def serve(procedures: Mapping[str, Procedure], certificate: Certificate) -> None:
    """Serve the procedures of ``tfplugin6.Provider`` until Terraform says stop or is gone."""
    stopped = threading.Event()

    def shut_down(request: bytes, context: object) -> bytes:
        stopped.set()
        return b""

    def no_output(request: bytes, context: object) -> Iterator[bytes]:
        return iter(())

    limits = [(f"grpc.max_{direction}_message_length", _MESSAGE_LIMIT) for direction in ("send", "receive")]
    server = grpc.server(futures.ThreadPoolExecutor(8), options=limits)
    services = {
        "tfplugin6.Provider": {name: _handler(*procedure) for name, procedure in procedures.items()},
        "plugin.GRPCController": {"Shutdown": grpc.unary_unary_rpc_method_handler(shut_down)},
        "plugin.GRPCStdio": {"StreamStdio": grpc.unary_stream_rpc_method_handler(no_output)},
    }
    server.add_generic_rpc_handlers(
        tuple(grpc.method_handlers_generic_handler(name, handlers) for name, handlers in services.items())
    )
    credentials = grpc.ssl_server_credentials([(certificate.key.encode(), certificate.certificate.encode())])
    with tempfile.TemporaryDirectory(prefix="groundplan-", dir=_place_of_sockets()) as folder:
        server.add_secure_port(f"unix://{folder}/socket", credentials)
        server.start()
        # What PEM holds between its first and its last line is what the handshake wants, but for the line breaks.
        encoded = "".join(certificate.certificate.split("\n")[1:-2]).rstrip("=")
        sys.stdout.write(f"1|6|unix|{folder}/socket|grpc|{encoded}\n")
        sys.stdout.flush()
        terraform = os.getppid()
        while not stopped.wait(1) and os.getppid() == terraform:
            pass
        server.stop(0.05).wait()
    os._exit(0)  # Terraform waits for the process, and the interpreter would tidy up for a tenth of a second.


def _place_of_sockets() -> str | None:
    """The folder for temporary files; /tmp where its path leaves no room for a socket's, of 104 bytes on macOS."""
    return "/tmp" if len(os.fsencode(tempfile.gettempdir())) > _LONGEST_PLACE else None  # noqa: S108 - one's own folder


def _handler(request: Any, answer: Callable[[Any], Any]) -> Any:
    def call(message: Any, context: object) -> Any:
        try:
            return answer(message)
        except Exception:
            traceback.print_exc()  # Terraform shows it with TF_LOG=debug; the caller sees only a status code.
            raise

    return grpc.unary_unary_rpc_method_handler(
        call, request_deserializer=request.FromString, response_serializer=lambda response: response.SerializeToString()
    )
