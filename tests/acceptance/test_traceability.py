"""The account of demands: what a row's verdict is made of, and that the helpers of these tests can say no."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.acceptance import rows as rows_module
from tests.acceptance.documents import section, table
from tests.acceptance.policies import allows
from tests.acceptance.rows import Proof, Row, Ticket, between, rows
from tests.acceptance.system import at, pascal, same
from tests.acceptance.traceability import Traceability

HEADER = "id,section,demand,kind,checks,verification,lines,proof,reason\n"


def row(row_id: str, proof: Proof = "executable", reason: str = "") -> Row:
    return Row(row_id, "part", f"demand | {row_id}", "property", ("PLAN",), "PLAN", "L1", proof, reason)


def account() -> Traceability:
    known = {
        "X-01": row("X-01"),
        "X-02": row("X-02", "precondition", "only a real account"),
        "X-03": row("X-03", "elsewhere", "Cost: later"),
    }
    return Traceability(known, (Ticket("T-1", "X-03", "Title", "P0", 3, ("X-01", "X-02")),))


@pytest.mark.parametrize(
    ("outcomes", "verdicts"),
    [
        ([], ("not run", "not run", "elsewhere")),
        (["passed"], ("proven", "precondition holds", "elsewhere")),
        (["passed", "failed"], ("failed", "failed", "failed")),
        (["failed", "passed"], ("failed", "failed", "failed")),
        (["skipped"], ("not run", "not run", "elsewhere")),
    ],
)
def test_verdict(outcomes: list[str], verdicts: tuple[str, ...]) -> None:
    found = account()
    for outcome in outcomes:
        found.record(tuple(found.rows), "test_it", outcome)
    assert tuple(found.verdict(item) for item in found.rows.values()) == verdicts


def test_rows_that_claim_more_than_ran() -> None:
    found = account()
    found.record(("X-02",), "test_it", "skipped")
    assert found.unproven() == ["X-01: not run: demand | X-01", "X-02: not run: demand | X-02"]
    found.record(("X-01", "X-02"), "test_other", "passed")
    assert found.unproven() == []


def test_report_as_table_and_as_data(tmp_path: Path) -> None:
    found = account()
    found.record(("X-01",), "test_one", "passed")
    found.write(tmp_path / "new" / "report.md")
    written = (tmp_path / "new" / "report.md").read_text()
    assert "| X-01 | demand \\| X-01 | P0 | proven | test_one: passed |" in written
    assert "| T-1 | Title | P0 | X-01…X-02 | 1 not run, 1 proven |" in written
    found.write(tmp_path / "report.json")
    data = json.loads((tmp_path / "report.json").read_text())
    assert data["counts"] == {"rows": 3, "elsewhere": 1, "not run": 1, "proven": 1}
    assert data["rows"][0]["tests"] == {"test_one": "passed"}


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ("X-01,part,demand,property,PLAN,PLAN,L1,perhaps,\n", "no proof"),
        ("X-01,part,demand,property,PLAN,PLAN,L1,elsewhere,\n", "a reason belongs"),
        ("X-01,part,demand,property,PLAN,PLAN,L1,executable,why\n", "a reason belongs"),
        ("X-01,part,demand,property,PLAN,PLAN,L1,elsewhere,Somewhere: later\n", "no part of Groundplan"),
        ("X-01,part,demand,property,PLAN,PLAN,L1,executable,\n" * 2, "stands twice"),
    ],
)
def test_rows_that_contradict_themselves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: str, problem: str
) -> None:
    (tmp_path / "broken.csv").write_text(HEADER + lines)
    monkeypatch.setattr(rows_module, "FOLDER", tmp_path)
    rows.cache_clear()
    with pytest.raises(ValueError, match=problem):
        rows("broken")
    rows.cache_clear()


def test_span_of_rows() -> None:
    assert list(between("DS-98", "DS-101")) == ["DS-98", "DS-99", "DS-100", "DS-101"]


def test_policies() -> None:
    allow = {"Effect": "Allow", "Action": ["s3:Get*"], "Resource": "arn:aws:s3:::a/*"}
    deny = {"Effect": "Deny", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::a/secret"]}
    documents: list[dict[str, Any]] = [{"Statement": [allow]}, {"Statement": deny}]
    assert allows(documents, "s3:getobject", "arn:aws:s3:::a/1")
    assert not allows(documents, "s3:GetObject", "arn:aws:s3:::a/secret")
    assert not allows(documents, "s3:PutObject", "arn:aws:s3:::a/1")
    assert not allows(documents, "s3:GetObject", "arn:aws:s3:::b/1")
    assert not allows(
        [{"Statement": {**allow, "Condition": {"Bool": {"a": "true"}}}}], "s3:GetObject", "arn:aws:s3:::a/1"
    )


def test_documents() -> None:
    text = "# A\n\n## B\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\n## C\nend"
    assert table(text, "B") == [{"x": "1", "y": "2"}]
    assert section(text, "C") == "end"
    with pytest.raises(ValueError, match="no heading"):
        section(text, "D")


def test_paths_and_values() -> None:
    document = {"environment": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]}
    assert at(document, "environment.B.value") == at(document, "environment.1.value") == "2"
    assert pascal("logConfiguration.options.awslogs-region") == "LogConfiguration.Options.awslogs-region"
    assert same("true", True)
    assert same("100", 100)
    assert not same("100", 1000)
    assert not same(None, False)
