"""Destruction of an environment, in the opposite order of its creation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from groundplan.errors import DeploymentError
from groundplan.operations import direct, stacks
from groundplan.operations.deletion_protection import lift, unprotect, unprotected
from groundplan.operations.deploy import Deployer
from groundplan.operations.events import Report, delete_stack
from groundplan.operations.formers import Former, formers
from groundplan.operations.holdings import (
    NOTHING,
    SECURE_PARAMETER,
    Fate,
    Forfeit,
    Holding,
    delete_kept,
    direct_holdings,
    empty,
    empty_zone,
    holdings,
    unasked,
    with_contents,
)
from groundplan.operations.instances import release
from groundplan.operations.last_snapshots import Promoted, promoted, take_last_snapshots
from groundplan.operations.plan import data_types, regions_of
from groundplan.operations.stacks import DeployedStack
from groundplan.resources.architecture import Architecture
from groundplan.resources.compute import AutoScalingGroup
from groundplan.resources.dns import HostedZone
from groundplan.targets.connection import Connection

if TYPE_CHECKING:
    from groundplan.engines.cloudformation import Rendering, Stack


@dataclass(frozen=True)
class Destruction:
    """What a destruction is about to take away."""

    stacks: tuple[DeployedStack, ...]
    """In the order in which they are deleted."""
    wanted: Mapping[str, DeployedStack]
    """By name, those that the blueprint asks for, whether they are there or not."""
    holdings: tuple[Holding, ...]
    """What holds data, and what becomes of it."""
    stays: tuple[str, ...] = ()
    """What is the account's and is left as it is, in words."""
    promoted: tuple[Promoted, ...] = ()
    """Replicas that are databases of their own by now: each keeps a last snapshot, which CloudFormation would not
    take."""
    formers: tuple[Former, ...] = ()
    """What the stacks gave up before; some of it is there still."""

    def fate(self, holding: Holding, forfeit: Forfeit) -> Fate:
        """What becomes of it. Of what stays that goes, too, which a person gives up; but keys stay as long as a last
        snapshot needs one of them."""
        return fate(holding, self.holdings, forfeit, keys="AWS::KMS::Key")

    def staying(self, forfeit: Forfeit) -> tuple[Holding, ...]:
        """What stays in the account."""
        return tuple(item for item in self.holdings if self.fate(item, forfeit) == "stays")


def fate(holding: Holding, among: Sequence[Holding], forfeit: Forfeit, *, keys: str) -> Fate:
    """See :meth:`Destruction.fate`. ``keys``: the type that keys have."""
    if holding.fate != "stays" or holding.address not in forfeit:
        return holding.fate
    needed = any(other.fate == "keeps a last snapshot" for other in among)
    return "stays" if needed and holding.type == keys else "goes"


def look_ahead(connection: Connection, architecture: Architecture, rendering: Rendering) -> Destruction:
    """What would be destroyed, without destroying anything."""
    survey = stacks.survey(connection, architecture, rendering.stacks)
    there = [*survey.leftover, *(stack for stack in reversed([*survey.wanted.values()]) if stack.exists)]
    found = holdings(connection, architecture, rendering, {stack.name for stack in there})
    alone = promoted(connection, architecture) if there else ()
    by_hand = {item.address for item in alone}
    kept: Fate = "keeps a last snapshot"
    found = tuple(replace(item, fate=kept) if item.address in by_hand else item for item in found)
    found = (*found, *unasked(connection, there, rendering, data_types()))
    reach = direct.Reach(connection, architecture)
    regions = regions_of(architecture, rendering) | {stack.region for stack in there}
    parameters = direct_holdings(reach, regions)
    known = {resource.address for resource in architecture}
    told = [
        f"{item.address}: not in the blueprint any more, and unreadable once its key has gone; save its value first"
        for item in parameters
        if there and item.fate == "stays" and item.address not in known
    ]
    return Destruction(
        tuple(there),
        survey.wanted,
        (*with_contents(connection, found), *parameters),
        (*direct.staying(reach), *told),
        alone,
        formers(connection, there),
    )


