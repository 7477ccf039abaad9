"""How AWS and Kubernetes scale services, and what is assumed of a load that nobody measured."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import MappingProxyType
from typing import Any, TypeVar

from groundplan.catalog import _data
from groundplan.catalog._data import Source
from groundplan.record import Record, dataclass

_Figure = TypeVar("_Figure")


@dataclass(frozen=True)
class Constant(Record):
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


@dataclass(frozen=True)
class Assumption(Record):
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
    return _read("constants", lambda table: Constant(**_figure(table), source=_data.source_of(table)))


@cache
def assumptions() -> MappingProxyType[str, Assumption]:
    """Every figure that is taken where the blueprint says none, by its key."""
    return _read("assumptions", lambda table: Assumption(**_figure(table), instead=table["instead"]))


def _read(name: str, of: Callable[[dict[str, Any]], _Figure]) -> MappingProxyType[str, _Figure]:
    """One of the two tables by its keys."""
    tables = _data.toml("autoscaling")[name]
    return MappingProxyType({key: of({"key": key, **table}) for key, table in tables.items()})


def _figure(table: dict[str, Any]) -> dict[str, Any]:
    """What both kinds of figures say. Without an extent it is the value alone."""
    extent = {"low": table["value"], "high": table["value"]}
    return {name: (extent | table)[name] for name in ("key", "title", "value", "unit", "low", "high", "assumed")}


def value(key: str) -> float:
    """The value of a constant like ``metric_period``. Raises KeyError where there is none."""
    return constants()[key].value
