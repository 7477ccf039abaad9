"""Commands run in this process, in a folder of their own."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from groundplan.cli.main import run

FILE = Path("groundplan.yaml")
DUSKSPENDR = Path(__file__).parents[2] / "examples/duskspendr/groundplan.yaml"


@dataclass(frozen=True)
class Result:
    """What a command told the shell."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which is JSON and nothing else."""
        return json.loads(self.out)


Command = Callable[..., Result]
Write = Callable[[str | bytes], Path]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, empty; and no local AWS that others use."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GROUNDPLAN_STATE_DIR", str(tmp_path / "state"))
    return tmp_path


@pytest.fixture
def write() -> Write:
    """Writes the blueprint of the working folder."""

    def write_file(content: str | bytes) -> Path:
        FILE.write_bytes(content if isinstance(content, bytes) else dedent(content).removeprefix("\n").encode())
        return FILE

    return write_file


@pytest.fixture
def groundplan(capfd: pytest.CaptureFixture[str]) -> Command:
    """Runs a command. Whatever happens, no traceback reaches the person."""

    def call(*arguments: str | Path) -> Result:
        capfd.readouterr()
        code = run([str(argument) for argument in arguments])
        captured = capfd.readouterr()
        assert "Traceback" not in captured.err + captured.out
        return Result(code, captured.out, captured.err)

    return call
