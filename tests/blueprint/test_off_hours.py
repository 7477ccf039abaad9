"""Off-hours: what may be written, and what a year of it is like."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from tests.blueprint.conftest import Problems

from groundplan.blueprint.calendar import DAY, WEEK, Calendar, clock
from groundplan.blueprint.off_hours import DATABASE_LEAD, OffHours

BASE = "project: shop\nregion: us-east-1\n"
DATABASE = "databases: {main: {engine: postgres 15, class: db.t4g.micro, backup_window: '15:00-15:30'}}\n"
NEW_YORK = "America/New_York"


def written(**values: object) -> OffHours:
    return OffHours.model_validate(values)


@pytest.mark.parametrize(
    "hours",
    [
        f"{{timezone: {NEW_YORK}}}",
        f"{{stop: '22:00', start: '06:30', days: [mon], timezone: {NEW_YORK}}}",
        f"{{stop: '01:00', start: '09:00', timezone: {NEW_YORK}}}",  # works into the night
        "{stop: '23:59', start: '07:00'}",
    ],
)
def test_what_is_fine(hours: str, problems: Problems) -> None:
    assert problems(f"{BASE}{DATABASE}off_hours: {hours}\n") == []


@pytest.mark.parametrize(
    ("hours", "path", "said"),
    [
        ("{stop: '07:00'}", "off_hours.stop", "it would start and stop at 07:00, and which comes last nobody knows"),
        ("{stop: '06:00'}", "off_hours.stop", "are 60 minutes; two hours are the least"),
        ("{stop: '07:30'}", "off_hours.stop", "between start (07:00) and stop (07:30) are 30 minutes; an hour is"),
        ("{timezone: America/New_Yorck}", "off_hours.timezone", "nothing would ever start"),
        ("{timezone: New_York}", "off_hours.timezone", 'did you mean "America/New_York"?'),
        ("{timezone: Europe}", "off_hours.timezone", "there is no time zone"),
        ("{days: []}", "off_hours.days", ""),
        ("{days: [mon, tue, mon]}", "off_hours.days[2]", "mon is there already"),
        ("{days: [monday]}", "off_hours.days[0]", ""),
        ("{stop: '24:00'}", "off_hours.stop", ""),
        ("{start: 7}", "off_hours.start", ""),
        (
            f"{{start: '02:30', stop: '20:00', days: [sun], timezone: {NEW_YORK}}}",
            "off_hours.start",
            "on 2026-03-08 the clocks of America/New_York leave this time out",
        ),
        (
            f"{{start: '07:00', stop: '02:15', timezone: {NEW_YORK}}}",
            "off_hours.stop",
            "choose a time an hour away from it",
        ),
    ],
)
def test_hours_that_do_not_come_back_are_refused(hours: str, path: str, said: str, problems: Problems) -> None:
    found = problems(f"{BASE}{DATABASE}off_hours: {hours}\n")
    assert len(found) == 1, found
    assert f": {path}" in found[0], found
    assert said in found[0], found


@pytest.mark.parametrize(
    ("text", "path", "said"),
    [
        (
            DATABASE.replace("}}", ", replicas: 1}}"),
            "databases.main.replicas",
            "RDS stops neither an instance that has read replicas nor a replica",
        ),
        (
            DATABASE.replace("15:00-15:30", "03:00-04:00"),
            "databases.main.backup_window",
            "in the window 03:00-04:00 (UTC) on every day; write 23:00-23:30",
        ),
        ("", "off_hours", "there is no service and no database that could be stopped"),
    ],
)
def test_what_cannot_be_stopped_is_refused(text: str, path: str, said: str, problems: Problems) -> None:
    found = problems(f"{BASE}{text}off_hours: {{timezone: {NEW_YORK}}}\n")
    assert len(found) == 1, found
    assert f": {path}" in found[0], found
    assert said in found[0], found


def test_a_standby_that_sleeps_is_none(problems: Problems) -> None:
    text = f"{BASE}{DATABASE}off_hours: {{timezone: {NEW_YORK}}}\nstandby: {{region: us-west-2}}\n"
    assert any("a standby that is to take over at any hour" in found for found in problems(text))


def test_without_backups_no_window_matters(problems: Problems) -> None:
    text = DATABASE.replace("'15:00-15:30'", "'03:00-04:00', backups: 0d")
    assert problems(f"{BASE}{text}off_hours: {{timezone: {NEW_YORK}}}\n") == []


@pytest.mark.parametrize(
    ("hours", "minutes"),
    [
        ({}, 5 * 13 * 60),
        ({"days": ["sat"]}, 13 * 60),
        ({"stop": "01:00", "start": "09:00"}, 5 * 16 * 60),
        ({"stop": "20:30", "start": "07:15", "days": ["mon", "sun"]}, 2 * (13 * 60 + 15)),
    ],
)
def test_minutes_of_a_week(hours: dict[str, object], minutes: int) -> None:
    calendar = written(**hours).calendar
    assert calendar.minutes_on() == minutes
    assert sum(calendar.is_on(moment) for moment in range(WEEK)) == minutes
    assert calendar.minutes_on(earlier=15, later=15) == minutes + 30 * len(calendar.days)


def test_expressions_name_days_and_move_over_midnight() -> None:
    calendar = written(start="00:10", stop="23:50", days=["mon", "wed"]).calendar
    assert calendar.start_expression() == "cron(10 0 ? * MON,WED *)"
    assert calendar.start_expression(-DATABASE_LEAD) == "cron(55 23 ? * TUE,SUN *)"
    assert calendar.stop_expression() == "cron(50 23 * * ? *)"
    assert calendar.stop_expression(DATABASE_LEAD) == "cron(5 0 * * ? *)"
    assert clock(-5) == "23:55"


# A year in which the clocks change, minute by minute where something happens.

DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
ON_ITS_OWN = timedelta(days=7)
"""After which RDS starts a stopped instance.
Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_StopInstance.html"""


def fires(expression: str, timezone: str, year: int) -> Iterator[datetime]:
    """Every moment at which EventBridge Scheduler follows an expression, read anew from its text: by the wall clock,
    not at all in an hour that is left out, once in an hour that comes twice."""
    minute, hour, _, _, weekdays, _ = expression.removeprefix("cron(").removesuffix(")").split()
    zone, day = ZoneInfo(timezone), datetime(year, 1, 1)
    while day.year == year:
        if weekdays == "?" or DAYS[day.weekday()] in weekdays.split(","):
            local = day.replace(hour=int(hour), minute=int(minute))
            moment = local.replace(tzinfo=zone).astimezone(UTC)
            if moment.astimezone(zone).replace(tzinfo=None) == local:
                yield moment
        day += timedelta(days=1)


def history(calendar: Calendar, *, starts: bool = True) -> list[tuple[datetime, str]]:
    """What happens to a database: who stops and starts it, RDS among them."""
    events = [(moment, "stop") for moment in fires(calendar.stop_expression(DATABASE_LEAD), calendar.timezone, 2026)]
    if starts:
        expression = calendar.start_expression(-DATABASE_LEAD)
        events += [(moment, "start") for moment in fires(expression, calendar.timezone, 2026)]
    found: list[tuple[datetime, str]] = []
    stopped: datetime | None = None
    for moment, what in sorted(events):
        if stopped is not None and moment - stopped >= ON_ITS_OWN:
            found.append((stopped + ON_ITS_OWN, "RDS"))
            stopped = None
        if what == "stop" and stopped is None:
            stopped = moment
            found.append((moment, what))
        elif what == "start" and stopped is not None:
            stopped = None
            found.append((moment, what))
    return found


@pytest.mark.parametrize(
    "hours",
    [
        {"timezone": NEW_YORK},
        {"timezone": "Europe/Berlin", "stop": "23:30", "start": "06:00", "days": ["mon"]},
        {"timezone": "Australia/Lord_Howe", "stop": "00:30", "start": "10:00", "days": ["sun", "wed"]},
        {"timezone": "Asia/Kolkata"},
    ],
)
def test_a_year_follows_the_clock_and_never_reaches_seven_days(hours: dict[str, object]) -> None:
    calendar = written(**hours).calendar
    events = history(calendar)
    assert {what for _, what in events} == {"stop", "start"}
    zone = ZoneInfo(calendar.timezone)
    for (before, what), (after, then) in pairwise(events):
        assert what != then
        assert after - before < ON_ITS_OWN
        middle = (before + (after - before) / 2).astimezone(zone)
        moment = middle.weekday() * DAY + middle.hour * 60 + middle.minute
        assert calendar.is_on(moment) is (what == "start"), (before, after)
    running = sum(
        ((after - before for (before, what), (after, _) in pairwise(events) if what == "start")),
        timedelta(),
    )
    weeks = (events[-1][0] - events[0][0]) / timedelta(weeks=1)
    expected = calendar.minutes_on(earlier=DATABASE_LEAD, later=DATABASE_LEAD)
    assert abs(running / timedelta(minutes=1) / weeks - expected) < expected / 50


def test_what_rds_starts_by_itself_stops_again_the_next_evening() -> None:
    """Where the start was switched off for a holiday, say, RDS starts the instance after seven days."""
    calendar = written(timezone=NEW_YORK).calendar
    events = history(calendar, starts=False)
    assert {what for _, what in events} == {"stop", "RDS"}
    pairs = list(pairwise(events))
    assert sum(what == "RDS" for _, what in events) > 40
    longest = max(after - before for (before, what), (after, _) in pairs if what == "RDS")
    assert longest <= timedelta(days=1, hours=1)


def test_the_hour_that_is_left_out_is_found_and_no_other() -> None:
    at_night = written(start="02:30", stop="20:00", days=["sun"], timezone=NEW_YORK).calendar
    assert at_night.skipped(0, stop=False) == "2026-03-08"
    assert at_night.skipped(-45, stop=False) is None
    assert at_night.skipped(0, stop=True) is None
    assert written(start="02:30", stop="20:00", timezone=NEW_YORK).calendar.skipped(0, stop=False) is None
    assert written(start="02:30", stop="20:00", days=["sun"]).calendar.skipped(0, stop=False) is None
