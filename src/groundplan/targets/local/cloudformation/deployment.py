"""Carrying out change sets: creations and updates, several resources at a time, and the way back where one fails."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from groundplan.targets.local.cloudformation.changes import (
    changed_properties,
    defaults_of_removed,
    kept_though_removed,
    replacing,
)
from groundplan.targets.local.cloudformation.definitions import Template
from groundplan.targets.local.cloudformation.drift import drifted
from groundplan.targets.local.cloudformation.errors import StackError
from groundplan.targets.local.cloudformation.intrinsics import Evaluator
from groundplan.targets.local.cloudformation.operation import (
    EXPECTED,
    Operation,
    OperationFailedError,
    reason_of,
    same_thing,
)
from groundplan.targets.local.cloudformation.references import creation_order, needs
from groundplan.targets.local.cloudformation.schedule import Schedule
from groundplan.targets.local.cloudformation.stacks import ChangeSet, StackResource, now
from groundplan.targets.local.cloudformation.validation import check_values
from groundplan.targets.local.types.errors import UnsupportedPropertyError
from groundplan.targets.local.types.handler import Handler, ResourceState, generated_name

WORKERS = 4
"""Resources of one stack that are under way at the same time."""


@dataclass(slots=True)
class Deployment(Operation):
    """Creates or updates one stack."""

    on_failure: str = "ROLLBACK"
    workers: int = WORKERS

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
        """Creates and changes what the template has; the names of its active resources in the order of creation."""
        template, stack = change_set.template, self.stack
        try:
            evaluator.settle_conditions()
            active = [name for name, item in template.resources.items() if evaluator.is_active(item.condition)]
            order, needed = creation_order(template, active), needs(template, active)
        except StackError as error:
            raise OperationFailedError(str(error)) from error
        schedule = Schedule(
            {name: needed[name] for name in order},
            lambda name: self._bring_about(name, template, change_set, evaluator),
        )
        failures = schedule.run(self.workers)
        with self.engine.gate:
            rest = [name for name in stack.resources if name not in needed]
            present = [name for name in order if name in stack.resources]
            stack.resources = {name: stack.resources[name] for name in (*rest, *present)}
        if failures:
            unforeseen = next((error for error in failures if not isinstance(error, OperationFailedError)), None)
            if unforeseen:
                self.engine.report_fault(unforeseen)
            raise OperationFailedError("; ".join(map(str, failures)))
        return order

    def _bring_about(self, name: str, template: Template, change_set: ChangeSet, evaluator: Evaluator) -> None:
        """One resource: created, changed, replaced or left as it is."""
        definition, record = template.resources[name], self.stack.resources.get(name)
        handler = self.handler(definition.type, name)
        try:
            evaluated = evaluator.evaluate(dict(definition.properties))
            properties = self.scope.completed(definition.type, evaluated, name, change_set.tags)
        except EXPECTED as error:
            verb = "UPDATE" if record else "CREATE"
            self.note_failure(name, definition.type, record.state.id if record else "", verb, str(error))
            raise OperationFailedError(f"[{name}]: {error}") from error
        policies: dict[str, Any] = {
            "deletion_policy": definition.deletion_policy,
            "update_replace_policy": definition.update_replace_policy,
        }
        by_hand: frozenset[str] | None = frozenset()
        if record and change_set.reverts_drift:
            with self.engine.gate:
                by_hand = drifted(self.stack, record, self.scope.surroundings)
        if record is None or record.type != definition.type or by_hand is None:
            self._create(name, handler, properties, policies)
            return
        changed = changed_properties(properties, record.properties) | by_hand
        if not changed:
            with self.engine.gate:
                self.stack.resources[name] = replace(record, **policies)
        elif replacing(definition.type, properties, record.properties, changed):
            self._create(name, handler, properties, policies, replacing=record)
        else:
            self._update(record, handler, properties, changed, policies)

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
        with self.engine.gate:
            stack.note(name, type_name, replacing.state.id if replacing else "", f"{verb}_IN_PROGRESS", why)
        given = dict(properties)
        if handler.row.name and not given.get(handler.row.name):
            given[handler.row.name] = generated_name(handler.row, stack.name, name)
        with self.step(type_name):
            try:
                resolved = self.scope.with_dynamic_references(given)
                check_values(type_name, resolved)
                state = handler.create(resolved)
            except EXPECTED as error:
                why = reason_of(error, type_name)
                self.note_failure(name, type_name, "", verb, why)
                raise OperationFailedError(f"[{name}]: {why}") from error
            except Exception as error:
                self.unexpected(name, type_name, "", verb, error)
            state = replace(state, properties={**state.properties, **given})
            stack.resources[name] = StackResource(
                name, type_name, state, properties, f"{verb}_COMPLETE", now(), **policies
            )  # fmt: skip
            stack.note(name, type_name, state.id, f"{verb}_COMPLETE")

    def _update(
        self, record: StackResource, handler: Handler, properties: dict[str, Any], changed: Collection[str],
        policies: Mapping[str, Any],
    ) -> None:  # fmt: skip
        name, stack = record.logical_id, self.stack
        with self.engine.gate:
            stack.note(name, record.type, record.state.id, "UPDATE_IN_PROGRESS")
        given = self._with_new_name(handler, record, properties)
        kept = {**self._kept(handler, record.state), **given}
        attempted = replace(record, properties=properties, status="UPDATE_FAILED", changed=now(),
                            state=replace(record.state, properties={**kept, **properties}))  # fmt: skip
        with self.step(record.type):
            try:
                check_values(record.type, self.scope.with_dynamic_references(properties))
                state = self._change(handler, record.state, given, changed)
                self._refuse_kept(handler, record, state, properties)
            except EXPECTED as error:
                stack.resources[name] = attempted
                why = reason_of(error, record.type)
                self.note_failure(name, record.type, record.state.id, "UPDATE", why)
                raise OperationFailedError(f"[{name}]: {why}") from error
            except Exception as error:
                stack.resources[name] = attempted
                self.unexpected(name, record.type, record.state.id, "UPDATE", error)
            stack.resources[name] = replace(attempted, state=state, status="UPDATE_COMPLETE", changed=now(), **policies)
            stack.note(name, record.type, state.id, "UPDATE_COMPLETE")

    def _with_new_name(self, handler: Handler, record: StackResource, properties: dict[str, Any]) -> dict[str, Any]:
        """A name that the template no longer gives is generated, where a name can change at all."""
        name = handler.row.name
        if not handler.renamed_in_place or name in properties or name not in record.properties:
            return properties
        return {**properties, name: generated_name(handler.row, self.stack.name, record.logical_id)}

    def _change(
        self, handler: Handler, state: ResourceState, properties: dict[str, Any], changed: Collection[str]
    ) -> ResourceState:
        old = replace(state, properties=self._resolved_if_possible(state.properties))
        defaults = defaults_of_removed(handler.row.type, properties, dict.fromkeys(changed))
        new = handler.update(old, self.scope.with_dynamic_references({**defaults, **properties}), changed)
        return replace(new, properties={**new.properties, **self._kept(handler, state), **properties})

    @staticmethod
    def _refuse_kept(
        handler: Handler, record: StackResource, state: ResourceState, properties: Mapping[str, Any]
    ) -> None:  # fmt: skip
        """Raises UnsupportedPropertyError where a property is gone from the template and not from the resource."""
        old, row = record.properties, handler.row
        defaults = defaults_of_removed(row.type, properties, old)
        named = {name: value for name, value in old.items() if name not in defaults and value and name != row.name}
        kept = kept_though_removed(row, properties, named, state.description)
        if kept:
            raise UnsupportedPropertyError(
                f"{kept[0]}: the local AWS cannot take it away again ({', '.join(kept)}); give it the value that it "
                "should have instead"
            )

    @staticmethod
    def _kept(handler: Handler, state: ResourceState) -> dict[str, Any]:
        """The generated name, which the template does not have."""
        return {name: state.properties[name] for name in (handler.row.name,) if name in state.properties}

    def _changed_back(
        self, handler: Handler, state: ResourceState, properties: dict[str, Any], changed: Collection[str]
    ) -> ResourceState:
        """Undoes a change. What cannot be changed at all, or still is as it was, needs no undoing."""
        waiting = set(changed)
        while True:
            try:
                return self._change(handler, state, properties, waiting)
            except UnsupportedPropertyError as error:
                name = re.split(r"[:.\[]", str(error), maxsplit=1)[0]
                if name not in waiting:
                    raise
                waiting.remove(name)
            except EXPECTED:
                wanted = {name: properties[name] for name in waiting if name in properties}
                unchanged = set(kept_though_removed(handler.row, {}, wanted, handler.describe(state)))
                if not unchanged:
                    raise
                waiting -= unchanged

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
        self.delete_leftovers()

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
            problems = self.delete_records(list(stack.resources), creating=True)
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
                with self.step(current.type):
                    problem = self.delete_one(current, "Delete")
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
        with self.step(current.type):
            name, stack = current.logical_id, self.stack
            stack.note(name, current.type, old.state.id, "UPDATE_IN_PROGRESS")
            handler = self.handler(current.type, name)
            changed = changed_properties(old.properties, current.properties)
            try:
                state = self._changed_back(handler, current.state, old.properties, changed)
            except Exception as error:
                why = reason_of(error, current.type)
                self.note_failure(name, current.type, old.state.id, "UPDATE", why)
                return f"[{name}]: {why}"
            stack.resources[name] = replace(old, state=state)
            stack.note(name, current.type, old.state.id, "UPDATE_COMPLETE")
            return ""
