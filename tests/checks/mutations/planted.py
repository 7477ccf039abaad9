"""The faults of the tables, for tests that plant them in the sample."""

from __future__ import annotations

from tests.checks.mutations.mutation import Mutation
from tests.checks.planting import Planting

from groundplan.resources import Architecture


def planted_by(mutations: tuple[Mutation, ...], rule: str) -> Planting:
    """Plants the fault of a rule where the sample has the first place for it."""
    (mutation,) = (item for item in mutations if item.rule == rule)

    def planting(architecture: Architecture) -> Architecture:
        changed = mutation.plant(architecture, frozenset())
        assert changed is not None, f"the sample has no place for the fault of {rule}"
        return changed

    return planting
