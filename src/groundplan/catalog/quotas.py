"""Quotas that a design can hit: the defaults of a new account, and whether AWS raises them on request."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from groundplan.catalog import _data
from groundplan.catalog._data import Source
from groundplan.errors import InputError, suggestion
from groundplan.record import Record, dataclass


@dataclass(frozen=True)
class Quota(Record):
    """How many of something an account, a region or a resource can have."""

    key: str
    service: str
    title: str
    """What is counted and per what: "VPCs per region"."""
    limit: int
    adjustable: bool
    """Whether AWS raises it on request."""
    elsewhere: Mapping[str, int]
    """Regions whose default differs from ``limit``."""
    source: Source

    def limit_in(self, region: str) -> int:
        """The default in a region."""
        return self.elsewhere.get(region, self.limit)


@cache
def all_quotas() -> MappingProxyType[str, Quota]:
    """Every quota by key."""
    return MappingProxyType(
        {
            key: Quota(
                key=key,
                service=table["service"],
                title=table["title"],
                limit=table["limit"],
                adjustable=table["adjustable"],
                elsewhere=MappingProxyType(table.get("elsewhere", {})),
                source=_data.source_of(table),
            )
            for key, table in _data.toml("quotas")["quotas"].items()
        }
    )


def quota(key: str) -> Quota:
    """The quota of a key like ``vpcs_per_region``. Raises InputError for an unknown key, with the nearest known."""
    try:
        return all_quotas()[key]
    except KeyError:
        raise InputError(f"no quota is known as {key!r}{suggestion(key, all_quotas())}") from None
