"""What stacks had once: what took the place of another left that behind where its policy says so.

A stack's events are all that tells of it, and AWS keeps them for 90 days.
Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from groundplan.operations.stacks import DeployedStack, physical_ids
from groundplan.targets.connection import Connection, explained

_ENDS = {"DELETE_SKIPPED": True, "DELETE_COMPLETE": False, "DELETE_FAILED": False}
"""What became of a resource that its stack gave up: whether it was kept, because of its DeletionPolicy or
UpdateReplacePolicy.
Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-updatereplacepolicy.html"""


@dataclass(frozen=True)
class Former:
    """A resource that a stack gave up while the stack itself stayed."""

    logical_id: str
    type: str
    physical_id: str
    region: str
    kept: bool
    """Whether a policy had it stay. Else it was deleted, which leaves its last snapshot, or was to be."""


def formers(connection: Connection, stacks: Sequence[DeployedStack]) -> tuple[Former, ...]:
    """What the stacks gave up, as far as AWS remembers. Raises EnvironmentalError where it does not let it be read."""
    found: dict[tuple[str, str, str], Former] = {}
    for stack in stacks:
        current = physical_ids(connection, stack.name, stack.region)
        pages = connection.cloudformation(stack.region).get_paginator("describe_stack_events")
        with explained(f"Reading the events of the stack {stack.name}"):
            for page in pages.paginate(StackName=stack.name):
                for event in page["StackEvents"]:
                    logical_id, physical_id = event.get("LogicalResourceId", ""), event.get("PhysicalResourceId", "")
                    kind, status = event.get("ResourceType", ""), event.get("ResourceStatus", "")
                    if physical_id and current.get(logical_id) != physical_id and status in _ENDS:
                        # The newest event of each stands first.
                        found.setdefault(
                            (stack.region, kind, physical_id),
                            Former(logical_id, kind, physical_id, stack.region, _ENDS[status]),
                        )
    return tuple(found.values())
