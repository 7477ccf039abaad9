"""What a change set shows of nested stacks: a change set of its own for each that would be made or changed.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/change-sets-for-nested-stacks.html
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from groundplan.targets.local.cloudformation.engine_types import row_of
from groundplan.targets.local.cloudformation.errors import StackError
from groundplan.targets.local.cloudformation.intrinsics import Evaluator, NotYetKnownError, as_text
from groundplan.targets.local.cloudformation.sources import read_object
from groundplan.targets.local.cloudformation.stacks import STACK, ChangeSet, Stack
from groundplan.targets.local.types.handler import generated_name, tag_map

if TYPE_CHECKING:
    from groundplan.targets.local.cloudformation.engine import Engine

LONGEST_NAME = 128


def plan_nested(engine: Engine, stack: Stack, change_set: ChangeSet) -> None:
    """Adds the change sets of nested stacks. One that cannot be made fails the change set that it is nested in."""
    evaluator = engine.scope(stack).evaluator(change_set.template, change_set.parameters, preview=True)
    for change in change_set.changes:
        wanted = change["Action"] in ("Add", "Modify") and change.get("Replacement") != "True"
        if change["ResourceType"] != STACK or not wanted:
            continue
        try:
            nested = _nested(engine, stack, change_set, change["LogicalResourceId"], evaluator)
        except StackError as error:
            change_set.status, change_set.execution = "FAILED", "UNAVAILABLE"
            change_set.reason = (
                f"Nested change set of {change['LogicalResourceId']} was not successfully created: {error}"
            )
            return
        if nested:
            change["ChangeSetId"] = nested.id


def _nested(
    engine: Engine, stack: Stack, change_set: ChangeSet, logical_id: str, evaluator: Evaluator
) -> ChangeSet | None:
    """The change set of one nested stack; None where it changes nothing, or where too little is known before."""
    properties = change_set.template.resources[logical_id].properties
    record = stack.resources.get(logical_id)
    present = engine.stacks.get(record.state.id) if record else None
    given, unknown = _parameters(properties.get("Parameters") or {}, evaluator, present)
    try:
        url = evaluator.evaluate(properties["TemplateURL"])
        tags = {**change_set.tags, **tag_map(evaluator.evaluate(properties.get("Tags")))}
    except NotYetKnownError:
        return None
    row = replace(row_of(STACK), name_limit=LONGEST_NAME)
    ending = uuid.uuid4().hex[:12]
    name = f"{change_set.name}-{logical_id}"[: LONGEST_NAME - len(ending) - 1]
    try:
        nested = engine.create_change_set(
            stack.region, present.name if present else generated_name(row, stack.name, logical_id), f"{name}-{ending}",
            read_object(engine.clients, stack.region, str(url)), given, "UPDATE" if present else "CREATE", tags,
            change_set.capabilities, include_nested=True,
        )  # fmt: skip
    except StackError:
        if unknown:
            return None
        raise
    if nested.status == "FAILED":
        engine.forget_change_set(nested)
        if present and not nested.changes:
            return None
        raise StackError(nested.reason)
    nested.parent, nested.logical_id = change_set.id, logical_id
    return nested


def _parameters(
    written: Mapping[str, Any], evaluator: Evaluator, present: Stack | None
) -> tuple[dict[str, str], set[str]]:
    """Values that are known now, and the names of the others; these stay as they are in a stack that exists."""
    given: dict[str, str] = {}
    unknown: set[str] = set()
    for name, value in written.items():
        try:
            given[name] = as_text(evaluator.evaluate(value))
        except NotYetKnownError:
            unknown.add(name)
            if present and name in present.raw_parameters:
                given[name] = present.raw_parameters[name]
    return given, unknown
