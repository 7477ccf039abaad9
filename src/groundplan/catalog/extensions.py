"""PostgreSQL extensions on Amazon RDS: which exist for which major version, and what they need to be created.

Only majors that RDS still creates are known (13 and later). Every minor version of a major is taken to have its
extensions.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from types import MappingProxyType

from groundplan.catalog import _data
from groundplan.catalog._data import Source
from groundplan.errors import suggestion
from groundplan.record import Record, dataclass

SOURCE = Source(
    page="https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-extensions.html",
    date=date(2026, 11, 21),
)
"""The tables to compare with. The rows were entered by hand on that day, by major version: they do not record which
minor version brought an extension."""

COMMON_NAMES = MappingProxyType({"pgvector": "vector", "uuid_ossp": "uuid-ossp", "uuid": "uuid-ossp", "h3-pg": "h3"})
"""What people write, and what PostgreSQL calls it."""


@dataclass(frozen=True)
class Extension(Record):
    """One extension."""

    name: str
    first_major: int
    last_major: int | None
    """None: every major version since the first."""
    preload_library: str | None
    """What ``shared_preload_libraries`` has to hold before the extension can be created."""
    database_parameter: str | None
    """The parameter that names the one database that the extension can be created in."""


@cache
def extensions() -> Mapping[str, Extension]:
    """Every extension by its name."""
    return MappingProxyType(
        {
            name: Extension(
                name=name,
                first_major=int(first),
                last_major=int(last) if last else None,
                preload_library=library or None,
                database_parameter=parameter or None,
            )
            for name, first, last, library, parameter in _data.rows("postgres_extensions")
        }
    )


def problem(name: str, version: str, parameters: Mapping[str, str], database: str) -> str | None:
    """Why RDS would refuse ``CREATE EXTENSION`` in a database, and what would be right; None where it would not.

    ``version`` is the engine's, like ``16.10``; ``parameters`` are those of the parameter group.
    """
    known = extensions().get(name)
    major = int(version.partition(".")[0])
    if known is None:
        meant = COMMON_NAMES.get(name.lower()) or (name.lower() if name.lower() in extensions() else None)
        hint = f"; its name in PostgreSQL is {meant}" if meant else suggestion(name, extensions())
        return f'RDS for PostgreSQL has no extension "{name}"{hint}'
    if major < known.first_major:
        return f"RDS has {name} from PostgreSQL {known.first_major} on, and the engine is {version}"
    if known.last_major is not None and major > known.last_major:
        return f"RDS has {name} up to PostgreSQL {known.last_major} only, and the engine is {version}"
    loaded = [item.strip() for item in parameters.get("shared_preload_libraries", "").split(",")]
    if known.preload_library and known.preload_library not in loaded:
        wanted = ",".join(item for item in (*loaded, known.preload_library) if item)
        return f"{name} has to be loaded first: write parameters: {{shared_preload_libraries: '{wanted}'}}"
    if known.database_parameter and parameters.get(known.database_parameter) != database:
        return (
            f"{name} can only be created in the database that {known.database_parameter} names: "
            f"write parameters: {{{known.database_parameter}: {database}}}"
        )
    return None
