"""From the values of a ``Blueprint(...)`` call to the tree that every blueprint is read from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from ipaddress import IPv4Network

from groundplan.api.places import Place
from groundplan.blueprint.base import Part
from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.shape import Shape, shape_of
from groundplan.blueprint.shared import SHARED
from groundplan.blueprint.tree import Node, Scalar, Steps, format_path
from groundplan.errors import InputError, Problem
from groundplan.units import Duration, Quantity

MAX_DEPTH = 40
"""As in YAML. What is nested deeper is a value that contains itself."""


def tree_of(fields: Mapping[str, object], place: Place) -> Node:
    """The tree of a whole blueprint, each value with its place.

    Raises InputError with every value that no blueprint can hold: other objects, floats, keys that are no texts.
    """
    reader = _Reader()
    tree = reader.read(fields, place, shape_of(Blueprint), ())
    if reader.problems:
        raise InputError(reader.problems)
    return tree


def python_names(model: type[Part] | None) -> dict[str, str]:
    """The keys that Python spells otherwise: ``instance_class`` to ``class``."""
    if model is None:
        return {}
    return {name: info.alias for name, info in model.model_fields.items() if info.alias}


class _Reader:
    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def read(self, value: object, place: Place, shape: Shape | None, path: Steps) -> Node:
        if len(path) > MAX_DEPTH:
            return self._wrong(f"values are nested deeper than {MAX_DEPTH} levels", place, path)
        if isinstance(value, Mapping):
            return Node(dict(self._entries(value, place, shape, path)), place.position, place.key)
        if isinstance(value, list | tuple):
            inner = shape.items if shape else None
            items = [self.read(item, place.inner(at), inner, (*path, at)) for at, item in enumerate(value)]
            return Node(items, place.position, place.key)
        try:
            return Node(_scalar(value), place.position, place.key)
        except ValueError as error:
            return self._wrong(str(error), place, path)

    def _entries(
        self, value: Mapping[object, object], place: Place, shape: Shape | None, path: Steps
    ) -> Iterator[tuple[str, Node]]:
        names = python_names(shape.model if shape else None)
        seen: dict[str, str] = {}
        for written, item in value.items():
            if not isinstance(written, str):
                self._wrong(f"the key {written!r} has to be a text", place, path)
                continue
            key, inner = names.get(written, written), place.inner(written)
            if key in seen:
                self._wrong(f'"{seen[key]}" and "{written}" are the same key; write one of them', inner, (*path, key))
                continue
            seen[key] = written
            below = shape.child(key) if shape else None
            if not path and key == "environments":
                below = Shape(entries=shape)
            elif not path and key == SHARED:
                below = shape
            yield key, self.read(item, inner, below, (*path, key))

    def _wrong(self, message: str, place: Place, path: Steps) -> Node:
        self.problems.append(Problem(message, place.position, format_path(path)))
        return Node(None, place.position, place.key)


def _scalar(value: object) -> Scalar:
    """A value as YAML would have it. Raises ValueError for what no blueprint can hold."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, Quantity | IPv4Network):
        return str(value)
    if isinstance(value, timedelta):
        if value != timedelta(seconds=value // timedelta(seconds=1)) or value < timedelta(0):
            raise ValueError(f"{value} is not a whole number of seconds")
        return str(Duration(value // timedelta(seconds=1)))
    if isinstance(value, float):
        raise ValueError(
            f"{value!r} is a float, which does not remember how it was written (15.10 is 15.1); write a text or an int"
        )
    kind = type(value).__name__
    raise ValueError(f"a {kind} cannot stand in a blueprint; write texts, whole numbers, dictionaries and lists")
