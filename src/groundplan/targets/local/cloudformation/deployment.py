"""Carrying out: creations, updates, rollbacks and deletions, resource by resource, with an event for each step.

Every step holds the engine's gate, so that a snapshot of the state never shows a resource without its stack's record.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from groundplan.errors import GroundplanError
from groundplan.targets.local.cloudformation.changes import changed_properties, needs_replacement
from groundplan.targets.local.cloudformation.errors import StackError
from groundplan.targets.local.cloudformation.intrinsics import Evaluator
from groundplan.targets.local.cloudformation.references import creation_order, needed_by
from groundplan.targets.local.cloudformation.scope import StackScope, with_stack_tags
from groundplan.targets.local.cloudformation.stacks import ChangeSet, Stack, StackResource, now
from groundplan.targets.local.cloudformation.validation import check_values
from groundplan.targets.local.types.errors import ResourceError
from groundplan.targets.local.types.handler import Handler, ResourceState, generated_name
from groundplan.targets.local.types.registry import handler_of

if TYPE_CHECKING:
    from groundplan.targets.local.cloudformation.engine import Engine

EXPECTED = (ResourceError, StackError, ClientError, BotoCoreError, GroundplanError)
"""Errors that are the user's; anything else is a fault of this program, and fails the resource with its name."""


class OperationFailedError(Exception):
    """A step failed; the text names the resource and the reason."""


