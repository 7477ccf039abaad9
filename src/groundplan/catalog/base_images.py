"""Images that Dockerfiles and Compose files start from."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType

from groundplan.catalog import _data
from groundplan.catalog._data import Source
from groundplan.record import Record, dataclass

UNKNOWN_PACKAGE_MB = 5
"""What a package counts that the table does not know."""


@dataclass(frozen=True)
class BaseImage(Record):
    """An official image."""

    repository: str
    variant: str
    """What stands behind the version: ``slim``."""
    megabytes: int
    """Unpacked, at most."""
    source: Source

    def at(self, version: str) -> str:
        """``python:3.11.7-slim``."""
        return f"{self.repository}:{version}" + (f"-{self.variant}" if self.variant else "")


@cache
def _table() -> MappingProxyType[str, BaseImage]:
    return MappingProxyType(
        {
            name: BaseImage(entry["repository"], entry["variant"], entry["megabytes"], _data.source_of(entry))
            for name, entry in _data.toml("base_images").items()
        }
    )


def base_image(name: str) -> BaseImage:
    """The base of a language, or what stands in for a database engine. Raises KeyError for one that is not known."""
    return _table()[name]


@cache
def _sizes() -> MappingProxyType[str, float]:
    return MappingProxyType({name: float(size) for name, size in _data.rows("python_packages")})


def package_megabytes(name: str) -> float | None:
    """What a Python package takes with all that it needs, as installed. None: it is not known.

    Measured in November 2026 with Python 3.11 on x86_64. What two packages need both is in the number of each.
    """
    return _sizes().get(name)
