"""Golden files: every stack of the sample, as a person reads it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.engines.samples import sample_architecture

from groundplan.engines.cloudformation import render, write

CASES = Path(__file__).parents[2] / "cases" / "cloudformation"
NAMES = sorted([*(f"{stack.name}.yaml" for stack in render(sample_architecture()).stacks), "stacks.yaml"])


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("templates")
    write(render(sample_architecture()), directory)
    return directory


@pytest.mark.parametrize("name", NAMES)
def test_case(name: str, written: Path, update_golden: bool) -> None:
    got = (written / name).read_text(encoding="utf-8")
    if update_golden:
        CASES.mkdir(parents=True, exist_ok=True)
        (CASES / name).write_text(got, encoding="utf-8")
    assert got == (CASES / name).read_text(encoding="utf-8")


def test_there_is_no_case_without_a_stack() -> None:
    assert sorted(path.name for path in CASES.iterdir()) == NAMES
