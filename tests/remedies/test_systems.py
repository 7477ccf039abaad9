"""What the README of an example says would meet its objectives is what the search finds."""

from __future__ import annotations

from pathlib import Path

from groundplan.api.files import read_source
from groundplan.remedies import find

SOLEMATE = Path(__file__).parents[2] / "examples" / "solemate"


def test_solemate_with_fifty_thousand_users() -> None:
    found = {
        search.answer.name: search.remedy for search in find(read_source(SOLEMATE / "groundplan.yaml"), "production")
    }
    assert set(found) == {"latency.p95", "users"}
    remedy = found["users"]
    assert remedy is not None
    assert remedy.answer.predicted is not None
    assert remedy.as_expected, "nobody has measured a request yet"
    size = remedy.settings["services.api.size"]
    assert isinstance(size, dict)
    told = (
        f"up to {remedy.settings['services.api.tasks.max']} tasks of {size['cpu']} CPU units and\n{size['memory']} MiB",
        f"hold {remedy.answer.predicted.value:,.0f} users as expected",
        f"{remedy.monthly:,.2f} USD a month more with three tasks, {remedy.at_most:,.2f} with all of them",
    )
    readme = (SOLEMATE / "README.md").read_text(encoding="utf-8")
    assert [text for text in told if text not in readme] == []
    assert remedy.lost == ("budget",)
    assert [finding.rule for finding in remedy.findings] == ["GP-REL-060"]
