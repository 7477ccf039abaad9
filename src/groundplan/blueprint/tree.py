"""A blueprint as a tree of values that know where they were written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from groundplan.errors import Position
from groundplan.units import shown

Scalar: TypeAlias = str | int | float | bool | None
Plain: TypeAlias = "Scalar | list[Plain] | dict[str, Plain]"
Steps: TypeAlias = tuple[str | int, ...]
"""A path as its keys and list indices: ``("services", "api", "needs", 0)``."""


class WrittenInt(int):
    """A whole number whose text says more than its value: ``007``, ``0x1F``. ``str`` gives the text."""

    text: str

    def __new__(cls, value: int, text: str) -> WrittenInt:
        number = super().__new__(cls, value)
        number.text = text
        return number

    def __str__(self) -> str:
        return self.text


class WrittenFloat(float):
    """A number whose text says more than its value: version ``15.10`` is not ``15.1``. ``str`` gives the text."""

    text: str

    def __new__(cls, value: float, text: str) -> WrittenFloat:
        number = super().__new__(cls, value)
        number.text = text
        return number

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Node:
    """One value: a scalar, a mapping or a list of nodes, with its place and the layer that set it."""

    value: Scalar | dict[str, Node] | list[Node]
    position: Position | None = None
    """Where the value stands. None for what no file says (a profile)."""
    key: Position | None = None
    """Where its key stands, for a value in a mapping."""
    layer: str = ""
    """Empty for the base of the file, else ``environment dev``, ``option --set``, ``profile poc`` or ``default: …``."""
    size: int = 1
    """Values in it, itself included, as if every alias were written out."""

    @property
    def place(self) -> Position | None:
        """Where a person looks for it: the key of a mapping, the value of everything else."""
        return (self.key or self.position) if isinstance(self.value, dict) else (self.position or self.key)

    @property
    def fields(self) -> Mapping[str, Node]:
        """The values of a mapping by key; nothing for other values."""
        return self.value if isinstance(self.value, dict) else {}

    def find(self, path: Steps) -> Node | None:
        """The node at a path, or None."""
        node: Node | None = self
        for step in path:
            if node is None:
                return None
            node = node.step(step)
        return node

    def step(self, step: str | int) -> Node | None:
        """The child under one key or index, or None."""
        if isinstance(self.value, dict):
            return self.value.get(str(step))
        if isinstance(self.value, list) and isinstance(step, int) and 0 <= step < len(self.value):
            return self.value[step]
        return None

    def nearest(self, path: Steps) -> Position | None:
        """The place of the value at the path, or of its nearest ancestor that is written somewhere."""
        node, place = self, self.place
        for step in path:
            child = node.step(step)
            if child is None:
                break
            node, place = child, child.place or place
        return place

    def walk(self, path: Steps = ()) -> Iterator[tuple[Steps, Node]]:
        """Every node with its path, this one first."""
        left: list[tuple[Steps, Node]] = [(path, self)]
        while left:
            path, node = left.pop()
            yield path, node
            if isinstance(node.value, dict):
                left += [((*path, key), child) for key, child in reversed(node.value.items())]
            elif isinstance(node.value, list):
                left += [((*path, index), child) for index, child in reversed(list(enumerate(node.value)))]

    def on_layer(self, layer: str) -> Node:
        """The same tree, said by another layer."""
        value = self.value
        if isinstance(value, dict):
            value = {key: child.on_layer(layer) for key, child in value.items()}
        elif isinstance(value, list):
            value = [child.on_layer(layer) for child in value]
        return Node(value, self.position, self.key, layer, self.size)

    def plain(self) -> Plain:
        """The bare data."""
        if isinstance(self.value, dict):
            return {key: child.plain() for key, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.plain() for child in self.value]
        return self.value


def node_of(data: object, *, layer: str = "", position: Position | None = None) -> Node:
    """A tree of plain data that stands at one place: a profile's values, or a short form written out."""
    value: Scalar | dict[str, Node] | list[Node]
    if isinstance(data, Mapping):
        value = {str(key): node_of(child, layer=layer, position=position) for key, child in data.items()}
    elif isinstance(data, list | tuple):
        value = [node_of(child, layer=layer, position=position) for child in data]
    elif data is None or isinstance(data, str | int | float):
        value = data
    else:
        raise TypeError(f"{data!r} is no plain data")
    return Node(value, position, None, layer)


_BARE = re.compile(r'[^.\[\]"\s]+')
_STEP = re.compile(r'\.?(?:(?P<bare>[^.\[\]"\s]+)|\[(?P<index>\d+)\]|\[(?P<quoted>"(?:[^"\\]|\\.)*")\])')


def format_path(path: Steps) -> str:
    """``services.api.needs[0]``; a key that is no plain word stands as ``parameters["rds.force_ssl"]``."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _BARE.fullmatch(step):
            text += f".{step}" if text else step
        else:
            text += f"[{json.dumps(step)}]"
    return text


@lru_cache(maxsize=4096)
def parse_path(text: str) -> Steps:
    """The steps of a path as :func:`format_path` writes it. Raises ValueError where it is none."""
    steps: list[str | int] = []
    at = 0
    while at < len(text):
        match = _STEP.match(text, at)
        if not match:
            raise ValueError(f"{shown(text)} is not a path like services.api.size")
        if match["index"] is not None:
            steps.append(int(match["index"]))
        else:
            steps.append(match["bare"] if match["quoted"] is None else json.loads(match["quoted"]))
        at = match.end()
    return tuple(steps)
