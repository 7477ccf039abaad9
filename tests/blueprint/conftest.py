"""Blueprints in a folder of their own, named as people name them, so that messages read as people see them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from groundplan.blueprint.loading import load_all
from groundplan.errors import InputError

FILE = Path("groundplan.yaml")
Write = Callable[[str | bytes], Path]
Problems = Callable[[str], list[str]]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes ``groundplan.yaml`` into an empty working folder."""
    monkeypatch.chdir(tmp_path)

    def write_file(content: str | bytes) -> Path:
        FILE.write_bytes(content if isinstance(content, bytes) else dedent(content).removeprefix("\n").encode())
        return FILE

    return write_file


@pytest.fixture
def problems(write: Write) -> Problems:
    """What is wrong with a blueprint, line by line, in all of its environments."""

    def find(text: str) -> list[str]:
        try:
            load_all(write(text))
        except InputError as error:
            return [str(problem) for problem in error.problems]
        return []

    return find
