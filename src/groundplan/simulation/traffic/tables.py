"""CSV files of people: a load test that measured what a request costs, and requests to replay."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from groundplan.errors import EnvironmentalError, InputError, Position, Problem, suggestion
from groundplan.files import reason

MOST_SECONDS = 31 * 86_400
"""The longest trace that is replayed: a month."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a load test says of a request."""

    cpu_ms: float
    """Milliseconds of one whole vCPU."""
    wait_ms: float
    steps: int
    """Lines that it rests on."""


@dataclass(frozen=True, slots=True)
class Replay:
    """Requests over time."""

    rates: tuple[float, ...]
    """Requests per second, of each second."""
    start: str
    """The first moment, as the file says it."""
    step: int
    """Seconds between two lines."""


@dataclass(frozen=True, slots=True)
class _Row:
    file: Path
    line: int
    cells: dict[str, tuple[int, str]]
    """Column to the number of its field and its text."""

    def problem(self, column: str, message: str) -> InputError:
        field = self.cells[column][0] if column in self.cells else 1
        return InputError([Problem(message, Position(self.file, self.line, field))])

    def text(self, column: str) -> str:
        return self.cells[column][1]

    def number(self, column: str) -> float:
        """Raises InputError where it is no number or less than nothing."""
        text = self.text(column)
        try:
            found = float(text)
        except ValueError:
            raise self.problem(column, f'{column}: "{text}" is not a number') from None
        if not math.isfinite(found):
            raise self.problem(column, f'{column}: "{text}" is not a number')
        if found < 0:
            raise self.problem(column, f"{column}: {text} is less than nothing")
        return found


def read_measured(file: Path, vcpu: float) -> Measured:
    """What a request costs, from the steps of a load test on tasks of that size.

    ``cpu_ms`` is the slope of CPU over requests (least squares through the origin); ``wait_ms`` is what the shortest
    latency leaves beside it, because there nobody waits for others. Raises InputError with file and line.
    """
    used = asked = 0.0
    shortest = math.inf
    steps = 0
    for row in _rows(file, ("requests_per_second", "cpu_percent", "latency_ms"), ("tasks",)):
        rate, share, latency = map(row.number, ("requests_per_second", "cpu_percent", "latency_ms"))
        tasks = row.number("tasks") if "tasks" in row.cells else 1.0
        if rate == 0 or tasks == 0:
            raise row.problem("requests_per_second", "a step without requests or tasks measures nothing")
        if share > 100:
            raise row.problem("cpu_percent", f"{share:g} is more than 100 % of the tasks' size")
        per_task = rate / tasks
        used += per_task * share / 100 * vcpu * 1000
        asked += per_task * per_task
        shortest = min(shortest, latency)
        steps += 1
    if not steps:
        raise InputError([Problem("has no step; write a line for each step of the load test", Position(file, 1, 1))])
    cpu_ms = used / asked
    if not cpu_ms:
        raise InputError([Problem("cpu_percent is 0 in every step: it measures nothing", Position(file, 2, 1))])
    return Measured(cpu_ms, max(0.0, shortest - cpu_ms / min(vcpu, 1.0)), steps)


def read_replay(file: Path) -> Replay:
    """Requests over time, from the columns ``time`` and ``requests``: how many came from that moment to the next line.

    ``time``: seconds, ``HH:MM``, ``HH:MM:SS`` or ISO 8601, in even steps. Raises InputError with file and line where
    the clock goes back, lines are missing, or a number is none.
    """
    start, step = "", 0.0
    last = -math.inf
    counts: list[float] = []
    for row in _rows(file, ("time", "requests")):
        moment = _moment(row)
        if counts and moment <= last:
            raise row.problem("time", f"the clock goes back or stands still: {row.text('time')} follows {_clock(last)}")
        if len(counts) == 1:
            step = moment - last
            if step != int(step):
                raise row.problem("time", "lines are a whole number of seconds apart")
        elif counts and abs(moment - last - step) > 1e-6:
            raise row.problem(
                "time", f"gap: {step:g} s lie between the first lines, and {moment - last:g} s before this one"
            )
        start, last = start or row.text("time"), moment
        counts.append(row.number("requests"))
        if len(counts) * max(step, 1) > MOST_SECONDS:
            raise row.problem("time", "a trace of more than 31 days is not replayed")
    if len(counts) < 2:
        raise InputError([Problem("has fewer than two lines: nobody knows how long they last", Position(file, 1, 1))])
    seconds = int(step)
    if len(counts) * seconds < 60:
        raise InputError([Problem("lasts less than a minute, in which no metric says anything", Position(file, 1, 1))])
    return Replay(tuple(count / seconds for count in counts for _ in range(seconds)), start, seconds)


def _moment(row: _Row) -> float:
    text = row.text("time")
    try:
        found = float(text)
    except ValueError:
        found = math.nan
        parts = text.split(":")
        if 2 <= len(parts) <= 3 and all(part.isdigit() for part in parts):
            hours, minutes, seconds = (*map(int, parts), 0)[:3]
            if hours <= 24 and minutes < 60 and seconds < 60:
                return hours * 3600.0 + minutes * 60 + seconds
        try:
            return (datetime.fromisoformat(text).replace(tzinfo=None) - datetime(1970, 1, 1)).total_seconds()
        except ValueError:
            pass
    if not math.isfinite(found) or found < 0:
        raise row.problem("time", f'"{text}" is not a time; write seconds, HH:MM:SS or 2026-11-21T16:00:00')
    return found


def _clock(seconds: float) -> str:
    return f"{seconds:g} s" if seconds < 86_400 * 366 else datetime.fromtimestamp(seconds).isoformat()


def _rows(file: Path, needed: tuple[str, ...], optional: tuple[str, ...] = ()) -> Iterator[_Row]:
    """The rows below the heading. Raises EnvironmentalError where the file cannot be read, InputError where columns
    are missing or unknown, or a row has another number of fields."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise EnvironmentalError(f"{file} cannot be read: {reason(error)}") from error
    except UnicodeDecodeError as error:
        raise InputError([Problem("is no text in UTF-8", Position(file, 1, 1))]) from error
    reader = csv.reader(text.splitlines())
    heading: list[str] | None = None
    for fields in reader:
        if not any(field.strip() for field in fields) or fields[0].startswith("#"):
            continue
        if heading is None:
            heading = [field.strip() for field in fields]
            _check_heading(file, reader.line_num, heading, needed, optional)
            continue
        if len(fields) != len(heading):
            message = f"has {len(fields)} fields, and the heading has {len(heading)}"
            raise InputError([Problem(message, Position(file, reader.line_num, 1))])
        pairs = zip(heading, fields, strict=True)
        cells = {name: (number, field.strip()) for number, (name, field) in enumerate(pairs, start=1)}
        yield _Row(file, reader.line_num, cells)
    if heading is None:
        raise InputError([Problem(f"is empty; its first line is {','.join(needed)}", Position(file, 1, 1))])


def _check_heading(
    file: Path, line: int, heading: list[str], needed: tuple[str, ...], optional: tuple[str, ...]
) -> None:
    for name in needed:
        if name not in heading:
            message = f"has no column {name}; its first line is {','.join(needed)}"
            raise InputError([Problem(message, Position(file, line, 1))])
    for number, name in enumerate(heading, start=1):
        if name not in (*needed, *optional):
            message = f"unknown column {name}{suggestion(name, (*needed, *optional))}"
            raise InputError([Problem(message, Position(file, line, number))])
