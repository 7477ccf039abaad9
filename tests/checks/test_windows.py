"""Windows against an oracle that counts every minute of the week."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundplan.checks.windows import DAY, WEEK, Window, daily_window, weekly_window

DAILY = st.builds(
    lambda start, length: Window(start, length, daily=True), st.integers(0, DAY - 1), st.integers(1, DAY - 1)
)
WEEKLY = st.builds(
    lambda start, length: Window(start, length, daily=False), st.integers(0, WEEK - 1), st.integers(1, DAY)
)


def minutes(window: Window) -> set[int]:
    starts = range(window.start, WEEK, DAY) if window.daily else [window.start]
    return {(start + minute) % WEEK for start in starts for minute in range(window.minutes)}


@given(DAILY, WEEKLY)
def test_overlap_is_a_shared_minute(daily: Window, weekly: Window) -> None:
    assert daily.overlaps(weekly) == bool(minutes(daily) & minutes(weekly))
    assert weekly.overlaps(daily) == daily.overlaps(weekly)


def test_reading() -> None:
    assert daily_window("23:30-00:30") == Window(23 * 60 + 30, 60, daily=True)
    assert weekly_window("Sun:23:30-mon:00:30") == Window(WEEK - 30, 60, daily=False)
    assert weekly_window("mon:00:00-mon:00:00") == Window(0, 0, daily=False)


@pytest.mark.parametrize("written", ["", "3:00-4:00", "03:00", "24:00-25:00", "03:60-04:00", "sun:03:00-sun:04:00"])
def test_what_is_no_daily_window(written: str) -> None:
    assert daily_window(written) is None


@pytest.mark.parametrize("written", ["", "03:00-04:00", "day:03:00-day:04:00", "sun:03:00-04:00", "sun:3:00-sun:4:00"])
def test_what_is_no_weekly_window(written: str) -> None:
    assert weekly_window(written) is None
