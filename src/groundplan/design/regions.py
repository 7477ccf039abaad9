"""Regions beside the environment's own: where copies go, and where its standby is."""

from __future__ import annotations

from typing import TypeVar

from groundplan.catalog import regions
from groundplan.design.draft import Draft
from groundplan.resources.architecture import STANDBY
from groundplan.resources.base import Resource
from groundplan.resources.values import Ref
from groundplan.units import shown

R = TypeVar("R", bound=Resource)

PRIMARY = "primary/"
"""Stands before the names of the primary's resources while a standby is designed by itself."""


def of_primary(ref: Ref[R]) -> Ref[R]:
    """The primary's resource of that name, for a resource of its standby."""
    return Ref(ref.kind, f"{PRIMARY}{ref.name}", ref.key)


def in_standby(ref: Ref[R]) -> Ref[R]:
    """The standby's resource of that name, for a resource of the primary. The name is what it has in a draft."""
    return Ref(ref.kind, f"{STANDBY}{ref.name}", ref.key)


def check_other_region(draft: Draft, path: str, region: str) -> None:
    """Report a region that does not exist, or that no account has together with the environment's."""
    home, other = regions.find(draft.blueprint.region), regions.find(region)
    if other is None:
        draft.problem(path, f"there is no AWS region {shown(region)}{regions.suggest(region)}")
    elif home is not None and home.partition != other.partition:
        draft.problem(
            path,
            f"{region} is of the partition {other.partition.name}, {home.name} of {home.partition.name}; "
            "no account has both, and nothing is copied between them: take a region of the same",
        )
