"""Regions beside the environment's own: where copies go."""

from __future__ import annotations

from groundplan.catalog import regions
from groundplan.design.draft import Draft


def check_other_region(draft: Draft, path: str, region: str) -> None:
    """Report a region that does not exist, or that no account has together with the environment's."""
    home, other = regions.find(draft.blueprint.region), regions.find(region)
    if other is None:
        draft.problem(path, f"there is no AWS region {region!r}{regions.suggest(region)}")
    elif home is not None and home.partition != other.partition:
        draft.problem(
            path,
            f"{region} is of the partition {other.partition.name}, {home.name} of {home.partition.name}; "
            "no account has both, and nothing is copied between them: take a region of the same",
        )
