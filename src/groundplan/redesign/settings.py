"""Settings that are written over an environment, like ``--set`` but with lists and whole entries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from groundplan.blueprint.loading import Source
from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.overlay import merge, write_out
from groundplan.blueprint.settings import OptionPosition
from groundplan.blueprint.shape import shape_of
from groundplan.blueprint.tree import Node, Plain, node_of, parse_path

Settings: TypeAlias = Mapping[str, Plain]
"""Values by their path in the blueprint, like ``databases.main.class``."""


def written(settings: Settings) -> tuple[str, ...]:
    """The settings as ``KEY=VALUE``."""
    return tuple(f"{path}={shown(value)}" for path, value in settings.items())


def touching(one: Settings, other: Settings) -> bool:
    """Whether both set the same key, or one a part of what the other sets."""
    return any(
        first == second or first.startswith(f"{second}.") or second.startswith(f"{first}.")
        for first in one
        for second in other
    )


def shown(value: Plain) -> str:
    """A value as YAML in one line: ``[t4g.large]``, ``{base: 1, weight: 0}``."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {shown(child)}" for key, child in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(shown, value))}]"
    return value if isinstance(value, str) else json.dumps(value)


LAYER = "change"
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
