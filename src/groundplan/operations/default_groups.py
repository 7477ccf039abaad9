"""The default security groups of an environment's VPCs, found through the stacks that hold the VPCs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from groundplan.operations import direct, stacks
from groundplan.resources.network import Vpc
from groundplan.targets.connection import Connection

if TYPE_CHECKING:
    from groundplan.engines.cloudformation import Rendering
    from groundplan.resources.architecture import Architecture


def steps(
    connection: Connection, architecture: Architecture, rendering: Rendering, deployed: Collection[str]
) -> list[direct.Step]:
    """What closes those that are open, of VPCs in the stacks that are deployed. Raises EnvironmentalError where AWS
    refuses to tell."""
    reach, found = direct.Reach(connection, architecture), list[direct.Step]()
    by_name = {stack.name: stack for stack in rendering.stacks}
    known: dict[str, Mapping[str, str]] = {}
    for vpc in architecture.of(Vpc):
        place = rendering.locations[vpc.ref][0]
        if place.stack not in deployed:
            continue
        if place.stack not in known:
            known[place.stack] = stacks.physical_ids(connection, place.stack, by_name[place.stack].region)
        id_ = known[place.stack].get(place.logical_id)
        step = direct.default_group(reach, vpc, id_) if id_ else None
        if step:
            found.append(step)
    return found
