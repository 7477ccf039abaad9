"""Starting, finding and stopping the local AWS from another process."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from groundplan.errors import EnvironmentalError
from groundplan.files import reason
from groundplan.targets.local.state import FOLDER_VARIABLE, Running, StateFolder

SLOWEST_START = 60.0
SLOWEST_STOP = 30.0
REGION = "us-east-1"
_REFUSED = "refused: "


def start(port: int | None = None, *, ephemeral: bool = False) -> Running:
    """The running local AWS; starts it where there is none, and waits until it answers.

    ``port``: None is a free one. ``ephemeral``: it begins empty, and its end forgets everything; what an earlier one
    has saved stays for the next that is not. Raises EnvironmentalError where the port is taken, where another port or
    kind is asked for than the one that runs, where the state folder is not writable, or where the snapshot is of
    another version.
    """
    folder = StateFolder.default()
    folder.make()
    if port is not None and not 1 <= port <= 65535:
        raise EnvironmentalError(f"{port} is no port; a port is a number from 1 to 65535")
    with folder.holding(folder.starting, wait=True):
        running = folder.running()
        if running is None:
            running = _spawn(folder, port or 0, ephemeral=ephemeral)
        elif ephemeral and not running.ephemeral:
            raise EnvironmentalError(
                "the local AWS already runs, and keeps what it holds; stop it first (`groundplan local stop`) to start "
                "one that forgets"
            )
        elif port not in (None, running.port):
            raise EnvironmentalError(
                f"the local AWS already runs on port {running.port}; stop it first (`groundplan local stop`) "
                f"to start it on port {port}"
            )
        return running


def stop() -> bool:
    """Stops it; its state stays, unless it is ephemeral. False where none was running.

    Raises EnvironmentalError where it does not stop, because its state cannot be written to disk: it would be lost.
    """
    folder = StateFolder.default()
    running = folder.running()
    if running is None:
        return False
    begin = folder.log.stat().st_size if folder.log.exists() else 0
    os.kill(running.pid, signal.SIGTERM)
    deadline = time.monotonic() + SLOWEST_STOP
    while folder.running() is not None:
        refused = _refusal(folder.log, begin)
        if refused:
            raise EnvironmentalError(f"the local AWS (process {running.pid}): {refused}; `groundplan local reset` "
                                     "stops it without saving")  # fmt: skip
        if time.monotonic() > deadline:
            raise EnvironmentalError(f"the local AWS (process {running.pid}) does not stop; see {folder.log}")
        time.sleep(0.02)
    return True


def status() -> Running | None:
    """The running local AWS, or None."""
    return StateFolder.default().running()


def reset() -> None:
    """Stops it and forgets everything that it held."""
    folder = StateFolder.default()
    running = folder.running()
    if running is not None:
        os.kill(running.pid, signal.SIGKILL)  # what it would still save is to be forgotten
        deadline = time.monotonic() + SLOWEST_STOP
        while folder.running() is not None and time.monotonic() < deadline:
            time.sleep(0.02)
    for path in (folder.snapshot, folder.snapshot.with_name("snapshot.new"), folder.address, folder.log):
        path.unlink(missing_ok=True)


def environment(running: Running) -> dict[str, str]:
    """The environment variables with which AWS tools and SDKs speak to it."""
    return {
        "AWS_ENDPOINT_URL": running.endpoint,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": os.environ.get("AWS_DEFAULT_REGION", REGION),
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _spawn(folder: StateFolder, port: int, *, ephemeral: bool) -> Running:
    if port:
        _refuse_taken(port)
    folder.address.unlink(missing_ok=True)
    begin = folder.log.stat().st_size if folder.log.exists() else 0
    with os.fdopen(os.open(folder.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as log:
        process = subprocess.Popen(  # noqa: S603 - this Python, this package
            [
                sys.executable,
                "-m",
                "groundplan.targets.local.daemon",
                str(folder.path.absolute()),
                str(port),
                *(("--ephemeral",) if ephemeral else ()),
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd="/",
            env=_daemon_environment(),
        )
    deadline = time.monotonic() + SLOWEST_START
    while time.monotonic() < deadline:
        running = folder.running()
        if running is not None and running.pid == process.pid and _answers(running.port):
            return running
        if process.poll() is not None:
            raise EnvironmentalError(_why(folder.log, begin))
        time.sleep(0.01)
    process.kill()
    raise EnvironmentalError(f"the local AWS did not start within {SLOWEST_START:.0f} s; see {folder.log}")


def _daemon_environment() -> dict[str, str]:
    """The daemon must never find real credentials or send requests to a real endpoint."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    source = str(Path(__file__).resolve().parents[3])
    path = kept.get("PYTHONPATH", "")
    return {
        **kept,
        "PYTHONPATH": f"{source}{os.pathsep}{path}" if path else source,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        FOLDER_VARIABLE: str(StateFolder.default().path),
    }


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise EnvironmentalError(
                f"port {port} on 127.0.0.1 cannot be used ({reason(error)}); choose another, or none for a free one"
            ) from error


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def _why(log: Path, begin: int) -> str:
    refused = _refusal(log, begin)
    return f"the local AWS did not start: {refused}" if refused else f"the local AWS did not start; see {log}"


def _refusal(log: Path, begin: int) -> str:
    """What the daemon has last refused, according to what its log says behind a position."""
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(begin)
        lines = file.read().decode(errors="replace").splitlines()
    return next((line.removeprefix(_REFUSED) for line in reversed(lines) if line.startswith(_REFUSED)), "")