@dataclass(slots=True)
class Deployment:
    """One operation on one stack."""

    engine: Engine
    stack: Stack
    change_set: ChangeSet | None = None
    on_failure: str = "ROLLBACK"
    scope: StackScope = field(init=False)

    def __post_init__(self) -> None:
        self.scope = self.engine.scope(self.stack)

    # create and update

    def deploy(self) -> None:
        """Executes the change set."""
        change_set = self.change_set
        assert change_set
        updating = change_set.kind == "UPDATE"
        stack, engine = self.stack, self.engine
        stack.before = stack.image()
        evaluator = self.scope.evaluator(change_set.template, change_set.parameters)
        try:
            active = self._apply(change_set, evaluator)
            with engine.gate:
                outputs = self._outputs(evaluator)
                stack.template, stack.parameters = change_set.template, change_set.parameters
                stack.raw_parameters, stack.tags = change_set.raw_parameters, change_set.tags
                stack.outputs, stack.order = outputs, tuple(active)
                stack.imports = tuple(sorted(evaluator.imports))
        except OperationFailedError as error:
            change_set.execution = "EXECUTE_FAILED"
            self._failed(str(error), updating)
            return
        if updating:
            self._clean_up(active)
        with engine.gate:
            stack.before = None
            change_set.execution = "EXECUTE_COMPLETE"
            stack.set_status("UPDATE_COMPLETE" if updating else "CREATE_COMPLETE")

    def _apply(self, change_set: ChangeSet, evaluator: Evaluator) -> list[str]:
        template = change_set.template
        try:
            active = [name for name, item in template.resources.items() if evaluator.is_active(item.condition)]
            order = creation_order(template, active)
        except StackError as error:
            raise OperationFailedError(str(error)) from error
        for name in order:
            definition = template.resources[name]
            with self.engine.gate:
                record = self.stack.resources.get(name)
                handler = handler_of(definition.type, self.scope.surroundings)
                try:
                    properties = with_stack_tags(
                        definition.type, evaluator.evaluate(dict(definition.properties)), self.stack, name,
                        change_set.tags, takes_system_tags=handler.row.system_tags,
                    )  # fmt: skip
                except EXPECTED as error:
                    verb = "UPDATE" if record else "CREATE"
                    self._note_failure(name, definition.type, record.state.id if record else "", verb, str(error))
                    raise OperationFailedError(f"[{name}]: {error}") from error
                policies: dict[str, Any] = {
                    "deletion_policy": definition.deletion_policy,
                    "update_replace_policy": definition.update_replace_policy,
                }
                if record is None or record.type != definition.type:
                    self._create(name, handler, properties, policies)
                    continue
                changed = changed_properties(properties, record.properties)
                if not changed:
                    self.stack.resources[name] = replace(record, **policies)
                elif needs_replacement(definition.type, changed):
                    self._create(name, handler, properties, policies, replacing=record)
                else:
                    self._update(record, handler, properties, changed, policies)
        return order

    def _create(
        self, name: str, handler: Handler, properties: dict[str, Any], policies: Mapping[str, Any],
        replacing: StackResource | None = None,
    ) -> None:  # fmt: skip
        type_name, stack = handler.row.type, self.stack
        verb = "UPDATE" if replacing else "CREATE"
        why = (
            "Requested update requires the creation of a new physical resource; hence creating one."
            if replacing
            else ""
        )
        stack.note(name, type_name, replacing.state.id if replacing else "", f"{verb}_IN_PROGRESS", why)
        given = dict(properties)
        if handler.row.name and not given.get(handler.row.name):
            given[handler.row.name] = generated_name(handler.row, stack.name, name)
        try:
            resolved = self.scope.with_dynamic_references(given)
            check_values(type_name, resolved)
            state = handler.create(resolved)
        except EXPECTED as error:
            self._note_failure(name, type_name, "", verb, str(error))
            raise OperationFailedError(f"[{name}]: {error}") from error
        except Exception as error:
            self._unexpected(name, type_name, "", verb, error)
        state = replace(state, properties={**state.properties, **given})
        stack.resources[name] = StackResource(name, type_name, state, properties, f"{verb}_COMPLETE", now(), **policies)
        stack.note(name, type_name, state.id, f"{verb}_COMPLETE")

    def _update(
        self, record: StackResource, handler: Handler, properties: dict[str, Any], changed: Collection[str],
        policies: Mapping[str, Any],
    ) -> None:  # fmt: skip
        name, stack = record.logical_id, self.stack
        stack.note(name, record.type, record.state.id, "UPDATE_IN_PROGRESS")
        attempted = replace(record, properties=properties, status="UPDATE_FAILED", changed=now(),
                            state=replace(record.state, properties=dict(properties)))  # fmt: skip
        try:
            check_values(record.type, self.scope.with_dynamic_references(properties))
            state = self._change(handler, record.state, properties, changed)
        except EXPECTED as error:
            stack.resources[name] = attempted
            self._note_failure(name, record.type, record.state.id, "UPDATE", str(error))
            raise OperationFailedError(f"[{name}]: {error}") from error
        except Exception as error:
            stack.resources[name] = attempted
            self._unexpected(name, record.type, record.state.id, "UPDATE", error)
        stack.resources[name] = replace(attempted, state=state, status="UPDATE_COMPLETE", changed=now(), **policies)
        stack.note(name, record.type, state.id, "UPDATE_COMPLETE")

    def _change(
        self, handler: Handler, state: ResourceState, properties: dict[str, Any], changed: Collection[str]
    ) -> ResourceState:
        old = replace(state, properties=self._resolved_if_possible(state.properties))
        new = handler.update(old, self.scope.with_dynamic_references(properties), changed)
        kept = {name: state.properties[name] for name in (handler.row.name,) if name in state.properties}
        return replace(new, properties={**new.properties, **kept, **properties})

    def _resolved_if_possible(self, properties: dict[str, Any]) -> dict[str, Any]:
        try:
            return self.scope.with_dynamic_references(properties)
        except StackError:  # the secret of long ago is gone; the old value only serves comparison
            return properties

    def _outputs(self, evaluator: Evaluator) -> tuple[Mapping[str, str], ...]:
        outputs: list[Mapping[str, str]] = []
        for name, written in evaluator.template.outputs.items():
            try:
                if not evaluator.is_active(str(written.get("Condition", ""))):
                    continue
                value = evaluator.evaluate(written["Value"])
                output = {"OutputKey": name, "OutputValue": self._output_text(value)}
                if written.get("Description"):
                    output["Description"] = str(written["Description"])
                if written.get("Export"):
                    output["ExportName"] = str(evaluator.evaluate(written["Export"]["Name"]))
                    self.engine.check_export(self.stack, output["ExportName"])
            except EXPECTED as error:
                raise OperationFailedError(f"[Output {name}]: {error}") from error
            outputs.append(output)
        return tuple(outputs)

    @staticmethod
    def _output_text(value: Any) -> str:
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, list | dict):
            raise StackError("Template format error: Output values must be of type String")
        return str(value)

    def _clean_up(self, active: Collection[str]) -> None:
        """Deletes what the update replaced or no longer has."""
        stack = self.stack
        assert stack.before
        with self.engine.gate:
            for name in dict.fromkeys((*stack.before.order, *stack.before.resources)):
                old, current = stack.before.resources.get(name), stack.resources.get(name)
                if old is None or old in stack.leftovers:
                    continue
                if current is None or (name in active and same_thing(current, old)):
                    continue
                if name in active:
                    kept = old.update_replace_policy == "Retain"
                else:
                    kept = old.deletion_policy in ("Retain", "RetainExceptOnCreate")
                    stack.resources.pop(name)
                if kept:
                    stack.note(name, old.type, old.state.id, "DELETE_SKIPPED")
                else:
                    stack.leftovers.append(old)
            if stack.leftovers:
                stack.set_status("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
        self._delete_leftovers()

    def _delete_leftovers(self) -> list[str]:
        problems: list[str] = []
        for record in list(reversed(self.stack.leftovers)):
            with self.engine.gate:
                problem = self._delete_one(record, record.update_replace_policy or record.deletion_policy)
                if problem:
                    problems.append(f"[{record.logical_id}]: {problem}")
                else:
                    self.stack.leftovers.remove(record)
        return problems

    # rollback

    def _failed(self, why: str, updating: bool) -> None:
        stack, reason = self.stack, f"The following resource(s) failed: {why}"
        if self.on_failure == "DO_NOTHING" or stack.disable_rollback:
            with self.engine.gate:
                stack.set_status("UPDATE_FAILED" if updating else "CREATE_FAILED", reason)
                if not updating and self.change_set:
                    stack.template, stack.order = self.change_set.template, tuple(stack.resources)
            return
        if updating:
            stack.set_status("UPDATE_ROLLBACK_IN_PROGRESS", reason)
            self.roll_back_update()
        elif self.on_failure == "DELETE":
            self.delete_all(())
        else:
            stack.set_status("ROLLBACK_IN_PROGRESS", f"{reason}. Rollback requested by user.")
            problems = self._delete_records(list(stack.resources), creating=True)
            with self.engine.gate:
                stack.before = None
                stack.set_status("ROLLBACK_FAILED" if problems else "ROLLBACK_COMPLETE", "; ".join(problems))

    def roll_back_update(self) -> None:
        """Goes back to ``stack.before``."""
        stack, before = self.stack, self.stack.before
        assert before
        problems: list[str] = []
        for name in list(stack.resources):
            old, current = before.resources.get(name), stack.resources[name]
            if old is not None and same_thing(current, old) and current.properties != old.properties:
                problem = self._restore(current, old)
                if problem:
                    problems.append(problem)
        for name in reversed(list(stack.resources)):
            old, current = before.resources.get(name), stack.resources[name]
            if old is None or not same_thing(current, old):
                with self.engine.gate:
                    problem = self._delete_one(current, "Delete")
                    if problem:
                        problems.append(f"[{name}]: {problem}")
                    elif old is None:
                        stack.resources.pop(name)
                    else:
                        stack.resources[name] = old
        with self.engine.gate:
            if problems:
                stack.set_status("UPDATE_ROLLBACK_FAILED", "; ".join(problems))
                return
            stack.restore(before)
            stack.before = None
            stack.set_status("UPDATE_ROLLBACK_COMPLETE")

    def _restore(self, current: StackResource, old: StackResource) -> str:
        with self.engine.gate:
            name, stack = current.logical_id, self.stack
            stack.note(name, current.type, old.state.id, "UPDATE_IN_PROGRESS")
            handler = handler_of(current.type, self.scope.surroundings)
            changed = changed_properties(old.properties, current.properties)
            try:
                state = self._change(handler, current.state, old.properties, changed)
            except Exception as error:
                self._note_failure(name, current.type, old.state.id, "UPDATE", f"{error}")
                return f"[{name}]: {error}"
            stack.resources[name] = replace(old, state=state)
            stack.note(name, current.type, old.state.id, "UPDATE_COMPLETE")
            return ""

    # delete

    def delete_all(self, retain: Collection[str]) -> None:
        """Deletes the stack."""
        stack = self.stack
        order = [name for name in stack.order if name in stack.resources]
        order += [name for name in stack.resources if name not in order]
        problems = self._delete_leftovers()
        problems += self._delete_records(order, retain=retain)
        with self.engine.gate:
            if problems:
                stack.set_status("DELETE_FAILED", f"The following resource(s) failed to delete: {'; '.join(problems)}")
                return
            stack.outputs, stack.imports, stack.before, stack.deleted = (), (), None, now()
            stack.set_status("DELETE_COMPLETE")

    def _delete_records(self, order: list[str], retain: Collection[str] = (), *, creating: bool = False) -> list[str]:
        problems: list[str] = []
        blocked: set[str] = set()
        stack = self.stack
        template = self.change_set.template if self.change_set else stack.template
        for name in reversed(order):
            if name in blocked:  # something that could not be deleted stands on it
                continue
            with self.engine.gate:
                record = stack.resources[name]
                policy = record.deletion_policy or self._default_policy(record)
                if name in retain or policy == "Retain" or (policy == "RetainExceptOnCreate" and not creating):
                    stack.note(name, record.type, record.state.id, "DELETE_SKIPPED")
                    stack.resources.pop(name)
                    continue
                problem = self._delete_one(record, "Delete" if creating else policy)
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

    def _delete_one(self, record: StackResource, policy: str) -> str:
        """Deletes; the reason where that fails."""
        name, stack = record.logical_id, self.stack
        stack.note(name, record.type, record.state.id, "DELETE_IN_PROGRESS")
        handler = handler_of(record.type, self.scope.surroundings)
        # As AWS names it, with an ending that no other life of the stack has.
        snapshot = f"{stack.name}-snapshot-{name}-{uuid.uuid4().hex[:12]}".lower() if policy == "Snapshot" else None
        try:
            handler.delete(record.state, snapshot)
        except Exception as error:
            if not isinstance(error, EXPECTED):
                self.engine.report_fault(error)
            stack.note(name, record.type, record.state.id, "DELETE_FAILED", str(error))
            return str(error)
        stack.note(name, record.type, record.state.id, "DELETE_COMPLETE")
        return ""

    # notes

    def _note_failure(self, name: str, type_name: str, physical_id: str, verb: str, why: str) -> None:
        self.stack.note(name, type_name, physical_id, f"{verb}_FAILED", why)

    def _unexpected(self, name: str, type_name: str, physical_id: str, verb: str, error: Exception) -> None:
        self.engine.report_fault(error)
        why = f"the local AWS failed on {type_name} ({type(error).__name__}: {error}); the log has the details"
        self._note_failure(name, type_name, physical_id, verb, why)
        raise OperationFailedError(f"[{name}]: {why}") from error


def same_thing(one: StackResource, other: StackResource) -> bool:
    """Whether two records speak of the same physical resource."""
    return one.type == other.type and one.state.id == other.state.id
