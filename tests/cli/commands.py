"""Running commands in this process, and what they tell."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from groundplan.cli.main import run

PLAN_KEYS = {"target", "changes", "monthly_change", "findings", "refused", "notes", "offline"}
"""What a plan as JSON has, whatever the engine."""
CHANGE_KEYS = {"action", "resource", "type", "stack", "why", "holds_data", "loses", "unprotects", "monthly"}
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


def call(capture: pytest.CaptureFixture[str], *arguments: str | Path) -> Result:
    """Run one command. Whatever happens, no traceback reaches the person."""
    capture.readouterr()
    code = run([str(argument) for argument in arguments])
    captured = capture.readouterr()
    assert "Traceback" not in captured.err + captured.out
    return Result(code, captured.out, captured.err)


def write_blueprint(content: str | bytes) -> Path:
    """Write the blueprint of the working folder."""
    FILE.write_bytes(content if isinstance(content, bytes) else dedent(content).removeprefix("\n").encode())
    return FILE
