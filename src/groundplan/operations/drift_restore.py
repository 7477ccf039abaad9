"""Taking back what was changed by hand: CloudFormation's drift-aware change sets.

Each stack gets its own last template once more, compared with what is there instead of with what was deployed.
Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/drift-aware-change-sets.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from groundplan.errors import DeploymentError
from groundplan.operations import stacks
from groundplan.operations.change_sets import replacement, worked_out
from groundplan.operations.drift import Drift
from groundplan.operations.events import Report, Watch, cause, underway
from groundplan.operations.plan import addresses
from groundplan.operations.release.kept import as_running
from groundplan.resources.architecture import Architecture
from groundplan.targets.connection import Connection, explained

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import ParameterTypeDef, ResourceChangeTypeDef

    from groundplan.engines.cloudformation import Rendering, Stack


@dataclass(frozen=True, slots=True)
class TakingBack:
    """What one stack would do, worked out and not begun."""

    stack: str
    region: str
    change_set: str
    changes: tuple[str, ...]
    """Sentences."""
    refused: tuple[str, ...]
    """What would lose data: it is not done."""


def prepare(
    connection: Connection, architecture: Architecture, rendering: Rendering, drifts: Sequence[Drift]
) -> tuple[TakingBack, ...]:
    """Have AWS work out what brings the stacks back to what was deployed. Released images stay: their task definitions
    are named with the tags that run.

    Raises EnvironmentalError where AWS refuses.
    """
    named = {drift.engine_id.partition("/")[0] for drift in drifts}
    known = addresses(rendering)
    found = (
        _prepare(connection, architecture, rendering, stack, known) for stack in rendering.stacks if stack.name in named
    )
    return tuple(item for item in found if item is not None)


def _prepare(
    connection: Connection,
    architecture: Architecture,
    rendering: Rendering,
    stack: Stack,
    known: Mapping[tuple[str, str], str],
) -> TakingBack | None:
    deployed = stacks.look_at(connection, stack.name, stack.region)
    resources = stack.template["Resources"]
    assert isinstance(resources, Mapping)
    released = as_running(connection, architecture, rendering, stack, resources)
    parameters: list[ParameterTypeDef] = [
        {"ParameterKey": name, "ParameterValue": released[name]}
        if name in released
        else {"ParameterKey": name, "UsePreviousValue": True}
        for name in deployed.parameters
    ]
    client = connection.cloudformation(stack.region)
    with explained(f"Working out what brings the stack {stack.name} back"):
        arn = client.create_change_set(
            StackName=stack.name,
            ChangeSetName=f"groundplan-{uuid4().hex[:12]}",
            UsePreviousTemplate=True,
            DeploymentMode="REVERT_DRIFT",
            Parameters=parameters,
            Capabilities=["CAPABILITY_NAMED_IAM"] if stack.capabilities else [],
            Description="Takes back what was changed by hand; made by Groundplan",
        )["Id"]
        found = worked_out(connection, stack.region, arn, f"Bringing the stack {stack.name} back")
    if found is None:
        return None
    changes = [item["ResourceChange"] for item in found if "ResourceChange" in item]

    def name(change: ResourceChangeTypeDef) -> str:
        logical_id = change.get("LogicalResourceId", "")
        return known.get((stack.name, logical_id), logical_id)

    data = {resource.address for resource in architecture if resource.holds_data}
    refused = tuple(
        f"{name(change)}: {lost}, with its data"
        for change in changes
        if name(change) in data and (lost := _lost(change))
    )
    told = tuple(_told(name(change), change, holds_data=name(change) in data) for change in changes)
    return TakingBack(stack.name, stack.region, arn, told, refused)


def _lost(change: ResourceChangeTypeDef) -> str:
    """What becomes of the resource that is there, where it does not stay."""
    if change.get("Action") == "Remove":
        return "would be deleted"
    return {"always": "would be replaced", "perhaps": "may be replaced", "never": ""}[replacement(change)]


def _told(name: str, change: ResourceChangeTypeDef, *, holds_data: bool) -> str:
    targets = [detail.get("Target", {}) for detail in change.get("Details", [])]
    properties = sorted({target.get("Name") or target.get("Attribute", "") for target in targets})
    match change.get("Action"):
        case "Add":
            empty = ", empty: what was in it is gone" if holds_data else ""
            return f"{name}: made again{empty}"
        case "Remove":
            return f"{name}: deleted"
        case "SyncWithActual":
            return f"{name}: is as it should be"
        case _ if replacement(change) != "never":
            return f"{name}: replaced, for {', '.join(properties)}"
        case _:
            return f"{name}: {', '.join(properties)} as deployed"


def discard(connection: Connection, item: TakingBack) -> None:
    """Forget it."""
    with explained(f"Discarding a change set of {item.stack}"):
        connection.cloudformation(item.region).delete_change_set(ChangeSetName=item.change_set)


def take_back(connection: Connection, rendering: Rendering, prepared: Sequence[TakingBack], report: Report) -> None:
    """Carry it out, one stack after the other. Raises DeploymentError where something fails, or would lose data."""
    refused = [text for item in prepared for text in item.refused]
    if refused:
        for item in prepared:
            discard(connection, item)
        raise DeploymentError(
            f"Nothing is taken back: {'; '.join(refused)}. Adopt these changes (--adopt), or change them back by hand"
        )
    for item in prepared:
        watch = Watch(connection, item.stack, item.region, report, addresses(rendering))
        watch.skip_past()
        with explained(f"Bringing the stack {item.stack} back"):
            connection.cloudformation(item.region).execute_change_set(ChangeSetName=item.change_set)
        with underway(connection, item.stack):
            after = watch.until_settled()
        if after.status != "UPDATE_COMPLETE":
            why = cause(watch.failures) or after.reason or after.status
            raise DeploymentError(f"{item.stack}: {why}. The stack is in {after.status}")
        report(f"{item.stack}: {len(item.changes)} resources are as they were deployed")
