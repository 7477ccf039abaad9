"""What resources and their parts have in common: they never change, and are equal and told by their values."""

from __future__ import annotations

import dataclasses
from dataclasses import FrozenInstanceError, fields
from typing import TYPE_CHECKING

__all__ = ["Record", "dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(*, frozen, **options):
        """``dataclasses.dataclass``, whose classes are frozen by :class:`Record` instead of by themselves."""
        return dataclasses.dataclass(**options)


class Record:
    """A frozen record, equal to another of its kind with the same values.

    Written once here: that ``dataclass`` compiles the same methods anew for each class (``frozen=True``, ``eq=True``,
    ``repr=True``) would take a fifth of the time of a whole ``groundplan validate``. Subclasses are decorated with
    this module's ``dataclass(frozen=True, eq=False, repr=False)``.
    """

    def __setattr__(self, name: str, value: object) -> None:
        """Set a field for the first time, as ``__init__`` does. Raises FrozenInstanceError ever after."""
        if name in self.__dict__ or name not in type(self).__dataclass_fields__:  # type: ignore[attr-defined]  # set by dataclass
            raise FrozenInstanceError(f"cannot assign to field {name!r}")
        self.__dict__[name] = value

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return False
        return all(getattr(self, name) == getattr(other, name) for name in _names(self))

    def __hash__(self) -> int:
        return hash((type(self), *(getattr(self, name) for name in _names(self))))

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in _names(self))
        return f"{type(self).__name__}({values})"


def _names(record: Record) -> tuple[str, ...]:
    return tuple(item.name for item in fields(record) if item.compare)  # type: ignore[arg-type]  # every subclass is a dataclass
