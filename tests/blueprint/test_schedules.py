"""Schedules as EventBridge Scheduler reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundplan.blueprint.validation.cron import FIELDS, cron_problem, schedule_problem
from groundplan.blueprint.validation.jobs import is_time_zone


@pytest.mark.parametrize(
    "expression",
    [
        "cron(0 3 * * ? *)",
        "cron(0 3 ? * MON-FRI *)",
        "cron(0 3 ? * mon,wed,FRI *)",
        "cron(0 3 ? * FRI-MON *)",
        "cron(0/5 * ? * 6#3 *)",
        "cron(*/10 8-18/2 ? * SUN *)",
        "cron(0 0 L * ? *)",
        "cron(0 0 L-3 * ? *)",
        "cron(0 0 LW * ? *)",
        "cron(0 9,17 15W JAN,JUL ? 2027-2030)",
        "cron(0 0 ? * 5L *)",
        "cron(0 0 29 2 ? *)",
        "cron(0 0 31 2,3 ? *)",
        "cron(0 0 31/2 FEB ? *)".replace("31/2", "1/2"),
        "cron(59 23 31 12 ? 2199)",
        "rate(1 minute)",
        "rate(1 hours)",
        "rate(36 hours)",
        "at(2028-02-29T23:59:59)",
    ],
)
def test_what_is_taken(expression: str) -> None:
    assert schedule_problem(expression) is None


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("cron(0 3 * * *)", "cron has 6 fields (minutes, hours, day of the month, month, day of the week, year), and "
         "here are 5; Unix cron has five fields, AWS adds the year at the end"),
        ("cron(0 3 * * ? * *)", "here are 7"),
        ("cron(0 3 * * * *)", "day of the month (*) and day of the week (*): exactly one of them is ?"),
        ("cron(0 3 ? * ? *)", "exactly one of them is ?"),
        ("cron(0 3 1 * MON *)", "day of the month (1) and day of the week (MON)"),
        ("cron(60 3 * * ? *)", '"60" does not fit minutes: 60 does not lie in 0 to 59'),
        ("cron(0 24 * * ? *)", "24 does not lie in 0 to 23"),
        ("cron(0 0 0 * ? *)", "0 does not lie in 1 to 31"),
        ("cron(0 0 32 * ? *)", "32 does not lie in 1 to 31"),
        ("cron(0 0 1 13 ? *)", "13 does not lie in 1 to 12"),
        ("cron(0 0 1 JANUARY ? *)", '"JANUARY" does not fit month: write 1 to 12 or JAN to DEC, or *'),
        ("cron(0 0 ? * 0 *)", "0 does not lie in 1 to 7"),
        ("cron(0 0 ? * MON#6 *)", '"MON#6" does not fit day of the week: write 1 to 7 or SUN to SAT'),
        ("cron(0 0 * * ? 1969)", "1969 does not lie in 1970 to 2199"),
        ("cron(? 0 * * ? *)", '"?" does not fit minutes'),
        ("cron(0 0 L,5 * ? *)", '"L" stands alone'),
        ("cron(0 0 ?,5 * MON *)", '"?" stands alone'),
        ("cron(*/0 * * * ? *)", "the step after / is a number from 1 to 59"),
        ("cron(*/x * * * ? *)", "the step after / is a number from 1 to 59"),
        ("cron(5-3 * * * ? *)", "the range ends before it begins"),
        ("cron(1- * * * ? *)", '"1-" does not fit minutes'),
        ("cron(-1 * * * ? *)", '"-1" does not fit minutes'),
        ("cron(1,,2 * * * ? *)", '"" does not fit minutes'),
        ("cron(² * * * ? *)", '"²" does not fit minutes'),
        ("cron(0 0 30 2 ? *)", "no month of 2 has a day 30: it would never run"),
        ("cron(0 0 31 APR,JUN ? *)", "no month of APR,JUN has a day 31"),
        ("rate(0 hours)", "a rate of 0 would never end"),
        ("rate(5 hour)", '"5 hour" needs the plural: rate(5 hours)'),
        ("at(2027-02-30T00:00:00)", "2027-02-30T00:00:00 is no date and time"),
        ("at(2027-01-01T24:00:00)", "is no date and time; write it like at(2027-01-31T06:00:00)"),
    ],
)  # fmt: skip
def test_what_is_refused(expression: str, said: str) -> None:
    assert said in (schedule_problem(expression) or "")


@given(st.lists(st.text("0123456789*?/,-#LWMONJA", max_size=6), min_size=6, max_size=6))
def test_any_six_fields_are_judged(fields: list[str]) -> None:
    expression = f"cron({' '.join(fields)})"
    problem = cron_problem(expression)
    assert problem is None or problem
    if problem is None:
        assert (fields[2] == "?") != (fields[4] == "?")


@given(st.tuples(*(st.integers(field.least, field.most) for field in FIELDS)))
def test_numbers_in_range_are_taken(numbers: tuple[int, ...]) -> None:
    minute, hour, _, month, weekday, year = numbers
    assert cron_problem(f"cron({minute} {hour} ? {month} {weekday} {year})") is None


@pytest.mark.parametrize("name", ["UTC", "Asia/Kolkata", "America/Argentina/Buenos_Aires", "Europe/Berlin"])
def test_time_zones(name: str) -> None:
    assert is_time_zone(name)


@pytest.mark.parametrize("name", ["", "Europe", "asia/kolkata", "Mars/Base", "../UTC", "/etc/localtime", "a\0b"])
def test_what_is_no_time_zone(name: str) -> None:
    assert not is_time_zone(name)
