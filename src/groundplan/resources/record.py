"""What resources and their parts have in common: equality and text, by value."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, eq=False, repr=False)
class Record:
    """A frozen record, equal to another of its kind with the same values.

    Written once here: that ``dataclass`` compiles the same methods anew for each class (``eq=True``, ``repr=True``)
    would take a tenth of the time of a whole ``groundplan validate``.
    """

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return False
        return all(getattr(self, item.name) == getattr(other, item.name) for item in fields(self))

    def __hash__(self) -> int:
        return hash((type(self), *(getattr(self, item.name) for item in fields(self))))

    def __repr__(self) -> str:
        values = ", ".join(f"{item.name}={getattr(self, item.name)!r}" for item in fields(self))
        return f"{type(self).__name__}({values})"
