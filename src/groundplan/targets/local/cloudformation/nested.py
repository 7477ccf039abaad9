"""Nested stacks: a stack that is a resource of another one.

A nested stack is carried out within one step of its parent, in the same thread, so that no snapshot shows it without
its parent's record.
Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-nested-stacks.html
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from groundplan.targets.local.cloudformation.engine_types import row_of
from groundplan.targets.local.cloudformation.errors import StackError
from groundplan.targets.local.cloudformation.intrinsics import as_text
from groundplan.targets.local.cloudformation.stacks import STACK, ChangeSet, Stack
from groundplan.targets.local.types.errors import ResourceError
from groundplan.targets.local.types.handler import Handler, ResourceState, Surroundings, generated_name, tag_map

if TYPE_CHECKING:
    from groundplan.targets.local.cloudformation.engine import Engine


class NestedStack(Handler):
    """Makes, changes and removes one nested stack."""

    def __init__(self, engine: Engine, parent: Stack, logical_id: str, surroundings: Surroundings) -> None:
        super().__init__(row_of(STACK), surroundings)
        self.engine = engine
        self.parent = parent
        self.logical_id = logical_id

    def create(self, properties: dict[str, Any]) -> ResourceState:
        reviewed = self._reviewed()
        name = (
            self.engine.stacks[reviewed.stack].name
            if reviewed
            else generated_name(replace(self.row, name_limit=128), self.parent.name, self.logical_id)
        )
        change_set = self._change_set(name, properties, "CREATE")
        stack = self.engine.stacks[change_set.stack]
        stack.parent, stack.root = self.parent.id, self.parent.root or self.parent.id
        self.engine.execute_nested(change_set)
        if stack.status != "CREATE_COMPLETE":
            reason = _reason(stack)
            self.engine.delete_nested(stack)
            raise ResourceError(f"Embedded stack {stack.id} was not successfully created: {reason}")
        if reviewed:
            reviewed.execution = "EXECUTE_COMPLETE"
        return ResourceState(stack.id, properties)

    def _reviewed(self) -> ChangeSet | None:
        """The change set that the parent's change set showed for this stack."""
        root, name = self.parent.change_set, self.logical_id
        found = (item for item in self.engine.change_sets.values() if item.parent == root and item.logical_id == name)
        return next(found, None) if root else None

    def update(self, state: ResourceState, properties: dict[str, Any], changed: Collection[str]) -> ResourceState:
        stack = self._stack(state)
        change_set = self._change_set(stack.name, properties, "UPDATE")
        if change_set.execution == "AVAILABLE":
            self.engine.execute_nested(change_set)
            if stack.status != "UPDATE_COMPLETE":
                raise ResourceError(f"Embedded stack {stack.id} was not successfully updated: {_reason(stack)}")
            reviewed = self._reviewed()
            if reviewed:
                reviewed.execution = "EXECUTE_COMPLETE"
        else:
            self.engine.change_sets.pop(change_set.id, None)
        return ResourceState(stack.id, properties)

    def remove(self, state: ResourceState, snapshot: str | None) -> None:
        stack = self.engine.stacks.get(state.id)
        if stack is None or not stack.exists:
            return
        self.engine.delete_nested(stack)
        if stack.exists:
            raise ResourceError(f"Embedded stack {stack.id} was not successfully deleted: {stack.reason}")

    def attribute_value(self, state: ResourceState, name: str) -> Any:
        return nested_output(self.engine.stacks, state.id, name)

    def _stack(self, state: ResourceState) -> Stack:
        stack = self.engine.stacks.get(state.id)
        if stack is None or not stack.exists:
            raise ResourceError(f"Embedded stack {state.id} does not exist any more")
        return stack

    def _change_set(self, name: str, properties: Mapping[str, Any], kind: str) -> ChangeSet:
        given = {str(key): as_text(value) for key, value in (properties.get("Parameters") or {}).items()}
        body = properties.get("TemplateBody")
        try:
            return self.engine.create_change_set(
                self.surroundings.region, name, "nested", None if body is None else str(body), given, kind,
                tag_map(properties.get("Tags")), self.parent.capabilities, direct=True,
            )  # fmt: skip
        except StackError as error:
            raise ResourceError(f"Embedded stack {name}: {error}") from error


def nested_output(stacks: Mapping[str, Stack], identifier: str, attribute: str) -> str | None:
    """``Fn::GetAtt`` of a nested stack: ``Outputs.NAME``."""
    stack = stacks.get(identifier)
    name = attribute.removeprefix("Outputs.")
    outputs = stack.outputs if stack else ()
    return next((output["OutputValue"] for output in outputs if output["OutputKey"] == name), None)


def _reason(stack: Stack) -> str:
    """The first failure, which says more than the state that the stack ended in."""
    last = max((index for index, event in enumerate(stack.events) if event.reason == "User Initiated"), default=0)
    failed = (event for event in stack.events[last:] if event.status.endswith("_FAILED") and event.reason)
    return next((f"[{event.logical_id}]: {event.reason}" for event in failed), stack.reason)
