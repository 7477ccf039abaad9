"""How long something is away: looks, one after the other, each with its time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from groundplan.operations.drills.looks import Look
from groundplan.operations.events import Report

Done = Callable[[Look], bool]
"""Whether something has happened by the time of a look: the database is in another zone, the experiment is over."""


@dataclass(frozen=True)
class Event:
    """A change that a look has seen."""

    at: datetime
    seconds: float
    """Since the disruption."""
    what: str


@dataclass
class Measurement:
    """What was seen from the disruption on."""

    began: datetime
    events: list[Event] = field(default_factory=list)
    interrupted: float = 0.0
    """Seconds in which users had to wait, added up, as far as looks can tell."""
    whole: float | None = None
    """Seconds until everything was at its full strength again, and stayed; None: it was not while somebody looked."""
    waited: float = 0.0
    """Seconds that were looked for."""
    looks: int = 0
    every: float = 0.0
    """Seconds between two looks: figures are no finer."""


def measure(
    see: Callable[[], Look],
    *,
    effective: Done,
    over: Done,
    before: Look,
    found: Measurement,
    start: float,
    timeout: float,
    report: Report,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Look until everything is whole and the disruption ``over``, or until ``timeout`` seconds have passed.

    What is seen goes to ``found``. ``start`` is when the disruption was asked for, by the ``clock``. Until it is
    ``effective`` a look that finds everything whole means nothing: AWS has not begun yet.
    """
    last, last_seconds = before, 0.0
    while True:
        now = see()
        seconds = clock() - start
        found.looks += 1
        found.waited = round(seconds, 1)
        if last.interrupted:
            found.interrupted = round(found.interrupted + seconds - last_seconds, 1)
        for what in _changes(last, now):
            found.events.append(Event(datetime.now(UTC), round(seconds, 1), what))
            report(f"{seconds:6.1f} s  {what}")
        acts = effective(now)
        if now.lacking or not acts:
            found.whole = None
        elif found.whole is None:
            found.whole = round(seconds, 1)
        if found.whole is not None and over(now):
            break
        if seconds > timeout:
            found.whole = None
            break
        waiting = now.lacking or ("what was taken away has to be seen to be gone",)
        report(f"waiting: {'; '.join(waiting)}", passing=True)
        last, last_seconds = now, seconds
        sleep(found.every)


def _changes(last: Look, now: Look) -> list[str]:
    before, after = last.told(), now.told()
    return [f"{name}: {text}" for name, text in after.items() if before.get(name) != text] + [
        f"{name}: not there any more" for name in before if name not in after
    ]
