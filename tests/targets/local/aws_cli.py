"""The AWS CLI, imported once: a process that forks for each command line, where ``aws`` would start anew.

Importing it takes longer than most commands do. What a command finds is what ``python -m awscli`` finds: the words, the
variables and the folder that this process was started with, and no other command's state.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

SECONDS = 60
"""A command that takes longer is ended."""


class AwsCli:
    """Runs commands one after the other."""

    def __init__(self, variables: Mapping[str, str], folder: Path) -> None:
        self._output = folder / "stdout", folder / "stderr"
        self._process = subprocess.Popen(
            [sys.executable, __file__, *map(str, self._output)], env=dict(variables), cwd=folder, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def __enter__(self) -> AwsCli:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.communicate()  # its input ends, and it does

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        """``aws`` with these words. The code of a command that was ended is the negative number of its signal."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        stdout, stderr = (path.read_text(encoding="utf-8") for path in self._output)
        return subprocess.CompletedProcess(words, code, stdout, stderr)


def serve(stdout: str, stderr: str) -> None:
    """Runs each line of the standard input and answers with its code."""
    # Loaded by name: the package has no type hints.
    importlib.import_module("awscli.clidriver").create_clidriver()  # imports what every command imports
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            run(json.loads(line), stdout, stderr)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def run(words: Sequence[str], stdout: str, stderr: str) -> None:
    """What ``python -m awscli`` does, with its output in files."""
    signal.alarm(SECONDS)
    for number, (path, flags) in enumerate(((os.devnull, os.O_RDONLY), (stdout, WRITTEN), (stderr, WRITTEN))):
        os.dup2(os.open(path, flags, 0o600), number)
    sys.argv = ["aws", *words]
    code = 1
    try:
        code = importlib.import_module("awscli.clidriver").main()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


WRITTEN = os.O_WRONLY | os.O_CREAT | os.O_TRUNC

if __name__ == "__main__":
    serve(*sys.argv[1:])
