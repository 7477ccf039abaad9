"""AWS regions: their long names, partitions, availability zones, and prefixes on the bill."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import Any

from groundplan.catalog import _data
from groundplan.catalog._data import Source
from groundplan.errors import suggestion
from groundplan.record import Record, dataclass


@dataclass(frozen=True)
class Partition(Record):
    """A group of regions with its own accounts, ARNs and domain: ``aws``, ``aws-cn``, ``aws-us-gov``, ``aws-eusc``."""

    name: str
    dns_suffix: str
    source: Source


@dataclass(frozen=True)
class Region(Record):
    """A region. Zones are letters: zone ``a`` of ``ap-south-1`` is ``ap-south-1a``."""

    name: str
    long_name: str
    partition: Partition
    zones: tuple[str, ...]
    """The letters that a new account can have."""
    zones_per_account: int
    """How many of ``zones`` one account sees: 2 of a, b and c in us-west-1, all of them elsewhere."""
    older_zones: tuple[str, ...]
    """Letters that only older accounts have."""
    billing_prefix: str | None
    """What usage types on the bill start with (``APS3``); empty for us-east-1, None where it is not known."""
    opt_in: bool
    """Whether an account has to enable the region before it can use it."""
    source: Source

    @property
    def zones_depend_on_account(self) -> bool:
        """Whether two accounts can see different letters here."""
        return self.zones_per_account < len(self.zones) or bool(self.older_zones)

    def zone_names(self) -> tuple[str, ...]:
        """Full names of the zones that a new account can have."""
        return tuple(f"{self.name}{letter}" for letter in self.zones)


@cache
def _source() -> Source:
    return _data.source_of(_data.toml_head("regions"))


@cache
def _partition(name: str) -> Partition:
    table = _data.toml_table("regions", f"partitions.{name}")
    assert table is not None
    return Partition(name, table["dns_suffix"], _source())


def _region(name: str, table: dict[str, Any]) -> Region:
    zones = tuple(table["zones"])
    return Region(
        name=name,
        long_name=table["long_name"],
        partition=_partition(table.get("partition", "aws")),
        zones=zones,
        zones_per_account=table.get("zones_per_account", len(zones)),
        older_zones=tuple(table.get("older_zones", "")),
        billing_prefix=table.get("billing_prefix"),
        opt_in=table.get("opt_in", False),
        source=_data.source_of(table) if "source" in table else _source(),
    )


@cache
def all_regions() -> MappingProxyType[str, Region]:
    """Every known region by name, in alphabetical order."""
    return MappingProxyType(
        {name: _region(name, table) for name, table in sorted(_data.toml("regions")["regions"].items())}
    )


@cache
def find(name: str) -> Region | None:
    """The region of that name, or None."""
    table = _data.toml_table("regions", f"regions.{name}")
    return None if table is None else _region(name, table)


def suggest(name: str) -> str:
    """``'; did you mean "ap-south-1"?'`` for a misspelt region, else the regions there are."""
    return suggestion(name, all_regions())
