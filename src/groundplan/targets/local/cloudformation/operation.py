"""What every operation on a stack can do: delete resources, and tell what happens.

Every step holds the engine's gate, so that a snapshot of the state never shows a resource without its stack's record.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NoReturn

from botocore.exceptions import BotoCoreError, ClientError

from groundplan.errors import GroundplanError
from groundplan.targets.local.cloudformation.engine_types import handler_of
from groundplan.targets.local.cloudformation.errors import StackError
from groundplan.targets.local.cloudformation.nested import NestedStack
from groundplan.targets.local.cloudformation.references import needed_by
from groundplan.targets.local.cloudformation.scope import StackScope
from groundplan.targets.local.cloudformation.stacks import STACK, ChangeSet, Stack, StackResource, now
from groundplan.targets.local.types.errors import ResourceError
from groundplan.targets.local.types.handler import Handler

if TYPE_CHECKING:
    from groundplan.targets.local.cloudformation.engine import Engine

EXPECTED = (ResourceError, StackError, ClientError, BotoCoreError, GroundplanError)
"""Errors that are the user's; anything else is a fault of this program, and fails the resource with its name."""


class OperationFailedError(Exception):
    """A step failed; the text names the resource and the reason."""


@dataclass(slots=True)
class Operation:
    """One operation on one stack."""

    engine: Engine
    stack: Stack
    change_set: ChangeSet | None = None
    scope: StackScope = field(init=False)

    def __post_init__(self) -> None:
        self.scope = self.engine.scope(self.stack)

    def handler(self, type_name: str, logical_id: str) -> Handler:
        """What handles a resource of this stack."""
        if type_name == STACK:
            return NestedStack(self.engine, self.stack, logical_id, self.scope.surroundings)
        return handler_of(type_name, self.scope.surroundings)

    def step(self, type_name: str) -> AbstractContextManager[Any]:
        """Holds what a step on a resource of this type must hold."""
        return self.engine.whole if type_name == STACK else self.engine.gate

    def delete_leftovers(self) -> list[str]:
        problems: list[str] = []
        for record in list(reversed(self.stack.leftovers)):
            with self.step(record.type):
                problem = self.delete_one(record, record.update_replace_policy or record.deletion_policy)
                if problem:
                    problems.append(f"[{record.logical_id}]: {problem}")
                else:
                    self.stack.leftovers.remove(record)
        return problems

    # delete

    def delete_all(self, retain: Collection[str]) -> None:
        """Deletes the stack."""
        stack = self.stack
        order = [name for name in stack.order if name in stack.resources]
        order += [name for name in stack.resources if name not in order]
        problems = self.delete_leftovers()
        problems += self.delete_records(order, retain=retain)
        with self.engine.gate:
            if problems:
                stack.set_status("DELETE_FAILED", f"The following resource(s) failed to delete: {'; '.join(problems)}")
                return
            stack.outputs, stack.imports, stack.before, stack.deleted = (), (), None, now()
            stack.set_status("DELETE_COMPLETE")

    def delete_records(self, order: list[str], retain: Collection[str] = (), *, creating: bool = False) -> list[str]:
        problems: list[str] = []
        blocked: set[str] = set()
        stack = self.stack
        template = self.change_set.template if self.change_set else stack.template
        for name in reversed(order):
            if name in blocked:  # something that could not be deleted stands on it
                continue
            record = stack.resources[name]
            with self.step(record.type):
                policy = record.deletion_policy or self._default_policy(record)
                if name in retain or policy == "Retain" or (policy == "RetainExceptOnCreate" and not creating):
                    stack.note(name, record.type, record.state.id, "DELETE_SKIPPED")
                    stack.resources.pop(name)
                    continue
                problem = self.delete_one(record, "Delete" if creating else policy)
                if problem:
                    problems.append(f"[{name}]: {problem}")
                    blocked |= needed_by(template, name) if template else set()
                    stack.resources[name] = replace(record, status="DELETE_FAILED")
                else:
                    stack.resources.pop(name)
        return problems

    def _default_policy(self, record: StackResource) -> str:
        """AWS takes a final snapshot of a database unless told otherwise.

        Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html
        """
        return "Snapshot" if record.type == "AWS::RDS::DBInstance" else "Delete"

    def delete_one(self, record: StackResource, policy: str) -> str:
        """Deletes; the reason where that fails."""
        name, stack = record.logical_id, self.stack
        stack.note(name, record.type, record.state.id, "DELETE_IN_PROGRESS")
        handler = self.handler(record.type, name)
        # As AWS names it, with an ending that no other life of the stack has.
        snapshot = f"{stack.name}-snapshot-{name}-{uuid.uuid4().hex[:12]}".lower() if policy == "Snapshot" else None
        try:
            handler.delete(record.state, snapshot)
        except Exception as error:
            if not isinstance(error, EXPECTED):
                self.engine.report_fault(error)
            why = reason_of(error, record.type)
            stack.note(name, record.type, record.state.id, "DELETE_FAILED", why)
            return why
        stack.note(name, record.type, record.state.id, "DELETE_COMPLETE")
        return ""

    # notes

    def note_failure(self, name: str, type_name: str, physical_id: str, verb: str, why: str) -> None:
        self.stack.note(name, type_name, physical_id, f"{verb}_FAILED", why)

    def unexpected(self, name: str, type_name: str, physical_id: str, verb: str, error: Exception) -> NoReturn:
        self.engine.report_fault(error)
        why = f"the local AWS failed on {type_name} ({type(error).__name__}: {error}); the log has the details"
        self.note_failure(name, type_name, physical_id, verb, why)
        raise OperationFailedError(f"[{name}]: {why}") from error


def reason_of(error: Exception, type_name: str) -> str:
    """Why a resource failed, in the form in which CloudFormation hands on what a service says."""
    if not isinstance(error, ClientError):
        return str(error)
    said, status = (
        error.response.get("Error", {}),
        error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400),
    )
    service = type_name.split("::")[1] if "::" in type_name else type_name
    return (
        f'Resource handler returned message: "{said.get("Message", "")} (Service: {service}, Status Code: {status})" '
        f"(HandlerErrorCode: {said.get('Code', '')})"
    )


def same_thing(one: StackResource, other: StackResource) -> bool:
    """Whether two records speak of the same physical resource."""
    return one.type == other.type and one.state.id == other.state.id
