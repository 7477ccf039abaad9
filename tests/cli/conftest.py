"""Each test in a folder of its own, away from any local AWS that others use."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from tests.cli.commands import Command, Write, call, write_blueprint


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, empty."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GROUNDPLAN_STATE_DIR", str(tmp_path / "state"))
    return tmp_path


@pytest.fixture
def write() -> Write:
    """Writes the blueprint of the working folder."""
    return write_blueprint


@pytest.fixture
def groundplan(capfd: pytest.CaptureFixture[str]) -> Command:
    """Runs a command."""
    return partial(call, capfd)
