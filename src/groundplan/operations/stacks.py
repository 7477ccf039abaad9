"""What is deployed: the CloudFormation stacks of one environment, as AWS reports them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from groundplan.resources.architecture import Architecture
from groundplan.targets.connection import Connection, explained

if TYPE_CHECKING:
    from groundplan.engines.cloudformation import Stack

NOT_DEPLOYED = "NOT_DEPLOYED"
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
    return DeployedStack(
        name=name,
        region=region,
        status=found["StackStatus"],
        reason=found.get("StackStatusReason", ""),
        outputs={item["OutputKey"]: item["OutputValue"] for item in found.get("Outputs", [])},
        parameters={item["ParameterKey"]: item.get("ParameterValue", "") for item in found.get("Parameters", [])},
    )


def stack_tags(architecture: Architecture) -> dict[str, str]:
    """Tags of every stack; CloudFormation puts them on what the stack holds."""
    return dict(architecture.tags)


def collected_outputs(architecture: Architecture, outputs: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The values that people want to know, by their name in the architecture. ``outputs``: by stack."""
    from groundplan.engines.cloudformation.rows import pascal

    known = {key: value for values in outputs.values() for key, value in values.items()}
    keys = {item.name: pascal(item.name) for item in architecture.outputs}
    return {name: known[key] for name, key in keys.items() if key in known}


def leftovers(connection: Connection, architecture: Architecture, stacks: Sequence[Stack]) -> list[DeployedStack]:
    """Stacks of this environment that the blueprint no longer asks for, newest first."""
    wanted = {(stack.name, stack.region) for stack in stacks}
    # Without an owner none of the stacks may have one: those are somebody's own.
    marks = {key: architecture.tags.get(key) for key in ("Project", "Environment", "ManagedBy", "Owner")}
    found: list[DeployedStack] = []
    with explained("Listing stacks"):
        for region in sorted({stack.region for stack in stacks}):
            for page in connection.cloudformation(region).get_paginator("describe_stacks").paginate():
                for item in page["Stacks"]:
                    tags = {tag["Key"]: tag["Value"] for tag in item.get("Tags", [])}
                    ours = all(tags.get(key) == value for key, value in marks.items())
                    if ours and (item["StackName"], region) not in wanted and item["StackStatus"] not in GONE:
                        found.append(DeployedStack(item["StackName"], region, item["StackStatus"]))
    return found
