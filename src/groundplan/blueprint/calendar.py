"""The hours of a week in which an environment with ``off_hours:`` runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from groundplan.record import Record, dataclass

if TYPE_CHECKING:
    from datetime import date

DAY = 24 * 60
"""Minutes."""
WEEK = 7 * DAY
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Calendar(Record):
    """When something starts on its days, and when it stops on every day.

    It stops on every day, also where it did not start: so what a person, or RDS after seven days, started in between
    stops again. A moment is a minute of the week from Monday 00:00 on, by the clock of the time zone.
    """

    start: int
    """Minute of the day."""
    stop: int
    """Minute of the day; before ``start``, it is the next day's."""
    days: tuple[int, ...]
    """Days of the week, 0 is Monday."""
    timezone: str

    @classmethod
    def of(cls, start: str, stop: str, days: Sequence[str], timezone: str) -> Calendar:
        """Of times like ``07:00`` and days like ``mon``."""
        return cls(_minute(start), _minute(stop), tuple(sorted({WEEKDAYS.index(day) for day in days})), timezone)

    @property
    def starts(self) -> tuple[int, ...]:
        """Every moment of the week at which it starts, in order."""
        return tuple(sorted((day * DAY + self.start) % WEEK for day in self.days))

    def intervals(self, *, earlier: int = 0, later: int = 0) -> Iterator[tuple[int, int]]:
        """Each time that it runs: the moment of its start and the minutes until the next stop.

        ``earlier`` and ``later`` are minutes by which something starts and stops apart from the rest.
        """
        for moment in self.starts:
            run = (self.stop - self.start) % DAY or DAY
            yield (moment - earlier) % WEEK, run + earlier + later

    def minutes_on(self, *, earlier: int = 0, later: int = 0) -> int:
        """Minutes of a week in which it runs. Daylight saving takes an hour in spring and gives it back in autumn."""
        return sum(length for _, length in self.intervals(earlier=earlier, later=later))

    def is_on(self, moment: int) -> bool:
        """Whether it runs at a moment of the week."""
        return any((moment - begin) % WEEK < length for begin, length in self.intervals())

    def covers(self, begin: int, length: int, *, earlier: int = 0, later: int = 0) -> bool:
        """Whether it runs on some day during a whole window that begins at a minute of the day in UTC.

        Asked is of a week in January and one in July: clocks in most zones are set apart in them.
        """
        intervals = list(self.intervals(earlier=earlier, later=later))
        return all(
            any((moment - start) % WEEK + length <= run for moment in moments for start, run in intervals)
            for moments in (self._moments(1, begin), self._moments(7, begin))
        )

    def _moments(self, month: int, minute: int) -> list[int]:
        """A minute of the day in UTC as moments of the week by the clock, for seven days in a row."""
        if self.timezone == "UTC":
            return [day * DAY + minute for day in range(7)]
        from datetime import UTC, datetime, timedelta
        from zoneinfo import ZoneInfo

        first = datetime(2026, month, 12, tzinfo=UTC) + timedelta(minutes=minute)
        local = [(first + timedelta(days=day)).astimezone(ZoneInfo(self.timezone)) for day in range(7)]
        return [time.weekday() * DAY + time.hour * 60 + time.minute for time in local]

    def start_expression(self, shift: int = 0) -> str:
        """The start for EventBridge Scheduler and Application Auto Scaling, so many minutes later.

        Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
        """
        moments = sorted((moment + shift) % WEEK for moment in self.starts)
        days = ",".join(WEEKDAYS[moment // DAY].upper() for moment in moments)
        hour, minute = divmod(moments[0] % DAY, 60)
        return f"cron({minute} {hour} ? * {days} *)"

    def stop_expression(self, shift: int = 0) -> str:
        """The stop on every day, so many minutes later."""
        hour, minute = divmod((self.stop + shift) % DAY, 60)
        return f"cron({minute} {hour} * * ? *)"

    def skipped(self, shift: int, *, stop: bool) -> str | None:
        """A day on which the start, or the stop, is at a time that the clock leaves out in spring; None where none is.

        EventBridge Scheduler skips such a time. Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
        ("Daylight savings time"). Looked at are five years, in which every zone has shown how it changes.
        """
        if self.timezone == "UTC":
            return None
        from datetime import UTC, datetime, time, timedelta
        from zoneinfo import ZoneInfo

        zone = ZoneInfo(self.timezone)
        minute = ((self.stop if stop else self.start) + shift) % DAY
        days = range(7) if stop else {(moment + shift) % WEEK // DAY for moment in self.starts}
        for day in _changes(self.timezone):
            local = datetime.combine(day, time()) + timedelta(minutes=minute)
            aware = local.replace(tzinfo=zone)
            if day.weekday() in days and aware.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local:
                return f"{day:%Y-%m-%d}"
        return None


@cache
def _changes(timezone: str) -> Sequence[date]:
    """The days of five years at whose begin the clock is not as far from UTC as at their end."""
    from datetime import datetime, timedelta
    from zoneinfo import ZoneInfo

    zone = ZoneInfo(timezone)
    begins = [datetime(2026, 1, 1, tzinfo=zone) + timedelta(days=number) for number in range(5 * 365 + 2)]
    offsets = [begin.utcoffset() for begin in begins]
    return [begins[number].date() for number in range(len(begins) - 1) if offsets[number] != offsets[number + 1]]


def _minute(time: str) -> int:
    hour, _, minute = time.partition(":")
    return int(hour) * 60 + int(minute)


def clock(minute: int) -> str:
    """A minute of the day as people write it."""
    return f"{minute % DAY // 60:02d}:{minute % 60:02d}"
