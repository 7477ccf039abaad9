"""One local AWS for all tests of this folder; each test deploys a project of its own name."""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from tests.cli.commands import Command, Write, call, write_blueprint
from tests.operations.running import Aws

from groundplan.targets import local

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def state_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the local AWS of these tests lives. It keeps nothing: what all of them deploy would be written to the disk
    again with each deployment."""
    folder = tmp_path_factory.mktemp("local-aws")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GROUNDPLAN_STATE_DIR", str(folder))
        local.start(ephemeral=True)
    yield folder
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GROUNDPLAN_STATE_DIR", str(folder))
        local.stop()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, state_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The working folder, empty, and nobody at the terminal."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GROUNDPLAN_STATE_DIR", str(state_folder))
    with Path(os.devnull).open() as nobody:
        monkeypatch.setattr(sys, "stdin", nobody)
        yield tmp_path


@pytest.fixture
def project() -> str:
    """A project's name that no other test has."""
    return f"shop{next(_numbers)}"


@pytest.fixture
def write() -> Write:
    """Writes the blueprint of the working folder."""
    return write_blueprint


@pytest.fixture
def groundplan(capfd: pytest.CaptureFixture[str]) -> Command:
    """Runs a command."""
    return partial(call, capfd)


@pytest.fixture
def aws() -> Aws:
    """A look at what is really there."""
    return Aws()