def _zones(connection: Connection, architecture: Architecture, rendering: Rendering, going: DeployedStack) -> list[str]:
    """The ids of the hosted zones that a stack has."""
    zones = [zone.ref for zone in architecture.of(HostedZone)]
    return [name for _, name, _ in stacks.parts_of(connection, rendering, going, zones)]


def _delete(connection: Connection, going: DeployedStack, found: tuple[Holding, ...], report: Report) -> None:
    """Delete a stack. Logs may still reach a bucket after it was emptied: one that refuses is emptied once more."""
    try:
        delete_stack(connection, going.name, going.region, report)
    except DeploymentError:
        left = set(stacks.physical_ids(connection, going.name, going.region).values())
        late = [item for item in found if item.fate == "goes" and item.physical_id in left and empty(connection, item)]
        if not late:
            raise
        report(f"{going.name}: emptied {', '.join(item.address for item in late)} once more")
        delete_stack(connection, going.name, going.region, report)


def destroy(
    connection: Connection,
    architecture: Architecture,
    rendering: Rendering,
    bare: Rendering,
    inputs: Mapping[str, str],
    report: Report,
    *,
    forfeit: Forfeit = NOTHING,
) -> tuple[str, ...]:
    """Take deletion protection off, then delete every stack. Returns the names of the deleted stacks.

    What the stacks leave in the account and ``forfeit`` has is deleted, too: buckets at once, keys and secrets after
    30 days. ``bare`` is the rendering of ``without_protection(architecture)``. Raises InputError where something
    is protected that was not given up, before anything is touched, and DeploymentError where something refuses to go;
    what was deleted before stays deleted, and the next call goes on from there.
    """
    ahead = look_ahead(connection, architecture, rendering)
    forfeit.require(ahead.holdings, [resource.address for resource in architecture])
    take_last_snapshots(connection, ahead.promoted, report)
    protected = {
        place.stack
        for resource in architecture
        if unprotected(resource) is not resource
        for place in rendering.locations.get(resource.ref, ())
    }
    by_name: dict[str, Stack] = {stack.name: stack for stack in bare.stacks}
    deployer = Deployer(connection, architecture, bare, inputs, report)
    for stack in rendering.stacks:
        deployed = ahead.wanted[stack.name]
        deployer.outputs[stack.name] = deployed.outputs
        if stack.name in protected and deployed.updatable:
            report(f"{stack.name}: taking deletion protection off")
            deployer.update(by_name[stack.name])
        elif stack.name in protected and deployed.exists:
            lift(connection, architecture, rendering, deployed, report)
    for holding in ahead.holdings:
        if holding.protected and not holding.asked_for and holding.fate != "stays":
            report(f"{holding.address}: taking deletion protection off")
            unprotect(connection, holding.address, holding.type, holding.physical_id, holding.region)
    for group in architecture.of(AutoScalingGroup):
        if count := release(connection, group, group.region or architecture.region):
            report(f"{group.address}: {count} instances released")
    for holding in ahead.holdings:
        if holding.fate == "goes" and (count := empty(connection, holding)):
            report(f"{holding.address}: {count} objects, images or recovery points deleted")
    for going in ahead.stacks:
        for zone in _zones(connection, architecture, rendering, going):
            if count := empty_zone(connection, zone, architecture.region):
                report(f"{going.name}: {count} records deleted that proved the ownership of domains")
        _delete(connection, going, ahead.holdings, report)
    for holding in ahead.holdings:
        going_now = holding.fate == "stays" or holding.type == SECURE_PARAMETER
        if going_now and ahead.fate(holding, forfeit) == "goes":
            report(f"{holding.address}: {delete_kept(connection, holding)}")
    return tuple(stack.name for stack in ahead.stacks)
