"""What AWS commits to in its service level agreements: monthly uptime in percent."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from types import MappingProxyType

from groundplan.catalog import _data
from groundplan.catalog._data import Source
from groundplan.record import Record, dataclass


@dataclass(frozen=True)
class Sla(Record):
    """A commitment to a monthly uptime. What has no commitment has no entry."""

    key: str
    service: str
    condition: str
    """What it holds for: "a task or instance group that runs in two or more zones"."""
    percent: Decimal
    """Monthly uptime below which AWS gives service credits."""
    source: Source

    @property
    def availability(self) -> Decimal:
        """The commitment as a number between 0 and 1."""
        return self.percent / 100


@cache
def all_slas() -> MappingProxyType[str, Sla]:
    """Every commitment by key."""
    return MappingProxyType(
        {
            key: Sla(key, table["service"], table["condition"], Decimal(table["percent"]), _data.source_of(table))
            for key, table in _data.toml("slas")["slas"].items()
        }
    )


def find(key: str) -> Sla | None:
    """The commitment of a key like ``rds_multi_az``; None where AWS makes none or none is known."""
    return all_slas().get(key)
