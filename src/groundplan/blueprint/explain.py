"""Every value of an environment and where it came from."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from groundplan.blueprint.base import Part
from groundplan.blueprint.descriptions import derived_default
from groundplan.blueprint.loading import LoadedEnvironment, Origin
from groundplan.blueprint.tree import Node, Steps, format_path
from groundplan.record import Record, dataclass
from groundplan.units import Quantity, shown


@dataclass(frozen=True)
class Explanation(Record):
    """One value."""

    path: str
    value: str
    """As a person would write it."""
    origin: str
    """``groundplan.yaml:12:5``, ``environment dev, groundplan.yaml:40:7``, ``profile poc``, ``default`` or
    ``default: the environment's name``."""


def explain(loaded: LoadedEnvironment) -> list[Explanation]:
    """Every value of an environment, in the order of the models and, for entries, of the file."""
    return list(_rows(loaded.blueprint, loaded.tree, ()))


def _rows(value: object, node: Node | None, path: Steps) -> Iterator[Explanation]:
    if isinstance(value, Part):
        model = type(value)
        # A short form like "postgres 15" is one text for the whole part: its fields stand where it stands.
        short = node if node is not None and not isinstance(node.value, dict) else None
        for name, info in model.model_fields.items():
            key = info.alias or name
            inner = getattr(value, name)
            child = node.step(key) if node is not None else None
            if child is None and short is not None and name in value.model_fields_set:
                child = short
            if child is None and not isinstance(inner, Part) and not inner:
                derived = derived_default(model, name) if inner is None else ""
                origin = f"default: {derived}" if derived else "default"
                yield Explanation(format_path((*path, key)), _written(inner), origin)
            else:
                yield from _rows(inner, child, (*path, key))
    elif isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _rows(inner, node.step(key) if node is not None else None, (*path, key))
    elif isinstance(value, list) and value:
        for index, inner in enumerate(value):
            yield from _rows(inner, node.step(index) if node is not None else None, (*path, index))
    else:
        origin = str(Origin(node.layer, node.position)) if node is not None else "default"
        yield Explanation(format_path(path), _written(value), origin)


def _written(value: object) -> str:
    """A value as it would stand in a blueprint."""
    if isinstance(value, dict | list):
        return "{}" if isinstance(value, dict) else "[]"
    if isinstance(value, str):
        return value or '""'
    if isinstance(value, Quantity | IPv4Network):
        return str(value)
    return shown(value)
