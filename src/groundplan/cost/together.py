"""Several environments on one bill: what AWS gives an account free counts once for all of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from groundplan.catalog import prices as catalog_prices
from groundplan.cost.bill import Allowances, PriceLookup
from groundplan.cost.estimate import estimate
from groundplan.cost.model import Estimate
from groundplan.resources import Architecture

if TYPE_CHECKING:
    from groundplan.blueprint.loading import LoadedEnvironment


def estimate_together(
    environments: Iterable[tuple[LoadedEnvironment, Architecture]], *, prices: PriceLookup = catalog_prices.price
) -> tuple[Estimate, ...]:
    """The estimate of each environment, in the order given.

    Free allowances and tiers count once per account: the first environment that uses one has it. Environments share an
    account unless ``about.account`` names another for them.
    """
    accounts: dict[str | None, Allowances] = {}
    found = []
    for loaded, architecture in environments:
        blueprint = loaded.blueprint
        left = accounts.setdefault(blueprint.about.account, Allowances())
        budget = blueprint.objectives.budget
        found.append(estimate(architecture, blueprint.usage, budget, allowances=left, prices=prices))
    return tuple(found)
