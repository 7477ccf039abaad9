"""Backup and maintenance windows: when they lie in the week, how long they are, whether two overlap. All in UTC."""

from __future__ import annotations

import re

from groundplan.record import Record, dataclass

DAY = 24 * 60
WEEK = 7 * DAY
_DAYS = {day: number * DAY for number, day in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}
_CLOCK = r"([01]\d|2[0-3]):([0-5]\d)"
_DAILY = re.compile(f"{_CLOCK}-{_CLOCK}")
_WEEKLY = re.compile(rf"({'|'.join(_DAYS)}):{_CLOCK}-({'|'.join(_DAYS)}):{_CLOCK}")


@dataclass(frozen=True)
class Window(Record):
    """A window that comes every day or every week. Minutes count from its period's start, Monday 00:00 for a week."""

    start: int
    minutes: int
    """Length. A window that ends where it starts has none."""
    daily: bool

    def overlaps(self, other: Window) -> bool:
        """Whether both are open at some minute of the week. Windows that only touch do not overlap."""
        return any(
            (later - earlier) % WEEK < mine.minutes
            for mine, earliers, laters in (
                (self, self._starts(), other._starts()),
                (other, other._starts(), self._starts()),
            )
            for earlier in earliers
            for later in laters
        )

    def _starts(self) -> list[int]:
        return [self.start + day for day in range(0, WEEK, DAY)] if self.daily else [self.start]


def daily_window(written: str) -> Window | None:
    """Read ``03:00-04:00``; None where it is not a daily window."""
    match = _DAILY.fullmatch(written)
    if not match:
        return None
    start, end = _minutes(match[1], match[2]), _minutes(match[3], match[4])
    return Window(start, (end - start) % DAY, daily=True)


def weekly_window(written: str) -> Window | None:
    """Read ``sun:04:00-sun:05:00``; None where it is not a weekly window."""
    match = _WEEKLY.fullmatch(written.lower())
    if not match:
        return None
    start = _DAYS[match[1]] + _minutes(match[2], match[3])
    end = _DAYS[match[4]] + _minutes(match[5], match[6])
    return Window(start, (end - start) % WEEK, daily=False)


def _minutes(hour: str, minute: str) -> int:
    return int(hour) * 60 + int(minute)
