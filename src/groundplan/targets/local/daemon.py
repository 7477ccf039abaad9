"""The process of the local AWS: ``control.start`` runs it as a module, with a folder, a port and ``--ephemeral``."""

from __future__ import annotations

import gc
import logging
import os
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from groundplan.errors import EnvironmentalError, GroundplanError
from groundplan.files import reason
from groundplan.targets.local.state import Running, StateFolder

if TYPE_CHECKING:
    from groundplan.targets.local.application import LocalAws

HOST = "127.0.0.1"
QUIET_SECONDS = 1.0
"""A snapshot is written once requests that change something have been quiet for this long."""
REFUSED = "refused: "
"""Begins the line of the log that ``control.start`` shows to the user."""

_log = logging.getLogger("groundplan.local")


def bind(port: int) -> socket.socket:
    """A listening socket on 127.0.0.1. Raises EnvironmentalError where the port is taken or not allowed."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
        listening.listen(128)
    except (OSError, OverflowError) as error:
        listening.close()
        raise EnvironmentalError(
            f"port {port} on {HOST} cannot be used ({error}); choose another one, or none for a free one"
        ) from error
    return listening


class Saver:
    """Writes snapshots: at the start and the end of each stack operation, and when plain requests changed something.

    One that is attached to nothing has nothing to write.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._begun = self._written = 0
        self._aws: LocalAws | None = None

    def attach(self, aws: LocalAws) -> None:
        """From now on there is something to save."""
        self._aws = aws
        threading.Thread(target=self._watch, args=(aws,), name="saver", daemon=True).start()

    def save(self) -> None:
        """Raises EnvironmentalError where the snapshot cannot be written; plain requests are refused from then on,
        until it can. Those who wait while one is written share the next."""
        aws = self._aws
        if aws is None:
            return
        from groundplan.targets.local.snapshot import save

        begun = self._begun
        with self._lock:
            if self._written > begun:  # it began after this call did, so it holds what the caller wants saved
                return
            self._begun += 1
            started, known = time.perf_counter(), aws.unsaved
            try:
                size = save(self._path, aws)
            except OSError as error:
                aws.unsaved = f"the state cannot be written to {self._path} ({reason(error)})"
            except Exception as error:
                _log.exception("the snapshot cannot be made")
                aws.unsaved = f"the state cannot be saved ({type(error).__name__}: {error})"
            else:
                aws.unsaved, self._written = "", self._begun
                _log.info("snapshot: %d KiB in %.0f ms", size // 1024, (time.perf_counter() - started) * 1000)
                return
            aws.changed = True
            if aws.unsaved != known:
                _log.error("%s", aws.unsaved)
            raise EnvironmentalError(aws.unsaved)

    def _watch(self, aws: LocalAws) -> None:
        while True:
            time.sleep(QUIET_SECONDS)
            if aws.changed:
                aws.changed = False
                time.sleep(QUIET_SECONDS)
                if aws.changed:
                    continue
                with suppress(EnvironmentalError):  # said to whoever asks for the next change
                    self.save()


def serve(folder: StateFolder, port: int, *, ephemeral: bool = False) -> None:
    """Serves until it is told to stop. An ``ephemeral`` one neither reads nor writes a snapshot.

    Raises EnvironmentalError where it cannot start.
    """
    folder.make()
    with folder.holding(folder.lock, wait=False):
        listening = bind(port)
        from groundplan.targets.local import snapshot

        if not ephemeral:
            snapshot.check(folder.snapshot)
        from werkzeug.serving import WSGIRequestHandler, make_server

        from groundplan.targets.local.application import LocalAws

        class Handler(WSGIRequestHandler):
            protocol_version = "HTTP/1.1"

            def log(self, type: str, message: str, *args: object) -> None:
                """Requests are not logged: they may hold secrets."""

        saver = Saver(folder.snapshot)
        aws = LocalAws(saver.save)
        if not ephemeral:
            if folder.snapshot.exists():
                snapshot.load(folder.snapshot, aws)
            saver.attach(aws)
        actual = listening.getsockname()[1]
        server = make_server(HOST, actual, aws, threaded=True, request_handler=Handler, fd=listening.fileno())

        def stop(_signal: int, _frame: FrameType | None) -> None:
            try:
                saver.save()
            except EnvironmentalError as error:
                sys.stderr.write(f"{REFUSED}it does not stop, because {error}\n")
                return
            folder.address.unlink(missing_ok=True)
            _log.info("stopped")
            os._exit(0)  # threads of operations must not outlive their last snapshot

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        folder.write_address(Running(f"http://{HOST}:{actual}", os.getpid(), actual, ephemeral))
        _log.info("ready on port %d", actual)
        threading.Thread(target=aws.ready, name="moto", daemon=True).start()  # while the first client still prepares
        server.serve_forever()


def main(arguments: list[str]) -> int:
    gc.set_threshold(50_000, 50, 100)  # half a million objects that stay: looking through them all took a tenth
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr, level=logging.WARNING)
    _log.setLevel(logging.INFO)
    try:
        serve(StateFolder(Path(arguments[0])), int(arguments[1]), ephemeral="--ephemeral" in arguments[2:])
    except GroundplanError as error:
        sys.stderr.write(f"{REFUSED}{error}\n")
        return int(error.exit_code)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
