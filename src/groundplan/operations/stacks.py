"""What is deployed: the CloudFormation stacks of one environment, as AWS reports them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from groundplan.catalog import regions
from groundplan.resources.architecture import Architecture
from groundplan.targets.connection import Connection, explained

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import StackTypeDef

    from groundplan.engines.cloudformation import Rendering, Stack
    from groundplan.resources import Resource
    from groundplan.resources.values import Ref

NOT_DEPLOYED = "NOT_DEPLOYED"
_AT_ONCE = 8
"""Regions that are asked at the same time."""
GONE = frozenset({NOT_DEPLOYED, "DELETE_COMPLETE"})
EMPTY = frozenset({"REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"})
"""States that a stack cannot be updated from: it has to be deleted and made again.
Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html"""


@dataclass(frozen=True)
class DeployedStack:
    """One stack as it is now."""

    name: str
    region: str
    status: str
    reason: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def exists(self) -> bool:
        """Whether anything is there at all."""
        return self.status not in GONE

    @property
    def updatable(self) -> bool:
        """Whether AWS takes an update."""
        return self.exists and self.status not in EMPTY

    @property
    def busy(self) -> bool:
        """Whether AWS is at work on it."""
        return self.status.endswith("_IN_PROGRESS") and self.status != "REVIEW_IN_PROGRESS"


def look_at(connection: Connection, name: str, region: str) -> DeployedStack:
    """The stack of that name. A stack that does not exist has the status NOT_DEPLOYED."""
    from botocore.exceptions import ClientError

    with explained(f"Reading the stack {name}"):
        try:
            found = connection.cloudformation(region).describe_stacks(StackName=name)["Stacks"][0]
        except ClientError as error:
            if "does not exist" in error.response.get("Error", {}).get("Message", ""):
                return DeployedStack(name, region, NOT_DEPLOYED)
            raise
    return _deployed(name, region, found)


def _deployed(name: str, region: str, found: StackTypeDef) -> DeployedStack:
    return DeployedStack(
        name=name,
        region=region,
        status=found["StackStatus"],
        reason=found.get("StackStatusReason", ""),
        outputs={item["OutputKey"]: item["OutputValue"] for item in found.get("Outputs", [])},
        parameters={item["ParameterKey"]: item.get("ParameterValue", "") for item in found.get("Parameters", [])},
    )


def physical_ids(connection: Connection, stack: str, region: str) -> dict[str, str]:
    """Logical id to physical id of what a stack has."""
    with explained(f"Reading the stack {stack}"):
        pages = connection.cloudformation(region).get_paginator("list_stack_resources").paginate(StackName=stack)
        return {
            item["LogicalResourceId"]: item["PhysicalResourceId"]
            for page in pages
            for item in page["StackResourceSummaries"]
            if item.get("PhysicalResourceId") and item["ResourceStatus"] != "DELETE_COMPLETE"
        }


def parts_of(
    connection: Connection, rendering: Rendering, stack: DeployedStack, refs: Iterable[Ref[Resource]]
) -> list[tuple[str, str, str]]:
    """Address, physical id and type of those of some resources that a stack has. Asks only where it may have any."""
    places = [(ref.address, place) for ref in refs for place in rendering.locations.get(ref, ())]
    inside = [(address, place) for address, place in places if place.stack == stack.name]
    physical = physical_ids(connection, stack.name, stack.region) if inside else {}
    return [
        (address, physical[place.logical_id], place.type) for address, place in inside if place.logical_id in physical
    ]


def stack_tags(architecture: Architecture) -> dict[str, str]:
    """Tags of every stack; CloudFormation puts them on what the stack holds."""
    return dict(architecture.tags)


def collected_outputs(architecture: Architecture, outputs: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The values that people want to know, by their name in the architecture. ``outputs``: by stack."""
    from groundplan.engines.cloudformation.rows import pascal

    known = {key: value for values in outputs.values() for key, value in values.items()}
    keys = {item.name: pascal(item.name) for item in architecture.outputs}
    return {name: known[key] for name, key in keys.items() if key in known}


@dataclass(frozen=True)
class Survey:
    """Every stack of an environment."""

    wanted: Mapping[str, DeployedStack]
    """By name, those that the blueprint asks for, whether they are there or not."""
    leftover: Sequence[DeployedStack]
    """Those that it no longer asks for, newest first."""

    @property
    def exists(self) -> bool:
        """Whether anything is there that the blueprint asks for."""
        return any(stack.exists for stack in self.wanted.values())


def survey(connection: Connection, architecture: Architecture, stacks: Sequence[Stack]) -> Survey:
    """Look for every stack of an environment: a list for each region, however many stacks there are.

    Every region is looked at that the account can have without enabling it first: a copy in another region may be
    what the blueprint no longer asks for, and then nothing else says where it was.
    """
    from concurrent.futures import ThreadPoolExecutor

    wanted = {(stack.name, stack.region): DeployedStack(stack.name, stack.region, NOT_DEPLOYED) for stack in stacks}
    used = {architecture.region, *(stack.region for stack in stacks)}
    # boto3 makes clients in one thread only: https://docs.aws.amazon.com/boto3/latest/guide/clients.html#caveats
    clients = {region: connection.cloudformation(region) for region in sorted(used | _others(architecture.region))}
    # Without an owner none of the stacks may have one: those are somebody's own.
    marks = {key: architecture.tags.get(key) for key in ("Project", "Environment", "ManagedBy", "Owner")}
    with explained("Listing stacks"), ThreadPoolExecutor(_AT_ONCE) as pool:
        listed = pool.map(_listed, clients.values(), [region in used for region in clients])
        found = [(region, item) for region, several in zip(clients, listed, strict=True) for item in several]
    leftover = []
    for region, item in sorted(found, key=lambda pair: pair[1]["CreationTime"], reverse=True):
        stack = _deployed(item["StackName"], region, item)
        tags = {tag["Key"]: tag["Value"] for tag in item.get("Tags", [])}
        if (stack.name, region) in wanted:
            wanted[stack.name, region] = stack
        elif stack.exists and all(tags.get(key) == value for key, value in marks.items()):
            leftover.append(stack)
    return Survey({stack.name: stack for stack in wanted.values()}, leftover)


def _others(home: str) -> set[str]:
    """The regions beside the environment's that no account has to enable."""
    known = regions.find(home)
    return {
        region.name
        for region in regions.all_regions().values()
        if known and region.partition == known.partition and not region.opt_in
    }


def _listed(client: CloudFormationClient, used: bool) -> list[StackTypeDef]:
    """The stacks of a region. A region that the environment does not use may be closed to the account."""
    from botocore.exceptions import ClientError, ConnectionError

    try:
        return [item for page in client.get_paginator("describe_stacks").paginate() for item in page["Stacks"]]
    except (ClientError, ConnectionError):
        if used:
            raise
        return []
