"""What each concern of an architecture costs: compute, databases, network."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from groundplan.cost.model import Estimate
from groundplan.resources import CONCERNS, Architecture, Concern


def concern_of(architecture: Architecture) -> dict[str, Concern]:
    """By address, and by ``kind.*`` for what all resources of a kind cost together: the first one's."""
    found: dict[str, Concern] = {}
    for resource in architecture:
        found[resource.address] = resource.concern
        found.setdefault(f"{resource.kind_name()}.*", resource.concern)
    return found


def by_concern(architecture: Architecture, estimate: Estimate) -> Mapping[Concern, Decimal]:
    """USD a month of each concern that costs something, exact, in the order of the concerns. They add up to the sum."""
    known = concern_of(architecture)
    sums = dict.fromkeys(CONCERNS, Decimal(0))
    for line in estimate.lines:
        sums[known[line.resource]] += line.monthly
    return {concern: usd for concern, usd in sums.items() if usd}
