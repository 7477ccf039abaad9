"""Golden files: what is said of a wrong blueprint; of a right one, every value that is no plain default."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundplan.blueprint.explain import explain
from groundplan.blueprint.loading import load_all
from groundplan.errors import InputError

CASES = Path(__file__).parents[1] / "cases" / "blueprint"


def told(file: Path) -> str:
    try:
        environments = load_all(file)
    except InputError as error:
        return f"{error}\n"
    lines = []
    for loaded in environments:
        lines.append(f"[{loaded.name}]")
        lines += [f"{row.path} = {row.value}  # {row.origin}" for row in explain(loaded) if row.origin != "default"]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.glob("*.yaml")))
def test_case(case: str, update_golden: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CASES)
    file = Path(case)
    got = told(file)
    assert got == told(file)
    expected = file.with_suffix(".txt")
    if update_golden:
        expected.write_text(got, encoding="utf-8")
    assert got == expected.read_text(encoding="utf-8")
