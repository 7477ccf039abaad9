"""``groundplan docs`` and ``report``: what is written, what is kept, and when CI fails."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.commands import Command, Write

from groundplan.errors import ExitCode

SHOP = """
    # comments stay
    project: shop
    region: us-east-1
    databases:
      main: {engine: postgres 16, class: db.t4g.micro}
    """


@pytest.fixture
def written(groundplan: Command, write: Write) -> Path:
    write(SHOP)
    assert groundplan("docs", "--out", "pages").code == ExitCode.FINE
    return Path("pages")


def test_current_stale_and_up_to_date_again(groundplan: Command, written: Path) -> None:
    assert len(list(written.iterdir())) == 5
    assert groundplan("docs", "--out", "pages", "--check").code == ExitCode.FINE
    larger = ("docs", "--out", "pages", "--set", "databases.main.class=db.t4g.small")
    stale = groundplan(*larger, "--check")
    assert stale.code == ExitCode.FINDINGS
    assert "pages/INFRASTRUCTURE.md" in stale.out
    assert "-| main | postgres 16 | db.t4g.micro" in stale.out
    assert "+| main | postgres 16 | db.t4g.small" in stale.out
    assert "db.t4g.micro" in (written / "INFRASTRUCTURE.md").read_text(encoding="utf-8")
    assert groundplan(*larger).code == ExitCode.FINE
    assert "db.t4g.small" in (written / "INFRASTRUCTURE.md").read_text(encoding="utf-8")


def test_what_somebody_has_edited_is_kept(groundplan: Command, written: Path) -> None:
    page = written / "SECURITY.md"
    edited = page.read_text(encoding="utf-8") + "\nAsk Jane.\n"
    page.write_text(edited, encoding="utf-8")
    for option in ((), ("--check",)):
        kept = groundplan("docs", "--out", "pages", *option)
        assert kept.code == ExitCode.FINDINGS
        assert "-Ask Jane." in kept.out
        assert page.read_text(encoding="utf-8") == edited
    states = {
        Path(one["file"]).name: one["state"] for one in groundplan("docs", "-o", "pages", "--format", "json").json
    }
    assert states.pop("SECURITY.md") == "edited"
    assert set(states.values()) == {"current"}
    assert groundplan("docs", "--out", "pages", "--force").code == ExitCode.FINE
    assert "Ask Jane." not in page.read_text(encoding="utf-8")


def test_a_page_of_somebody_elses_is_kept(groundplan: Command, write: Write) -> None:
    write(SHOP)
    Path("docs").mkdir()
    Path("docs/DEPLOYMENT.md").write_bytes(b"\xff\xfe own notes")
    result = groundplan("docs")
    assert result.code == ExitCode.FINDINGS
    assert "--force overwrites" in result.err
    assert Path("docs/DEPLOYMENT.md").read_bytes() == b"\xff\xfe own notes"
    assert Path("docs/SECURITY.md").exists()


def test_bad_input(groundplan: Command, write: Write) -> None:
    write(SHOP)
    unknown = groundplan("docs", "-e", "staging")
    assert unknown.code == ExitCode.BAD_INPUT
    assert "production" in unknown.err
    Path("taken").write_text("a file", encoding="utf-8")
    taken = groundplan("docs", "--out", "taken")
    assert taken.code not in {ExitCode.FINE, ExitCode.FINDINGS}
    assert "taken" in taken.err


def test_report(groundplan: Command, write: Write) -> None:
    write(SHOP)
    result = groundplan("report", "--out", "out/page.html")
    assert result.code == ExitCode.FINE
    assert "out/page.html: production" in result.err
    assert Path("out/page.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    Path("blocked").write_text("a file", encoding="utf-8")
    assert "cannot be written" in groundplan("report", "--out", "blocked/page.html").err
