"""Actions that GitHub workflows use, pinned to commits."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import Literal

from groundplan.catalog import _data
from groundplan.catalog._data import Source
from groundplan.record import Record, dataclass

ActionName = Literal[
    "checkout", "setup_python", "setup_node", "aws_credentials", "upload_artifact", "download_artifact"
]  # fmt: skip


@dataclass(frozen=True)
class Action(Record):
    """One action at one commit."""

    uses: str
    """``actions/checkout``."""
    version: str
    """The release that the commit is: ``v7.0.1``."""
    commit: str
    source: Source

    def __str__(self) -> str:
        return f"{self.uses}@{self.commit}"


@cache
def actions() -> MappingProxyType[str, Action]:
    """Every action by its name here."""
    return MappingProxyType(
        {
            name: Action(entry["uses"], entry["version"], entry["commit"], _data.source_of(entry))
            for name, entry in _data.toml("actions").items()
        }
    )


def action(name: ActionName) -> Action:
    """One action."""
    return actions()[name]
