"""How long the parts of a failover take."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType

from groundplan.catalog import _data
from groundplan.catalog._data import Source
from groundplan.record import Record, dataclass


@dataclass(frozen=True)
class Time(Record):
    """Seconds at the least, as expected and at the most."""

    key: str
    title: str
    low: int
    expected: int
    high: int
    assumed: str
    """What the source does not give, and why it was taken; empty where it gives everything."""
    source: Source


@cache
def all_times() -> MappingProxyType[str, Time]:
    """Every time by its key."""
    return MappingProxyType(
        {
            key: Time(
                key=key,
                title=table["title"],
                low=table["low"],
                expected=table["expected"],
                high=table["high"],
                assumed=table["assumed"],
                source=_data.source_of(table),
            )
            for key, table in _data.toml("recovery")["times"].items()
        }
    )


def time(key: str) -> Time:
    """The time of a key like ``promotion``. Raises KeyError where there is none."""
    return all_times()[key]
