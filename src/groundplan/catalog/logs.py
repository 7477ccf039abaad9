"""How long CloudWatch Logs can keep events."""

from __future__ import annotations

from functools import cache

from groundplan.catalog import _data
from groundplan.catalog._data import Source


@cache
def _table() -> tuple[tuple[int, ...], Source]:
    table = _data.toml("logs")
    return tuple(table["retention_days"]), _data.source_of(table)


def source() -> Source:
    """Where AWS publishes the retention periods."""
    return _table()[1]


def retention_days() -> tuple[int, ...]:
    """The numbers of days that a log group can keep events, shortest first. Keeping them for ever is no number."""
    return _table()[0]


def is_valid(days: int) -> bool:
    """Whether CloudWatch Logs allows that retention."""
    return days in retention_days()


def nearest(days: int) -> int:
    """The shortest allowed retention that is at least ``days``; the longest of all where none is."""
    return next((allowed for allowed in retention_days() if allowed >= days), retention_days()[-1])
