"""How often things fail, and how long they are away."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType

from groundplan.catalog import _data
from groundplan.catalog._data import Source
from groundplan.record import Record, dataclass


@dataclass(frozen=True)
class Bounds(Record):
    """A figure at the least, as expected and at the most."""

    low: float
    expected: float
    high: float


@dataclass(frozen=True)
class Cause(Record):
    """Something that fails now and then."""

    key: str
    """As in the blueprint's ``reliability:``."""
    title: str
    failures: Bounds
    """Per year, of one such thing."""
    repair: Bounds | None
    """Seconds on average until it is there again; None: computed from the architecture."""
    assumed: str
    """What no source gives, and why it was taken."""
    source: Source


@cache
def all_causes() -> MappingProxyType[str, Cause]:
    """Every cause by its key."""
    return MappingProxyType(
        {
            key: Cause(
                key=key,
                title=table["title"],
                failures=Bounds(*table["failures"]),
                repair=Bounds(*table["repair"]) if table["repair"] else None,
                assumed=table["assumed"],
                source=_data.source_of(table),
            )
            for key, table in _data.toml("failures")["causes"].items()
        }
    )
