"""docs/blueprint.md says what the models say."""

from __future__ import annotations

from pathlib import Path

from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.reference import markdown

DOCUMENT = Path(__file__).parents[2] / "docs" / "blueprint.md"


def test_the_document_is_up_to_date(update_golden: bool) -> None:
    if update_golden:
        DOCUMENT.write_text(markdown(), encoding="utf-8")
    assert DOCUMENT.read_text(encoding="utf-8") == markdown()


def test_every_key_has_a_meaning() -> None:
    rows = [line for line in markdown().splitlines() if line.startswith("| `")]
    assert len(rows) > 100
    assert not [
        row for row in rows if row.split(" | ")[-1].strip(" |") == "" and "profile" not in row and "*" not in row
    ]


def test_every_key_at_the_top_is_there() -> None:
    document = markdown()
    assert [name for name in Blueprint.model_fields if f"| `{name}` |" not in document] == []
