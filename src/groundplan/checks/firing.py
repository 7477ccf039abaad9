"""When schedules of EventBridge Scheduler and AWS Backup fire in a week."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from groundplan.blueprint.calendar import Calendar


def fires(expression: str, timezone: str, calendar: Calendar) -> Iterator[datetime]:
    """The moments of a week at which an expression fires, by the clock of the calendar.

    Of days of the month and months every one is taken: sooner or later they fall on each day of the week. The week is
    one in January, by the clocks of the two time zones. A single moment (``at``) is in no week.
    """
    from datetime import datetime, timedelta
    from zoneinfo import ZoneInfo

    kind, _, rest = expression.partition("(")
    if kind == "at":
        return
    # A rate begins when the schedule was made: it may fire at any time.
    minutes: tuple[int, ...] = (0,)
    hours, weekdays = tuple(range(24)), frozenset(range(7))
    if kind == "cron":
        fields = rest.removesuffix(")").split()
        minutes, hours, weekdays = _numbers(fields[0], 60), _numbers(fields[1], 24), _weekdays(fields[4])
    first = datetime(2026, 1, 12, tzinfo=ZoneInfo(timezone))  # a Monday
    for day in range(7):
        if day not in weekdays:
            continue
        for hour in hours:
            for minute in minutes:
                local = first + timedelta(days=day, hours=hour, minutes=minute)
                yield local.astimezone(ZoneInfo(calendar.timezone))


def is_on(time: datetime, calendar: Calendar) -> bool:
    """Whether an environment runs at that time of its clock."""
    return calendar.is_on((time.weekday() * 24 + time.hour) * 60 + time.minute)


def _numbers(field: str, end: int) -> tuple[int, ...]:
    found: set[int] = set()
    for item in field.split(","):
        base, _, step = item.partition("/")
        first, dash, last = base.partition("-")
        begin = 0 if first == "*" else int(first)
        until = int(last) if dash else end - 1 if first == "*" or step else begin
        found |= set(range(begin, until + 1, int(step or 1)))
    return tuple(sorted(found))


_NAMES = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


def _weekdays(field: str) -> frozenset[int]:
    """Days that a field may mean, 0 is Monday; every day where it counts weeks or names none."""
    found: set[int] = set()
    for item in field.upper().split(","):
        ends = [
            _NAMES.index(end) if end in _NAMES else int(end) - 1 if end.isdigit() else -1 for end in item.split("-")
        ]
        if min(ends) < 0:
            return frozenset(range(7))
        found |= {(ends[0] + step) % 7 for step in range((ends[-1] - ends[0]) % 7 + 1)}
    return frozenset((day - 1) % 7 for day in found)
