"""Destruction of an environment, in the opposite order of its creation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from groundplan.operations import stacks
from groundplan.operations.deploy import Deployer, Report, delete_stack
from groundplan.operations.holdings import Fate, Holding, delete_kept, empty, holdings
from groundplan.resources.architecture import Architecture
from groundplan.resources.base import Resource
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.edge import LoadBalancer
from groundplan.targets.connection import Connection

if TYPE_CHECKING:
    from groundplan.engines.cloudformation import Rendering, Stack


@dataclass(frozen=True)
class Destruction:
    """What a destruction is about to take away."""

    stacks: tuple[stacks.DeployedStack, ...]
    """In the order in which they are deleted."""
    holdings: tuple[Holding, ...]
    """What holds data, and what becomes of it."""

    def fate(self, holding: Holding, *, with_kept: bool) -> Fate:
        """What becomes of it when what stays is to go, too. Keys stay as long as a last snapshot needs one of them."""
        if holding.fate != "stays" or not with_kept:
            return holding.fate
        needed = any(other.fate == "keeps a last snapshot" for other in self.holdings)
        return "stays" if needed and holding.type == "AWS::KMS::Key" else "goes"


def look_ahead(connection: Connection, architecture: Architecture, rendering: Rendering) -> Destruction:
    """What would be destroyed, without destroying anything."""
    deployed = [stacks.look_at(connection, stack.name, stack.region) for stack in rendering.stacks]
    old = stacks.leftovers(connection, architecture, rendering.stacks)
    there = [*old, *[stack for stack in reversed(deployed) if stack.exists]]
    found = holdings(connection, architecture, rendering, {stack.name for stack in there})
    return Destruction(tuple(there), found)


def without_protection(architecture: Architecture) -> Architecture:
    """The same architecture with AWS's deletion protection off."""
    return architecture.with_resources(_unprotected(architecture))


def _unprotected(resources: Iterable[Resource]) -> Iterable[Resource]:
    for resource in resources:
        protected = isinstance(resource, DatabaseInstance | LoadBalancer) and resource.deletion_protection
        yield replace(resource, deletion_protection=False) if protected else resource  # type: ignore[call-arg]


def destroy(
    connection: Connection,
    architecture: Architecture,
    rendering: Rendering,
    unprotected: Rendering,
    inputs: Mapping[str, str],
    report: Report,
    *,
    with_kept: bool = False,
) -> tuple[str, ...]:
    """Take deletion protection off, then delete every stack. Returns the names of the deleted stacks.

    ``with_kept`` deletes what the stacks leave in the account, too: buckets at once, keys and secrets after 30 days.
    ``unprotected`` is the rendering of ``without_protection(architecture)``. Raises DeploymentError where something
    refuses to go; what was deleted before stays deleted, and the next call goes on from there.
    """
    ahead = look_ahead(connection, architecture, rendering)
    protected = {
        place.stack
        for resource in architecture
        if isinstance(resource, DatabaseInstance | LoadBalancer) and resource.deletion_protection
        for place in rendering.locations.get(resource.ref, ())
    }
    by_name: dict[str, Stack] = {stack.name: stack for stack in unprotected.stacks}
    deployer = Deployer(connection, architecture, unprotected, inputs, report)
    for stack in rendering.stacks:
        deployed = stacks.look_at(connection, stack.name, stack.region)
        deployer.outputs[stack.name] = deployed.outputs
        if stack.name in protected and deployed.updatable:
            report(f"{stack.name}: taking deletion protection off")
            deployer.update(by_name[stack.name])
    for holding in ahead.holdings:
        if holding.fate == "goes" and (count := empty(connection, holding)):
            report(f"{holding.address}: {count} objects or images deleted")
    for going in ahead.stacks:
        delete_stack(connection, going.name, going.region, report)
    for holding in ahead.holdings:
        if holding.fate == "stays" and ahead.fate(holding, with_kept=with_kept) == "goes":
            report(f"{holding.address}: {delete_kept(connection, holding)}")
    return tuple(stack.name for stack in ahead.stacks)
