"""What is written for one system, file by file: ``tests/cases/kubernetes``.

``pytest --update-golden`` writes it anew.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.engines.kubernetes.systems import architectures, rendering

from groundplan.engines.kubernetes import render

CASES = Path(__file__).parents[2] / "cases" / "kubernetes"


@pytest.mark.parametrize("name", sorted(rendering().files))
def test_a_file(name: str, update_golden: bool) -> None:
    file, text = CASES / name, rendering().files[name]
    if update_golden:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    assert file.exists(), f"{file} is missing; pytest --update-golden writes it"
    assert file.read_text() == text


def test_no_file_is_left_over() -> None:
    present = {str(path.relative_to(CASES)) for path in CASES.rglob("*") if path.is_file()}
    assert present == set(rendering().files)


def test_the_same_input_gives_the_same_bytes() -> None:
    assert dict(render(*architectures()).files) == dict(rendering().files)


def test_every_file_says_who_wrote_it() -> None:
    for text in rendering().files.values():
        assert text.startswith(("# Written by Groundplan", "<!-- Written by Groundplan"))
