"""Helm charts that run beside an application in a cluster, each pinned to a version."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from groundplan.catalog import _data
from groundplan.catalog._data import Source
from groundplan.record import Record, dataclass


@dataclass(frozen=True)
class Chart(Record):
    """A chart at one version."""

    name: str
    title: str
    when: str
    """The controller of :mod:`groundplan.catalog.kubernetes` that it brings; ``always``: every cluster has it."""
    namespace: str
    repository: str
    version: str
    source: Source


@cache
def charts() -> Mapping[str, Chart]:
    """Every chart by name, in the order in which they are installed: the rest needs what the first define."""
    return MappingProxyType(
        {
            name: Chart(
                name=name,
                title=table["title"],
                when=table["when"],
                namespace=table["namespace"],
                repository=table["repository"],
                version=table["version"],
                source=_data.source_of(table),
            )
            for name, table in _data.toml("helm_charts").items()
        }
    )
