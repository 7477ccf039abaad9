"""What a deployment by CloudFormation would change."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from groundplan.operations import change_sets, default_groups, direct, findings, stacks
from groundplan.operations.change_sets import StackChange
from groundplan.operations.changes import EVERYTHING, LAST_SNAPSHOT, NOTHING, STAYS, Change, Found, Plan, with_costs
from groundplan.operations.emptiness import is_empty
from groundplan.operations.looked_up import require_looked_up
from groundplan.operations.parameters import parameters_of
from groundplan.operations.price_tags import added, priced
from groundplan.operations.protection import policies_weakened, taken_off
from groundplan.operations.release import kept
from groundplan.operations.stacks import DeployedStack
from groundplan.operations.templates import DeployedTemplate, deployed_template
from groundplan.resources.architecture import Architecture
from groundplan.targets.connection import Connection, explained

if TYPE_CHECKING:
    from groundplan.engines.cloudformation import Rendering, Stack
    from groundplan.operations.events import Report

AT_ONCE = 6
"""Stacks that are looked at and planned at the same time; most of that is waiting for AWS."""
_GOES = ("may replace", "replace", "delete")
_LOSSES: Mapping[str, str] = {
    "Retain": STAYS,
    "RetainExceptOnCreate": STAYS,
    "Snapshot": LAST_SNAPSHOT,
    "ReplaceAndRetain": "the way to it: the new one begins empty, the old one stays in the account",
    "ReplaceAndSnapshot": LAST_SNAPSHOT,
}
"""What becomes of a resource that goes, to what is lost with it."""


@cache
def data_types() -> frozenset[str]:
    """CloudFormation types that hold data: replacing or deleting them loses it."""
    from groundplan.engines.cloudformation.table import ROWS

    return frozenset(row.type for kind, row in ROWS.items() if kind.holds_data and isinstance(row.type, str))


def addresses(rendering: Rendering) -> Mapping[tuple[str, str], str]:
    """Stack and logical id to the address of the resource."""
    return {
        (place.stack, place.logical_id): ref.address for ref, places in rendering.locations.items() for place in places
    }


def as_changes(stack: str, changes: Iterable[StackChange], known: Mapping[tuple[str, str], str]) -> list[Change]:
    """CloudFormation's changes in the words of the architecture."""
    return [
        Change(
            action=item.action,
            resource=known.get((stack, item.logical_id), item.logical_id),
            type=item.type,
            stack=stack,
            why=item.why,
            holds_data=item.type in data_types(),
            loses=_LOSSES.get(item.policy, EVERYTHING),
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
    survey: stacks.Survey | None = None,
) -> Plan:
    """Compare the rendering with what is deployed, by change sets that are never executed.

    What a stack gets from a stack that is itself about to change is taken as it is now. ``survey``: what is deployed,
    where the caller has just looked.
    """
    require_looked_up(connection, rendering)
    survey = survey or stacks.survey(connection, architecture, rendering.stacks)
    deployed, old = survey.wanted, survey.leftover
    with ThreadPoolExecutor(AT_ONCE) as pool:
        planning = _Planning(connection, rendering, inputs, stacks.stack_tags(architecture), deployed, template_bucket)
        found = list(pool.map(planning.stack, rendering.stacks))
        found += pool.map(planning.leftover, old)
    difference: Decimal | None = Decimal(0)
    for one in found:
        difference = added(difference, one.now, one.before)
    reach = direct.Reach(connection, architecture)
    regions = regions_of(architecture, rendering)
    there = {name for name, stack in deployed.items() if stack.updatable}
    steps = [
        *direct.plan(reach, regions),
        *default_groups.steps(connection, architecture, rendering, there),
    ]
    beside = [_direct_change(step) for step in steps if step.action != "wait"]
    notes = [f"{step.address}: {step.why}" for step in steps if step.action == "wait"]
    notes += direct.unasked(reach, regions)[1]
    notes += planning.notes
    changes = (*(change for one in found for change in one.changes), *beside)
    first = not there and not old
    known = Found(frozenset()) if first or not changes else findings.read(connection, architecture)
    return Plan(connection.target, changes, difference, tuple(notes), found_before=known, deployed=deployed)


def settled(
    connection: Connection, architecture: Architecture, rendering: Rendering, before: stacks.Survey, report: Report
) -> stacks.Survey:
    """What is deployed once AWS has ended what it is still doing with the stacks, begun by somebody before us."""
    waited = False
    for stack in before.wanted.values():
        if stack.busy:
            report(f"{stack.name}: found {stack.status}; waiting until that has ended")
            waited = True
        while stack.busy:
            time.sleep(connection.poll_seconds)
            stack = stacks.look_at(connection, stack.name, stack.region)
    return stacks.survey(connection, architecture, rendering.stacks) if waited else before


def nothing_to_do(plan: Plan) -> bool:
    """Whether a deployment would leave everything as it is, and nothing has to be waited for or mended."""
    whole = bool(plan.deployed) and all(
        stack.updatable and not stack.status.endswith("FAILED") for stack in plan.deployed.values()
    )
    return whole and not plan.changes and not plan.notes


@dataclass(frozen=True)
class _Planned:
    """What happens to one stack, and what it costs a month; None: not known."""

    changes: Sequence[Change] = ()
    now: Decimal | None = Decimal(0)
    before: Decimal | None = Decimal(0)


@dataclass(frozen=True)
class _Planning:
    """Plans stack by stack. Threads share it."""

    connection: Connection
    rendering: Rendering
    inputs: Mapping[str, str]
    tags: Mapping[str, str]
    deployed: Mapping[str, DeployedStack]
    template_bucket: str | None
    notes: list[str] = field(default_factory=list)

    def stack(self, stack: Stack) -> _Planned:
        """What happens to a stack of the blueprint."""
        deployed, known = self.deployed[stack.name], addresses(self.rendering)
        now, costs = priced(stack)
        if deployed.busy:
            self.notes.append(f"{stack.name}: {deployed.status}; what would change there shows once AWS has ended that")
            return _Planned(before=None)
        if not deployed.updatable:
            new = with_costs(as_changes(stack.name, creations(stack), known), costs, {}, fresh=True)
            return _Planned(new, now)
        change_set = self._change_set(stack, deployed)
        if change_set is None:
            return _Planned()
        template = deployed_template(self.connection, stack.name, stack.region)
        changes = [
            self._with_loss(change, item, stack.region)
            for change, item in zip(as_changes(stack.name, change_set.changes, known), change_set.changes, strict=True)
        ]
        changes = _with_protection(changes, stack, template, change_set.changes, known)
        change_sets.discard(self.connection, change_set)
        return _Planned(with_costs(changes, costs, template.costs), now, template.monthly)

    def _change_set(self, stack: Stack, deployed: DeployedStack) -> change_sets.ChangeSet | None:
        values, unknown = parameters_of(stack, self.inputs, self._output)
        values |= {name: deployed.parameters.get(name, "not-known-yet") for name in unknown}
        values |= {name: deployed.parameters.get(name, value) for name, value in stack.update_parameters.items()}
        values |= kept.as_deployed(stack, deployed.parameters)
        return change_sets.create(
            self.connection, stack, values, self.tags, update=True, template_bucket=self.template_bucket
        )

    def _output(self, stack: str, key: str) -> str | None:
        return self.deployed[stack].outputs.get(key) if stack in self.deployed else None

    def leftover(self, old: DeployedStack) -> _Planned:
        """What happens to a stack that the blueprint no longer asks for."""
        template = deployed_template(self.connection, old.name, old.region)
        going = [
            replace(item, policy=str(template.resources.get(item.logical_id, {}).get("DeletionPolicy", "")))
            for item in deletions(self.connection, old)
        ]
        changes = [
            self._with_loss(change, item, old.region)
            for change, item in zip(as_changes(old.name, going, addresses(self.rendering)), going, strict=True)
        ]
        return _Planned(with_costs(changes, {}, None), Decimal(0), template.monthly)

    def _with_loss(self, change: Change, item: StackChange, region: str) -> Change:
        """The same change; what is empty loses nothing."""
        empty = (
            change.loses_data and item.physical_id and is_empty(self.connection, item.type, item.physical_id, region)
        )
        return replace(change, loses=NOTHING) if empty else change


def _with_protection(
    changes: Sequence[Change],
    stack: Stack,
    template: DeployedTemplate,
    items: Sequence[StackChange],
    known: Mapping[tuple[str, str], str],
) -> list[Change]:
    """The changes of one stack, each with the protection that it takes off. A template may take off more than its
    resources have properties for: that is a change of its own."""
    resources = stack.template["Resources"]
    assert isinstance(resources, Mapping)
    by_id = {item.logical_id: change for item, change in zip(items, changes, strict=True)}
    for logical_id, after in resources.items():
        before = template.resources.get(logical_id)
        if before is None:
            continue
        kind = str(after["Type"])
        properties = (_properties(before), _properties(after))
        off = (*taken_off("cloudformation", kind, *properties), *policies_weakened(before, after))
        if not off:
            continue
        change = by_id.get(logical_id)
        if change is None:
            address = known.get((stack.name, logical_id), logical_id)
            change = Change("update", address, kind, stack.name, "changes what becomes of it", kind in data_types())
        by_id[logical_id] = replace(change, unprotects=off)
    return list(by_id.values())


def _properties(resource: Mapping[str, object]) -> Mapping[str, object]:
    found = resource.get("Properties")
    return found if isinstance(found, Mapping) else {}


def regions_of(architecture: Architecture, rendering: Rendering) -> set[str]:
    """Where the environment has anything."""
    return {
        architecture.region,
        *(stack.region for stack in rendering.stacks),
        *(item.region for item in architecture if item.region and item.not_in_cloudformation),
    }


def _direct_change(step: direct.Step) -> Change:
    assert step.action != "wait"
    return Change(step.action, step.address, step.type, "", step.why, step.holds_data, monthly=Decimal(0))


def deletions(connection: Connection, stack: DeployedStack) -> list[StackChange]:
    """Everything in a stack that is about to go."""
    with explained(f"Reading the stack {stack.name}"):
        pages = connection.cloudformation(stack.region).get_paginator("list_stack_resources")
        return [
            StackChange(
                "delete",
                item["LogicalResourceId"],
                item["ResourceType"],
                "no longer in the blueprint",
                item.get("PhysicalResourceId", ""),
            )
            for page in pages.paginate(StackName=stack.name)
            for item in page["StackResourceSummaries"]
            if item["ResourceStatus"] != "DELETE_COMPLETE"
        ]
