"""Engine versions: what can be created today, until when AWS supports it, and the parameter group family it needs.

``postgres`` and ``mysql`` are RDS's, ``redis`` and ``valkey`` ElastiCache's, ``kubernetes`` EKS's.
``data/engines.toml`` names the source and the date per engine; ``creatable`` means: on that date.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any

from groundplan.catalog import _data
from groundplan.catalog._data import Source
from groundplan.errors import InputError
from groundplan.record import Record, dataclass


class Status(StrEnum):
    """Whether AWS creates a new resource with a version."""

    CREATABLE = "creatable"
    RETIRED = "retired"
    """It existed; running ones may go on, new ones are refused."""
    UNKNOWN = "unknown"


class Support(StrEnum):
    """What AWS gives for a version on a day."""

    STANDARD = "standard"
    EXTENDED = "extended"
    """Paid, per vCPU or cluster hour."""
    ENDED = "ended"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class EngineVersion(Record):
    """A version of an engine and what is known about it."""

    engine: str
    title: str
    version: str
    major: str | None
    """The major that it belongs to (``15``, ``8.0``, ``1.34``); None where there is no such major."""
    status: Status
    creatable: tuple[str, ...]
    """What could be created instead: versions of the same major, oldest first, else every major's default."""
    parameter_group_family: str | None
    standard_support_ends: date | None
    """The last day of standard support; None where it is not known."""
    extended_support_ends: date | None
    transit_encryption: bool | None
    """Whether a cache of this version can encrypt in transit; None for other engines."""
    source: Source

    def support(self, on: date) -> Support:
        """What AWS gives for this version on a day."""
        if self.standard_support_ends is None:
            return Support.UNKNOWN
        if on <= self.standard_support_ends:
            return Support.STANDARD
        if self.extended_support_ends is not None and on <= self.extended_support_ends:
            return Support.EXTENDED
        return Support.ENDED

    def problem(self) -> str | None:
        """What is wrong with asking for this version and what would be right; None where it can be created."""
        if self.status is Status.CREATABLE:
            return None
        what = "can no longer be created" if self.status is Status.RETIRED else "is not a version that AWS offers"
        right = ", ".join(self.creatable)
        return f"{self.title} {self.version} {what}; creatable are {right} (as of {self.source.date})"


@dataclass(frozen=True)
class Major(Record):
    """A major version and its minors."""

    name: str
    default: str | None
    """The minor taken where only the major is asked for; None where the major can no longer be created."""
    default_reason: str
    creatable: tuple[str, ...]
    retired: tuple[str, ...]
    parameter_group_family: str | None
    standard_support_ends: date | None
    extended_support_ends: date | None


def _major(table: dict[str, Any]) -> Major:
    creatable = tuple(table["creatable"])
    return Major(
        name=table["major"],
        default=table.get("default", creatable[-1] if creatable else None),
        default_reason=table.get("default_reason", "the newest that can be created"),
        creatable=creatable,
        retired=tuple(table.get("retired", ())),
        parameter_group_family=table.get("parameter_group_family"),
        standard_support_ends=table.get("standard_support_ends"),
        extended_support_ends=table.get("extended_support_ends"),
    )


class Engine:
    """The versions of one engine. Read from the data when first asked."""

    def __init__(self, name: str) -> None:
        self.name = name

    @cached_property
    def _table(self) -> dict[str, Any]:
        table = _data.toml_table("engines", self.name)
        assert table is not None
        return table

    @property
    def title(self) -> str:
        """The engine as its makers write it."""
        return str(self._table["title"])

    @property
    def source(self) -> Source:
        """Where the versions come from, and their date."""
        return _data.source_of(self._table)

    @property
    def support_source(self) -> Source:
        """Where the ends of support come from, and their date."""
        return Source(self._table["support_source"], self._table["support_source_date"])

    @cached_property
    def majors(self) -> tuple[Major, ...]:
        """Every major, oldest first."""
        return tuple(map(_major, self._table["majors"]))

    def creatable(self) -> Iterator[str]:
        """Every version that can be created, oldest first."""
        for major in self.majors:
            yield from major.creatable

    def find(self, version: str) -> EngineVersion:
        """What is known about exactly this version, or about the default of a major like ``15``."""
        major = next((major for major in self.majors if version == major.name), None)
        if major is not None:
            return self._version(major.default or version, major)
        for major in self.majors:
            if version.startswith(f"{major.name}."):
                return self._version(version, major)
        return self._version(version, None)

    def resolve(self, version: str) -> EngineVersion:
        """The version to create for what was asked: a major becomes its default minor.

        Raises InputError where it cannot be created; the message names what can.
        """
        found = self.find(version)
        problem = found.problem()
        if problem:
            raise InputError(problem)
        return found

    def _version(self, version: str, major: Major | None) -> EngineVersion:
        if major is None:
            status = Status.UNKNOWN
        elif version in major.creatable:
            status = Status.CREATABLE
        elif version in major.retired or version == major.name:
            status = Status.RETIRED
        else:
            status = Status.UNKNOWN
        defaults = tuple(each.default for each in self.majors if each.default)
        known = major is not None and status is not Status.UNKNOWN
        return EngineVersion(
            engine=self.name,
            title=self.title,
            version=version,
            major=major.name if major else None,
            status=status,
            creatable=(major.creatable if major else ()) or defaults,
            parameter_group_family=major.parameter_group_family if major else None,
            standard_support_ends=major.standard_support_ends if major else None,
            extended_support_ends=major.extended_support_ends if major else None,
            transit_encryption=self._table.get("transit_encryption") if known else None,
            source=self.source,
        )


postgres = Engine("postgres")
mysql = Engine("mysql")
redis = Engine("redis")
valkey = Engine("valkey")
kubernetes = Engine("kubernetes")
