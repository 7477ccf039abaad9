"""Schedules as Amazon EventBridge Scheduler reads them: ``cron(0 3 * * ? *)``, ``rate(6 hours)``, ``at(…)``.

Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

from __future__ import annotations

import re
from datetime import datetime

from groundplan.record import Record, dataclass

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_LONGEST_MONTHS = {1: 31, 2: 29, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31}


@dataclass(frozen=True)
class _Field(Record):
    name: str
    least: int
    most: int
    words: tuple[str, ...] = ()
    """Names that stand for the numbers from ``least`` on."""
    special: str = ""
    """What one item may be, beside numbers, ranges, steps and ``*``: a regular expression."""
    hint: str = ""

    def numbers(self, item: str) -> tuple[int, int] | None:
        """The first and last number of ``5``, ``MON`` or ``MON-FRI``; None where it is none of them."""
        first, dash, last = item.partition("-")
        ends = self._number(first), self._number(last if dash else first)
        return None if ends[0] is None or ends[1] is None else (ends[0], ends[1])

    def _number(self, text: str) -> int | None:
        if text.upper() in self.words:
            return self.words.index(text.upper()) + self.least
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else None


FIELDS = (
    _Field("minutes", 0, 59),
    _Field("hours", 0, 23),
    _Field("day of the month", 1, 31, special=r"\?|L|LW|L-\d{1,2}|\d{1,2}W", hint=", L for the last day, or ?"),
    _Field("month", 1, 12, _MONTHS, hint=" or JAN to DEC"),
    _Field(
        "day of the week", 1, 7, _WEEKDAYS,
        special=r"\?|L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5])",
        hint=" or SUN to SAT (1 is Sunday), 6#3 for the third Friday, or ?",
    ),
    _Field("year", 1970, 2199),
)  # fmt: skip
"""The six fields of a cron expression."""


def schedule_problem(expression: str) -> str | None:
    """A sentence on what is wrong with a schedule; None for one that EventBridge Scheduler takes."""
    kind, _, rest = expression.partition("(")
    inside = rest.removesuffix(")")
    if kind == "cron":
        return cron_problem(expression)
    if kind == "rate":
        return _rate_problem(inside)
    try:
        datetime.strptime(inside, "%Y-%m-%dT%H:%M:%S")
    except ValueError:
        return f"{inside} is no date and time; write it like at(2027-01-31T06:00:00)"
    return None


def _rate_problem(inside: str) -> str | None:
    number, _, unit = inside.partition(" ")
    if len(number.lstrip("0")) > 9:
        return f"{number[:9]}... {unit} is longer than a hundred years"
    if int(number) == 0:
        return "a rate of 0 would never end; the least is rate(1 minute)"
    if int(number) > 1 and not unit.endswith("s"):
        return f'"{inside}" needs the plural: rate({number} {unit}s)'
    return None


def cron_problem(expression: str) -> str | None:
    """A sentence on what is wrong with ``cron(…)``; None for an expression that AWS takes and that ever fires.

    AWS Backup and EventBridge rules read the same six fields.
    """
    fields = expression.removeprefix("cron(").removesuffix(")").split()
    if len(fields) != len(FIELDS):
        names = ", ".join(field.name for field in FIELDS)
        more = "; Unix cron has five fields, AWS adds the year at the end" if len(fields) == 5 else ""
        return f"cron has {len(FIELDS)} fields ({names}), and here are {len(fields)}{more}"
    for field, written in zip(FIELDS, fields, strict=True):
        for item in written.split(","):
            problem = _item_problem(field, item, alone=item == written)
            if problem:
                return problem
    days, weekdays = fields[2], fields[4]
    if (days == "?") == (weekdays == "?"):
        return (
            f"day of the month ({days}) and day of the week ({weekdays}): exactly one of them is ?, because the other "
            "decides the day; write ? for the one that does not matter"
        )
    return _never(days, fields[3])


def _item_problem(field: _Field, item: str, *, alone: bool) -> str | None:
    if field.special and re.fullmatch(field.special, item, re.IGNORECASE):
        single = item == "?" or item.upper().startswith("L")
        return None if alone or not single else f'"{item}" stands alone or not at all ({field.name})'
    base, slash, step = item.partition("/")
    if slash and not (step.isascii() and step.isdigit() and 1 <= int(step) <= field.most):
        return f'"{item}" does not fit {field.name}: the step after / is a number from 1 to {field.most}'
    if base == "*":
        return None
    found = field.numbers(base)
    if found is None:
        return f'"{item}" does not fit {field.name}: write {field.least} to {field.most}{field.hint}, or *'
    for number in found:
        if not field.least <= number <= field.most:
            return f'"{item}" does not fit {field.name}: {number} does not lie in {field.least} to {field.most}'
    if found[0] > found[1] and field.name != "day of the week":
        return f'"{item}" does not fit {field.name}: the range ends before it begins'
    return None


def _never(days: str, months: str) -> str | None:
    """Whether every day that is asked for lies behind the end of every month that is asked for, like 31 February."""
    starts = [FIELDS[2].numbers(item.partition("/")[0]) for item in days.split(",")]
    spans = [FIELDS[3].numbers(item) for item in months.split(",")]
    if not all(starts) or not all(spans):
        return None
    first = min(start[0] for start in starts if start)
    longest = max(
        _LONGEST_MONTHS[month] for span in spans if span for month in range(span[0], span[1] + 1)
    )  # fmt: skip
    return f"no month of {months} has a day {first}: it would never run" if first > longest else None
