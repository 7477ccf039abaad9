"""The views, and the one function that draws any of them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from groundplan.documents.diagram.scene import Scene
from groundplan.resources.architecture import Architecture

if TYPE_CHECKING:
    from groundplan.blueprint.loading import LoadedEnvironment


class View(StrEnum):
    """What a picture is about."""

    OVERVIEW = "overview"
    NETWORK = "network"
    DATA_FLOW = "data-flow"
    ACCESS = "access"
    COST = "cost"


def draw(
    loaded: LoadedEnvironment,
    architecture: Architecture,
    view: View = View.OVERVIEW,
    *,
    before: Architecture | None = None,
) -> Scene:
    """A picture of an environment.

    ``before``: the architecture of an earlier revision; the overview then shows what is new, gone and changed since.
    """
    if before is not None:
        from groundplan.documents.diagram.difference import difference
        from groundplan.documents.diagram.overview import overview

        return overview(difference(before, architecture), "What has changed")
    match view:
        case View.OVERVIEW:
            from groundplan.documents.diagram.inventory import inventory
            from groundplan.documents.diagram.overview import overview

            return overview(inventory(architecture))
        case View.NETWORK:
            from groundplan.documents.diagram.subnets import subnets

            return subnets(architecture)
        case View.DATA_FLOW:
            from groundplan.documents.diagram.flows import flows

            return flows(architecture)
        case View.ACCESS:
            from groundplan.documents.diagram.rights import rights

            return rights(architecture)
        case View.COST:
            from groundplan.cost import estimate
            from groundplan.documents.diagram.money import money

            blueprint = loaded.blueprint
            return money(architecture, estimate(architecture, blueprint.usage, blueprint.objectives.budget))
