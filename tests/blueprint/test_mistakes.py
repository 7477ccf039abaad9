"""One mistake each: tests/cases/blueprint/mistakes holds what is written, with ▸ before the place that is pointed at,
and behind => what is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.blueprint.conftest import Problems

CASES = Path(__file__).parents[1] / "cases" / "blueprint" / "mistakes"
BASE = "project: shop\nregion: eu-west-1\n"
MARK, ARROW = "▸", "=> "


def mistakes() -> list[pytest.ParameterSet]:
    found = []
    for file in sorted(CASES.glob("*.txt")):
        for block in file.read_text(encoding="utf-8").strip().split("\n\n"):
            text, _, message = block.partition(f"\n{ARROW}")
            found.append(pytest.param(text, message, id=f"{file.stem}-{message[:60]}"))
    return found


@pytest.mark.parametrize(("text", "message"), mistakes())
def test_a_mistake_is_said_with_its_place(text: str, message: str, problems: Problems) -> None:
    written = BASE + text
    line = written[: written.index(MARK)].count("\n") + 1
    column = written.split("\n")[line - 1].index(MARK) + 1
    assert written.count(MARK) == 1
    assert problems(written.replace(MARK, "") + "\n") == [f"groundplan.yaml:{line}:{column}: {message}"]


def test_there_are_mistakes() -> None:
    assert len(mistakes()) > 100
