"""A change of a blueprint: what is written over an environment, like ``--set`` but with lists and whole entries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from groundplan.blueprint.loading import Source
from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.overlay import merge, write_out
from groundplan.blueprint.settings import OptionPosition
from groundplan.blueprint.shape import shape_of
from groundplan.blueprint.tree import Node, Plain, node_of, parse_path

Concern: TypeAlias = Literal[
    "graviton", "engine", "spot", "network", "storage", "logs", "off-hours", "right-sizing", "terms"
]
CONCERNS: tuple[Concern, ...] = get_args(Concern)
"""What a saving is about, in the order in which they are tried."""
Settings: TypeAlias = Mapping[str, Plain]
"""Values by their path in the blueprint, like ``databases.main.class``."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that could be otherwise."""

    concern: Concern
    title: str
    settings: Settings
    """What to write into the environment."""
    note: str = ""
    """What has to be done or known beside it."""
    at_best: Settings = field(default_factory=dict)
    """Usage that is taken for the price alone, because nobody knows the part that moves: the saving is then the most
    that it can be."""

    choice: bool = False
    """Whether it takes away what no check sees, so that the best set leaves it to a person."""
    unknown: str = ""
    """Why nobody can say what it saves, where that is known before it is tried."""

    @property
    def written(self) -> tuple[str, ...]:
        """The settings as ``KEY=VALUE``."""
        return tuple(f"{path}={shown(value)}" for path, value in self.settings.items())

    def touches(self, other: Change) -> bool:
        """Whether both set the same key, or one a part of what the other sets."""
        return any(
            one == two or one.startswith(f"{two}.") or two.startswith(f"{one}.")
            for one in self.settings
            for two in other.settings
        )


def shown(value: Plain) -> str:
    """A value as YAML in one line: ``[t4g.large]``, ``{base: 1, weight: 0}``."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {shown(child)}" for key, child in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(shown, value))}]"
    return value if isinstance(value, str) else json.dumps(value)


LAYER = "saving"
PLACE = OptionPosition(Path(LAYER), 1, 1)


def over(source: Source, environment: str, settings: Settings) -> Source:
    """The same source with settings written over one environment."""
    for path, value in settings.items():
        node = node_of(value, layer=LAYER, position=PLACE)
        for step in reversed(parse_path(path)):
            node = Node({str(step): node}, PLACE, PLACE, LAYER)
        source = _written(source, environment, node)
    return source


def settled(source: Source, environment: str) -> Source:
    """The same source with what ``--set`` says written into the environment: a change may go over that."""
    return replace(_written(source, environment, source.settings), settings=Node({}))


def _written(source: Source, environment: str, tree: Node) -> Source:
    overlay = source.overlays[environment]
    overlay = merge(write_out(overlay, tree, shape_of(Blueprint)), tree)
    return replace(source, overlays={**source.overlays, environment: overlay})
