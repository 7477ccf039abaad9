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
    keys, _, _ = markdown().partition("## Profiles")
    rows = [line.strip("| ").split(" | ") for line in keys.splitlines() if line.startswith("| `")]
    assert len(rows) > 100
    assert [row for row in rows if len(row) != 3 or not row[2].strip()] == []


def test_every_key_at_the_top_is_there() -> None:
    document = markdown()
    assert [name for name in Blueprint.model_fields if f"| `{name}` |" not in document] == []
