"""Schedules of EventBridge Scheduler as a CronJob of Kubernetes reads them.

Sources: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html and
https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax
"""

from __future__ import annotations

import re

_WEEKDAY = re.compile(r"[1-7]")
_ONLY_AWS = re.compile(r"[LW#]")
_DIVIDED = {"minute": 60, "hour": 24}


def kubernetes_schedule(expression: str) -> str:
    """Five fields of cron that mean the same. Raises ValueError where there are none, with what to write instead.

    The expression is one that EventBridge Scheduler takes.

    >>> kubernetes_schedule("cron(30 3 ? * 2-6 *)")
    '30 3 * * 1-5'
    >>> kubernetes_schedule("rate(6 hours)")
    '0 */6 * * *'
    """
    kind, _, rest = expression.partition("(")
    inside = rest.removesuffix(")")
    if kind == "cron":
        return _of_cron(inside)
    if kind == "rate":
        return _of_rate(inside)
    raise ValueError("a CronJob of Kubernetes knows no single moment; write cron(…), or run the job by hand")


def _of_cron(inside: str) -> str:
    minutes, hours, days, months, weekdays, years = inside.split()
    if years != "*":
        raise ValueError(f"a CronJob of Kubernetes knows no years, and this one says {years}; write * for the year")
    for field, letters in ((days, _ONLY_AWS), (weekdays, _ONLY_AWS)):
        # Names of months and weekdays hold no L, W or # that would stand for something else, save JUL and WED.
        if letters.search(re.sub(r"[A-Za-z]{3}", "", field)):
            raise ValueError(f'a CronJob of Kubernetes knows no L, W or #, and this one says "{field}"')
    shifted = ",".join(_weekdays(item) for item in weekdays.split(","))
    return " ".join((minutes, hours, days.replace("?", "*"), months, shifted.replace("?", "*")))


def _weekdays(item: str) -> str:
    """AWS counts from Sunday = 1, cron from Sunday = 0. A step after / is no day."""
    base, slash, step = item.partition("/")
    return _WEEKDAY.sub(lambda day: str(int(day[0]) - 1), base) + slash + step


def _of_rate(inside: str) -> str:
    number, unit = inside.split()
    amount, unit = int(number), unit.removesuffix("s")
    if unit == "day" and amount == 1:
        return "0 0 * * *"
    whole = _DIVIDED.get(unit)
    if whole is None or whole % amount:
        raise ValueError(
            f"a CronJob of Kubernetes runs at times of the clock, and {inside} does not divide "
            f"{'a day' if unit == 'hour' else 'an hour' if unit == 'minute' else 'a week'} evenly; write cron(…)"
        )
    step = "*" if amount == 1 else "0" if amount == whole else f"*/{amount}"
    if unit == "hour":
        return f"0 {step} * * *"
    return f"{step} * * * *"
