"""The page with the account of demands: complete, true, and counted."""

from __future__ import annotations

import pytest
from tests.acceptance.account_page import STATES, page, state_of
from tests.acceptance.conftest import CLAIMS, COLLECTED, SYSTEMS
from tests.acceptance.rows import FOLDER, Proof, Row, rows

ROWS = {"duskspendr": 185, "spontime": 77, "spendsense": 181, "solemate": 189, "personal-timeline": 264}
"""What the five specifications demand."""


def row(proof: Proof, *checks: str, reason: str = "") -> Row:
    return Row("X-01", "part", "a | b", "property", checks, "", "L1", proof, reason)


def test_no_row_is_missing() -> None:
    assert {system: len(rows(system)) for system in SYSTEMS} == ROWS
    assert sum(ROWS.values()) == 896


@pytest.mark.parametrize(
    ("given", "state"),
    [
        (row("executable", "PLAN"), "verified by test"),
        (row("executable", "DOC", "RUN"), "verified by test"),
        (row("executable", "DOC"), "verified by document"),
        (row("precondition", "REAL", reason="no account"), "needs a real account"),
        (row("elsewhere", "RUN", reason="Cost: later"), "open"),
    ],
)
def test_state(given: Row, state: str) -> None:
    assert state_of(given) == state
    assert state in STATES


def test_a_row_of_the_page() -> None:
    claims = {
        "X-01": {"tests/a/test_b.py::Test::test_c[1]", "tests/a/test_b.py::Test::test_c[2]", "x/test_d.py::test_e"}
    }
    written = page({"spontime": {"X-01": row("executable", "PLAN")}}, claims)
    assert "| X-01 | a \\| b | verified by test | `test_b::test_c`<br>`test_d::test_e` |" in written
    assert "| [Spontime](#spontime) | 1 | 0 | 0 | 0 | 1 |" in written


def test_the_page_is_up_to_date(request: pytest.FixtureRequest, update_golden: bool) -> None:
    """Known only where every acceptance test was collected."""
    every = set(FOLDER.parent.glob("test_*.py"))
    if not every <= request.config.stash.get(COLLECTED, set()):
        pytest.skip("only a part of the acceptance tests was collected")
    claims = request.config.stash[CLAIMS]
    written = page({system: rows(system) for system in ROWS}, claims)
    document = FOLDER.parents[2] / "docs" / "requirements.md"
    if update_golden:
        document.write_text(written, encoding="utf-8")
    assert document.read_text(encoding="utf-8") == written, "write it anew with --update-golden"
