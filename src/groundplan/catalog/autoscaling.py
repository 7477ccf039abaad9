"""How AWS and Kubernetes scale services, and what is assumed of a load that nobody measured."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from groundplan.catalog import _data
from groundplan.catalog._data import Source


@dataclass(frozen=True, slots=True)
class Constant:
    """A figure of how scaling acts, with its range where it has one."""

    key: str
    title: str
    value: float
    unit: str
    low: float
    high: float
    assumed: str
    """What the source does not give, and why it was taken; empty where it gives everything."""
    source: Source


@dataclass(frozen=True, slots=True)
class Assumption:
    """A figure of the load that stands in for one that nobody gave."""

    key: str
    title: str
    value: float
    unit: str
    low: float
    high: float
    assumed: str
    """Why it was taken."""
    instead: str
    """What to write in the blueprint instead."""

    def __str__(self) -> str:
        extent = f" ({self.low:g} to {self.high:g})" if self.low != self.high else ""
        return f"{self.title}: {self.value:g}{extent} {self.unit}, because {self.assumed}; better: {self.instead}"


@cache
def constants() -> MappingProxyType[str, Constant]:
    """Every figure of how scaling acts, by its key."""
    return MappingProxyType(
        {
            key: Constant(
                key=key,
                title=table["title"],
                value=table["value"],
                unit=table["unit"],
                low=table.get("low", table["value"]),
                high=table.get("high", table["value"]),
                assumed=table["assumed"],
                source=_data.source_of(table),
            )
            for key, table in _data.toml("autoscaling")["constants"].items()
        }
    )


@cache
def assumptions() -> MappingProxyType[str, Assumption]:
    """Every figure that is taken where the blueprint says none, by its key."""
    return MappingProxyType(
        {
            key: Assumption(
                key=key,
                title=table["title"],
                value=table["value"],
                unit=table["unit"],
                low=table.get("low", table["value"]),
                high=table.get("high", table["value"]),
                assumed=table["assumed"],
                instead=table["instead"],
            )
            for key, table in _data.toml("autoscaling")["assumptions"].items()
        }
    )


def value(key: str) -> float:
    """The value of a constant like ``metric_period``. Raises KeyError where there is none."""
    return constants()[key].value
