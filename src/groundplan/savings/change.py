"""A change of a blueprint that may save something."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

from groundplan.redesign.settings import Settings, touching, written

Concern: TypeAlias = Literal[
    "graviton", "engine", "spot", "network", "storage", "logs", "off-hours", "right-sizing", "terms"
]
CONCERNS: tuple[Concern, ...] = get_args(Concern)
"""What a saving is about, in the order in which they are tried."""


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
        return written(self.settings)

    def touches(self, other: Change) -> bool:
        """Whether both set the same key, or one a part of what the other sets."""
        return touching(self.settings, other.settings)
