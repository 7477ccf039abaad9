"""Images of the containers that run beside an application, pinned, with what they take of the task."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import Literal

from groundplan.catalog import _data
from groundplan.catalog._data import Source
from groundplan.record import Record, dataclass


@dataclass(frozen=True)
class Image(Record):
    """A pinned image."""

    repository: str
    tag: str
    cpu: int
    """CPU units that a sidecar made from it is sure of."""
    memory_mib: int
    """MiB that a sidecar made from it is sure of."""
    source: Source

    def __str__(self) -> str:
        return f"{self.repository}:{self.tag}"


@cache
def _table() -> MappingProxyType[str, Image]:
    return MappingProxyType(
        {
            name: Image(
                repository=entry["repository"],
                tag=entry["tag"],
                cpu=entry["cpu"],
                memory_mib=entry["memory_mib"],
                source=_data.source_of(entry),
            )
            for name, entry in _data.toml("images").items()
        }
    )


def is_of_groundplan(container_image: object) -> bool:
    """Whether a container runs one of these images, which no blueprint chooses."""
    return container_image in {str(image) for image in _table().values()}


def image(name: Literal["fluent_bit", "otel_collector", "psql"]) -> Image:
    """The log router (AWS for Fluent Bit), the trace collector (ADOT) or PostgreSQL's client."""
    return _table()[name]
