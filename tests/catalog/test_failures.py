"""Rates of failure: each has bounds in order, a page, and says what was assumed and why."""

from __future__ import annotations

from groundplan.catalog.failures import all_causes
from groundplan.catalog.slas import all_slas


def test_bounds_are_in_order_and_rates_have_a_reason() -> None:
    for cause in all_causes().values():
        bounds = [cause.failures, *([cause.repair] if cause.repair else [])]
        assert all(0 < item.low <= item.expected <= item.high for item in bounds), cause.key
        assert len(cause.assumed.split()) > 5, cause.key
        assert cause.source.page.startswith("https://"), cause.key


def test_every_agreement_commits_to_a_share_of_a_month() -> None:
    assert all(90 <= sla.percent <= 100 for sla in all_slas().values())
    assert all("aws.amazon.com" in sla.source.page for sla in all_slas().values())
