"""What a deployment would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from groundplan.operations import change_sets, default_groups, direct, stacks
from groundplan.operations.change_sets import Action, StackChange
from groundplan.operations.looked_up import require_looked_up
from groundplan.operations.parameters import parameters_of
from groundplan.operations.price_tags import added, priced, priced_as_deployed
from groundplan.resources.architecture import Architecture
from groundplan.targets.connection import Connection

if TYPE_CHECKING:
    from groundplan.engines.cloudformation import Rendering, Stack


@dataclass(frozen=True)
class Change:
    """What happens to one resource."""

    action: Action
    resource: str
    """Address in the architecture, or the logical id where the architecture no longer has it."""
    type: str
    stack: str
    why: str
    holds_data: bool = False
    """Whether data is lost with the resource."""


@dataclass(frozen=True)
class Plan:
    """Everything that a deployment would change."""

    target: str
    changes: tuple[Change, ...]
    monthly_change: Decimal | None
    """What the changes add to the monthly cost in USD; None where the cost of what is deployed is not known."""
    notes: tuple[str, ...] = ()
    """What has to wait, or stays although the blueprint no longer asks for it."""
    offline: bool = False
    """Whether nobody was asked what exists: everything counts as new."""

    @property
    def cost_change(self) -> str:
        """The sentence that says what the changes add to the monthly cost."""
        if self.monthly_change is None:
            return "Monthly cost: by how much it changes is not known; what is deployed does not say what it costs"
        return f"Monthly cost: {self.monthly_change:+.2f} USD, without what `groundplan cost` lists as not in its sum"

    @property
    def dangerous(self) -> tuple[Change, ...]:
        """Changes that destroy or replace what holds data, or may do so."""
        return tuple(
            item for item in self.changes if item.holds_data and item.action in ("may replace", "replace", "delete")
        )


DATA_TYPES = frozenset(
    {
        "AWS::Backup::BackupVault",
        "AWS::RDS::DBInstance",
        "AWS::ElastiCache::ReplicationGroup",
        "AWS::S3::Bucket",
        "AWS::KMS::Key",
        "AWS::ECR::Repository",
        "AWS::SecretsManager::Secret",
        "AWS::DynamoDB::Table",
        "AWS::EFS::FileSystem",
    }
)
"""CloudFormation types that hold data: replacing or deleting them loses it."""


def addresses(rendering: Rendering) -> Mapping[tuple[str, str], str]:
    """Stack and logical id to the address of the resource."""
    return {
        (place.stack, place.logical_id): ref.address for ref, places in rendering.locations.items() for place in places
    }


def as_changes(stack: str, changes: Sequence[StackChange], known: Mapping[tuple[str, str], str]) -> list[Change]:
    """CloudFormation's changes in the words of the architecture."""
    return [
        Change(
            action=item.action,
            resource=known.get((stack, item.logical_id), item.logical_id),
            type=item.type,
            stack=stack,
            why=item.why,
            holds_data=item.type in DATA_TYPES,
        )
        for item in changes
    ]


def creations(stack: Stack) -> list[StackChange]:
    """Everything in a stack that does not exist yet."""
    resources = stack.template["Resources"]
    assert isinstance(resources, Mapping)
    return [
        StackChange("create", logical_id, str(item["Type"]), "new in the blueprint")
        for logical_id, item in resources.items()
    ]


def plan(
    connection: Connection,
    architecture: Architecture,
    rendering: Rendering,
    inputs: Mapping[str, str],
    *,
    template_bucket: str | None = None,
) -> Plan:
    """Compare the rendering with what is deployed, by change sets that are never executed.

    What a stack gets from a stack that is itself about to change is taken as it is now.
    """
    require_looked_up(connection, rendering)
    known, tags = addresses(rendering), stacks.stack_tags(architecture)
    difference: Decimal | None = Decimal(0)
    outputs: dict[str, Mapping[str, str]] = {}
    changes: list[Change] = []
    there: set[str] = set()
    for stack in rendering.stacks:
        deployed = stacks.look_at(connection, stack.name, stack.region)
        outputs[stack.name] = deployed.outputs
        if not deployed.updatable:
            difference = added(difference, priced(stack), Decimal(0))
            changes += as_changes(stack.name, creations(stack), known)
            continue
        there.add(stack.name)
        values, unknown = parameters_of(stack, inputs, lambda name, key: outputs.get(name, {}).get(key))
        values |= {name: deployed.parameters.get(name, "not-known-yet") for name in unknown}
        values |= {name: deployed.parameters.get(name, value) for name, value in stack.update_parameters.items()}
        change_set = change_sets.create(connection, stack, values, tags, update=True, template_bucket=template_bucket)
        if change_set:
            changes += as_changes(stack.name, change_set.changes, known)
            difference = added(difference, priced(stack), priced_as_deployed(connection, stack.name, stack.region))
            change_sets.discard(connection, change_set)
    for old in stacks.leftovers(connection, architecture, rendering.stacks):
        changes += as_changes(old.name, deletions(connection, old), known)
        difference = added(difference, Decimal(0), priced_as_deployed(connection, old.name, old.region))
    reach = direct.Reach(connection, architecture)
    regions = regions_of(architecture, rendering)
    steps = [
        *direct.plan(reach, regions),
        *default_groups.steps(connection, architecture, rendering, there),
    ]
    changes += [_direct_change(step) for step in steps if step.action != "wait"]
    notes = [f"{step.address}: {step.why}" for step in steps if step.action == "wait"]
    notes += direct.unasked(reach, regions)[1]
    return Plan(connection.target, tuple(changes), difference, tuple(notes))


def regions_of(architecture: Architecture, rendering: Rendering) -> set[str]:
    """Where the environment has anything."""
    return {
        architecture.region,
        *(stack.region for stack in rendering.stacks),
        *(item.region for item in architecture if item.region and item.not_in_cloudformation),
    }


def _direct_change(step: direct.Step) -> Change:
    assert step.action != "wait"
    return Change(step.action, step.address, step.type, "", step.why, step.holds_data)


def deletions(connection: Connection, stack: stacks.DeployedStack) -> list[StackChange]:
    """Everything in a stack that is about to go."""
    from groundplan.targets.connection import explained

    with explained(f"Reading the stack {stack.name}"):
        pages = connection.cloudformation(stack.region).get_paginator("list_stack_resources")
        return [
            StackChange("delete", item["LogicalResourceId"], item["ResourceType"], "no longer in the blueprint")
            for page in pages.paginate(StackName=stack.name)
            for item in page["StackResourceSummaries"]
            if item["ResourceStatus"] != "DELETE_COMPLETE"
        ]
