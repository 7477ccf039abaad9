"""The handler of a resource type."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from groundplan.targets.local.types.errors import ResourceError
from groundplan.targets.local.types.handler import Handler, Surroundings
from groundplan.targets.local.types.rows import Row, all_rows

_CLASSES: dict[str, type[Handler]] = {}


def handles(*types: str) -> Callable[[type[Handler]], type[Handler]]:
    """Registers a class for resource types."""

    def register(cls: type[Handler]) -> type[Handler]:
        _CLASSES.update(dict.fromkeys(types, cls))
        return cls

    return register


@lru_cache(maxsize=1)
def _load_classes() -> None:
    from groundplan.targets.local.types import handlers

    handlers.load()


def row_of(type_name: str) -> Row:
    """The row of a type. Raises ResourceError where this local AWS does not know it."""
    row = all_rows().get(type_name)
    if row is None:
        raise ResourceError(f"Unrecognized resource types: [{type_name}]")
    return row


def handler_of(type_name: str, surroundings: Surroundings) -> Handler:
    """What handles resources of a type in a region. Raises ResourceError for an unknown type."""
    _load_classes()
    return _CLASSES.get(type_name, Handler)(row_of(type_name), surroundings)
