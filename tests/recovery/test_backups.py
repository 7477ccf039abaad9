"""How far apart the recovery points of AWS Backup are."""

from __future__ import annotations

import pytest

from groundplan.recovery.backups import DAY, MONTH, WEEK, YEAR, longest_gap

HOUR = 3600


@pytest.mark.parametrize(
    ("expression", "seconds"),
    [
        ("cron(0 5 ? * * *)", DAY),
        ("cron(0 * * * ? *)", HOUR),
        ("cron(0/15 * * * ? *)", 900),
        ("cron(0 0/6 * * ? *)", 6 * HOUR),
        ("cron(30 8,20 ? * * *)", 12 * HOUR),
        ("cron(0 1,3 * * ? *)", 22 * HOUR),
        ("cron(0 5 ? * MON-FRI *)", 3 * DAY),
        ("cron(0 5 ? * SUN *)", WEEK),
        ("cron(0 5 ? * FRI-MON *)", 4 * DAY),
        ("cron(0 5 1,15 * ? *)", 17 * DAY),
        ("cron(0 5 L * ? *)", MONTH),
        ("cron(0 5 ? * 6#3 *)", MONTH),
        ("cron(0 5 1 1 ? *)", YEAR),
    ],
)
def test_the_longest_way_from_one_to_the_next_counts(expression: str, seconds: int) -> None:
    assert longest_gap(expression) == seconds
