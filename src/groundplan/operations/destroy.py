"""Destruction of an environment, in the opposite order of its creation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from groundplan.operations import stacks
from groundplan.operations.deploy import Deployer, Report, delete_stack
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
    data: tuple[str, ...]
    """Addresses of what holds data and goes, or keeps only a last snapshot."""
    kept: tuple[str, ...]
    """Addresses of what stays in the account."""


def look_ahead(connection: Connection, architecture: Architecture, rendering: Rendering) -> Destruction:
    """What would be destroyed, without destroying anything."""
    deployed = [stacks.look_at(connection, stack.name, stack.region) for stack in rendering.stacks]
    old = stacks.leftovers(connection, architecture, rendering.stacks)
    there = [*old, *[stack for stack in reversed(deployed) if stack.exists]]
    names = {stack.name for stack in there}
    data: list[str] = []
    kept: list[str] = []
    for resource in architecture:
        if not resource.holds_data:
            continue
        places = [place for place in rendering.locations.get(resource.ref, ()) if place.stack in names]
        if places:
            stays = any(_retained(rendering, place.stack, place.logical_id) for place in places)
            (kept if stays else data).append(resource.address)
    return Destruction(tuple(there), tuple(data), tuple(kept))


def _retained(rendering: Rendering, stack_name: str, logical_id: str) -> bool:
    template = next(stack.template for stack in rendering.stacks if stack.name == stack_name)
    resources = template["Resources"]
    return isinstance(resources, Mapping) and str(resources[logical_id].get("DeletionPolicy", "")).startswith("Retain")


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
) -> tuple[str, ...]:
    """Take deletion protection off, then delete every stack. Returns the names of the deleted stacks.

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
    for going in ahead.stacks:
        delete_stack(connection, going.name, going.region, report)
    return tuple(stack.name for stack in ahead.stacks)
