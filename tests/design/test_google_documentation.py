"""``docs/secondary.md`` speaks of what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.engines.samples import google_architecture, google_kinds

from groundplan.resources import Resource

TEXT = (Path(__file__).parents[2] / "docs" / "secondary.md").read_text()
TABLE = TEXT.partition("## What becomes what")[2].partition("\n## ")[0]
ROWS = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in TABLE.splitlines() if line.startswith("|")]
THERE = {title for row in ROWS[2:] for title in row[1].split(", ")}


@pytest.mark.parametrize("kind", google_kinds(), ids=lambda kind: kind.__name__)
def test_every_kind_stands_in_the_table(kind: type[Resource]) -> None:
    assert kind.title in THERE


def test_the_table_promises_nothing_that_is_not_there() -> None:
    assert THERE - {kind.title for kind in google_kinds()} == {"none"}


def test_variables_and_outputs_are_called_as_they_are_made() -> None:
    architecture = google_architecture()
    inputs = {item.name for item in architecture.inputs}
    outputs = {item.name for item in architecture.outputs}
    assert set(re.findall(r"-var (google_\w+)", TEXT)) <= inputs
    assert {name for name in re.findall(r"`(google_\w+)`", TEXT) if not name.endswith("_tf")} <= outputs
    for start, end in re.findall(r"`(google_)…(_\w+)`", TEXT):
        assert any(name.startswith(start) and name.endswith(end) for name in outputs), (start, end)
    assert set(re.findall(r"`(google_\w+\.tf)`", TEXT)) == {
        "google_access.tf",
        "google_databases.tf",
        "google_edge.tf",
        "google_run.tf",
    }


def test_it_says_that_nobody_has_tried_it() -> None:
    assert "Not verified on a real project" in TEXT
