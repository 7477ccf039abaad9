"""What CloudFormation has made of an environment, as Terraform takes it over: the id of each import."""

from __future__ import annotations

from groundplan.engines import cloudformation, terraform
from groundplan.engines.terraform.import_ids import Derived, Place, derive
from groundplan.errors import InputError
from groundplan.operations import stacks
from groundplan.resources.architecture import Architecture
from groundplan.targets.connection import Connection


def ids_of_stacks(connection: Connection, architecture: Architecture) -> Derived:
    """The ids of what the environment's stacks hold, by Terraform address, and why others have none.

    Raises InputError where nothing is deployed, EnvironmentalError where AWS does not answer.
    """
    rendering = cloudformation.render(architecture)
    physical: dict[tuple[str, str], str] = {}
    place: Place | None = None
    for stack in rendering.stacks:
        if not stacks.look_at(connection, stack.name, stack.region).exists:
            continue
        place = place or _place(connection, stack.name, stack.region, architecture.region)
        for logical_id, physical_id in stacks.physical_ids(connection, stack.name, stack.region).items():
            physical[stack.name, logical_id] = physical_id
    if place is None:
        raise InputError(
            f"CloudFormation has no stack of {architecture.project} {architecture.stage} to take over; look at "
            "groundplan status"
        )
    known = terraform.importable(architecture)
    found: dict[str, str] = {}
    for ref, addresses in terraform.addresses_of(architecture).items():
        locations = rendering.locations.get(ref, ())
        own = physical.get((locations[0].stack, locations[0].logical_id)) if locations else None
        if own is not None:
            found |= dict.fromkeys(addresses, own)
    return derive(known, found, place)


def _place(connection: Connection, stack: str, region: str, home: str) -> Place:
    """Account and partition stand in the id of every stack: ``arn:aws:cloudformation:eu-central-1:123456789012:…``."""
    from groundplan.targets.connection import explained

    with explained(f"Reading the stack {stack}"):
        arn = connection.cloudformation(region).describe_stacks(StackName=stack)["Stacks"][0]["StackId"]
    _, partition, _, _, account, *_ = arn.split(":")
    return Place(account, home, partition)
