"""The folder in which the local AWS keeps its lock, its address, its log and its snapshot."""

from __future__ import annotations

import fcntl
import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from groundplan.errors import EnvironmentalError
from groundplan.files import reason

LOCK_PATIENCE = 1.0
"""Seconds. Whoever asks whether a daemon runs holds its lock for an instant; that is no daemon."""
FOLDER_VARIABLE = "GROUNDPLAN_STATE_DIR"


@dataclass(frozen=True, slots=True)
class Running:
    """The local AWS, up and ready."""

    endpoint: str
    """What ``AWS_ENDPOINT_URL`` must be."""
    pid: int
    port: int
    ephemeral: bool = False
    """Whether it forgets everything when it ends."""


@dataclass(frozen=True, slots=True)
class StateFolder:
    """Where one local AWS lives. Only its owner may read it: the snapshot holds whatever secrets were stored in it."""

    path: Path

    @classmethod
    def default(cls) -> StateFolder:
        """``$GROUNDPLAN_STATE_DIR``, else ``~/.local/state/groundplan/local``."""
        chosen = os.environ.get(FOLDER_VARIABLE)
        return cls(Path(chosen) if chosen else Path.home() / ".local" / "state" / "groundplan" / "local")

    @property
    def lock(self) -> Path:
        """Held by the daemon as long as it lives."""
        return self.path / "lock"

    @property
    def starting(self) -> Path:
        """Held by whoever starts the daemon, so that two starts make one."""
        return self.path / "starting"

    @property
    def address(self) -> Path:
        return self.path / "daemon.json"

    @property
    def log(self) -> Path:
        return self.path / "daemon.log"

    @property
    def snapshot(self) -> Path:
        return self.path / "snapshot"

    def make(self) -> None:
        """Creates the folder. Raises EnvironmentalError where that is not possible."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.path):
                pass
        except OSError as error:
            raise EnvironmentalError(
                f"the state folder {self.path} is not writable ({reason(error)}); "
                f"set {FOLDER_VARIABLE} to a folder that is"
            ) from error

    def running(self) -> Running | None:
        """The daemon, if its lock is held and it has written its address."""
        if not self.lock.exists() or self._lock_is_free():
            return None
        try:
            written = json.loads(self.address.read_text(encoding="utf-8"))
            return Running(
                str(written["endpoint"]), int(written["pid"]), int(written["port"]), written["ephemeral"] is True
            )
        except (OSError, ValueError, KeyError):
            return None

    def _lock_is_free(self) -> bool:
        try:
            with self.lock.open("r") as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True

    def write_address(self, running: Running) -> None:
        text = json.dumps(asdict(running))
        temporary = self.address.with_suffix(".new")
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(self.address)

    @contextmanager
    def holding(self, lock: Path, *, wait: bool) -> Iterator[None]:
        """Holds a lock file. Without ``wait`` a held lock raises EnvironmentalError."""
        with lock.open("w") as file:
            deadline = time.monotonic() + LOCK_PATIENCE
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        where = f"the state folder {self.path}"
                        raise EnvironmentalError(f"a local AWS already runs with {where}") from None
                    time.sleep(0.005)
            yield
