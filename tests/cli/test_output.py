"""How commands write what programs read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from groundplan.cli.output import timestamp


def test_moments_for_programs() -> None:
    moment = datetime(2026, 11, 21, 20, 15, 7, 123456, tzinfo=UTC)
    assert timestamp(moment) == "2026-11-21T20:15:07Z"
    assert timestamp(None) is None


def test_another_clock_than_utc_is_told() -> None:
    """boto3 answers some calls by the machine's own clock: that is not Z."""
    kolkata = timezone(timedelta(hours=5, minutes=30))
    text = timestamp(datetime(2026, 11, 21, 20, 15, 7, tzinfo=UTC).astimezone(kolkata))
    assert text == "2026-11-22T01:45:07+05:30"
    assert datetime.fromisoformat(text) == datetime(2026, 11, 21, 20, 15, 7, tzinfo=UTC)
