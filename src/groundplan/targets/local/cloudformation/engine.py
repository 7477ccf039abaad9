"""The engine: finds stacks, makes and executes change sets, deletes, remembers.

It calls the APIs of the emulator through boto3 clients, and knows nothing of how they are served.
"""

from __future__ import annotations

import json
import logging
import re
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from groundplan.errors import GroundplanError
from groundplan.targets.local.cloudformation.changes import plan
from groundplan.targets.local.cloudformation.deployment import Deployment
from groundplan.targets.local.cloudformation.drift import with_drift
from groundplan.targets.local.cloudformation.errors import StackError, does_not_exist
from groundplan.targets.local.cloudformation.nested_changes import plan_nested
from groundplan.targets.local.cloudformation.operation import Operation
from groundplan.targets.local.cloudformation.parameters import PREVIOUS, Given, read_parameters
from groundplan.targets.local.cloudformation.policy import check_stack_policy
from groundplan.targets.local.cloudformation.rules import check_rules
from groundplan.targets.local.cloudformation.scope import StackScope, look_up
from groundplan.targets.local.cloudformation.stacks import ChangeSet, Stack
from groundplan.targets.local.cloudformation.templates import read_template
from groundplan.targets.local.cloudformation.validation import check_capabilities, check_template
from groundplan.targets.local.types.handler import ClientFactory, Surroundings

NO_CHANGES = "The submitted information didn't contain changes. Submit different information to create a change set."
_UPDATABLE = frozenset({
    "CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "CREATE_FAILED", "UPDATE_FAILED",
})  # fmt: skip
"""From CREATE_FAILED and UPDATE_FAILED (rollback disabled, or stopped in between) an update goes on."""


class Engine:
    """All stacks of an account."""

    def __init__(
        self,
        clients: ClientFactory,
        account: str,
        gate: AbstractContextManager[Any] | None = None,
        saved: Callable[[], None] = lambda: None,
    ) -> None:
        self.clients = clients
        self.account = account
        self.gate: AbstractContextManager[Any] = gate or nullcontext()
        self.saved = saved
        """Called when an operation starts and ends: the time to write a snapshot. Raises GroundplanError."""
        self.stacks: dict[str, Stack] = {}
        self.change_sets: dict[str, ChangeSet] = {}
        self._lock = threading.RLock()
        self._of_this_thread = threading.local()

    @property
    def whole(self) -> AbstractContextManager[None]:
        """Holds the engine and the gate, in the order that all take them: for steps that plan."""
        return self._holding_all()

    @contextmanager
    def _holding_all(self) -> Iterator[None]:
        with self._lock, self.gate:
            yield

    # finding

    def surroundings(self, region: str) -> Surroundings:
        return Surroundings(self.clients, self.account, region)

    def scope(self, stack: Stack) -> StackScope:
        return StackScope(stack, self.stacks, self.surroundings(stack.region))

    def find(self, name: str, region: str) -> Stack:
        """A stack by name or id; a deleted one only by id. Raises StackError."""
        found = [
            stack
            for stack in [*self.stacks.values()]
            if stack.region == region and (stack.id == name or (stack.name == name and stack.exists))
        ]
        if not found:
            raise does_not_exist(name)
        return found[-1]

    def find_change_set(self, region: str, name: str, stack_name: str = "") -> ChangeSet:
        """A change set by its id, or by its name and its stack. Raises StackError."""
        for change_set in reversed([*self.change_sets.values()]):  # others may come and go meanwhile
            if change_set.id == name:
                return change_set
            if stack_name and change_set.name == name and change_set.stack == self.find(stack_name, region).id:
                return change_set
        raise StackError(f"ChangeSet [{name}] does not exist", "ChangeSetNotFound")

    def check_export(self, stack: Stack, name: str) -> None:
        """Raises StackError where another stack of the region exports the name."""
        for other in [*self.stacks.values()]:
            if other is stack or not other.exists or other.region != stack.region:
                continue
            if any(output.get("ExportName") == name for output in other.outputs):
                raise StackError(f"Export with name {name} is already exported by stack {other.name}")

    # change sets

    def create_change_set(
        self, region: str, stack_name: str, name: str, body: str | None, given: Given, kind: str = "UPDATE",
        tags: Mapping[str, str] | None = None, capabilities: Sequence[str] = (), description: str = "",
        on_failure: str = "", direct: bool = False, include_nested: bool = False, reverts_drift: bool = False,
    ) -> ChangeSet:  # fmt: skip
        """Plans. ``direct`` is CreateStack and UpdateStack: problems are raised instead of kept in the change set.

        ``include_nested``: nested stacks get change sets of their own, which go with this one.
        """
        with self._lock:
            stack = self._stack_for(region, stack_name, kind)
            before = stack.raw_parameters if stack else {}
            known = {key: before.get(key, "") if value is PREVIOUS else str(value) for key, value in given.items()}
            template = read_template(body if body is not None else self._present_body(stack), known)
            check_template(template, self.surroundings(region))
            check_capabilities(template, capabilities, direct=direct)
            parameters = read_parameters(
                template.parameters, given, before, lambda path: look_up(f"ssm:{path}", self.surroundings(region))
            )
            check_rules(template.rules, parameters.resolved)
            self._check_name(name, "changeSetName")
            if (
                stack
                and name
                and any(item.name == name and item.stack == stack.id for item in [*self.change_sets.values()])
            ):
                raise StackError(f"ChangeSet {name} already exists", "AlreadyExistsException")
            stack = stack or self._new_stack(region, stack_name)
            identifier = f"arn:aws:cloudformation:{region}:{self.account}:changeSet/{name}/{uuid.uuid4()}"
            change_set = ChangeSet(
                id=identifier, name=name, stack=stack.id, kind=kind, template=template,
                raw_parameters=parameters.raw, parameters=parameters.resolved,
                tags=dict(stack.tags if tags is None else tags), capabilities=tuple(capabilities),
                description=description, on_failure=on_failure, include_nested=include_nested,
                reverts_drift=reverts_drift,
            )  # fmt: skip
            self._plan(stack, change_set, direct=direct)
            self.change_sets[identifier] = change_set
            if include_nested and change_set.execution == "AVAILABLE":
                plan_nested(self, stack, change_set)
            return change_set

    def _plan(self, stack: Stack, change_set: ChangeSet, *, direct: bool) -> None:
        from groundplan.targets.local.types.errors import ResourceError

        template = change_set.template
        try:
            with self.gate:
                change_set.changes = plan(stack, template, change_set.parameters, change_set.tags, self.scope(stack))
                if change_set.reverts_drift:
                    change_set.changes = with_drift(stack, change_set.changes, self.surroundings(stack.region))
        except (StackError, ResourceError) as error:
            if direct:
                self._forget_if_new(stack)
                raise StackError(str(error)) from error
            change_set.status, change_set.execution, change_set.reason = "FAILED", "UNAVAILABLE", str(error)
            return
        same_outputs = stack.template is not None and stack.template.outputs == template.outputs
        interrupted = stack.status in ("CREATE_FAILED", "UPDATE_FAILED")
        if change_set.kind == "UPDATE" and not change_set.changes and same_outputs and not interrupted:
            unchanged = change_set.tags == stack.tags and _policies(stack.template) == _policies(template)
            if unchanged:
                change_set.status, change_set.execution, change_set.reason = "FAILED", "UNAVAILABLE", NO_CHANGES

    def _stack_for(self, region: str, name: str, kind: str) -> Stack | None:
        try:
            stack = self.find(name, region)
        except StackError:
            if kind != "CREATE":
                raise StackError(f"Stack [{name}] does not exist") from None
            self._check_name(name, "stackName")
            return None
        if stack.busy:
            raise StackError(f"Stack:{stack.id} is in {stack.status} state and can not be updated.")
        if kind == "CREATE":
            if stack.status != "REVIEW_IN_PROGRESS":
                raise StackError(f"Stack [{name}] already exists", "AlreadyExistsException")
        elif stack.status not in _UPDATABLE:
            raise StackError(f"Stack:{stack.id} is in {stack.status} state and can not be updated.")
        return stack

    @staticmethod
    def _present_body(stack: Stack | None) -> str | None:
        return stack.template.body if stack and stack.template else None

    @staticmethod
    def _check_name(name: str, parameter: str) -> None:
        if not re.fullmatch(r"[A-Za-z][-A-Za-z0-9]{0,127}", name):
            raise StackError(
                f"1 validation error detected: Value '{name}' at '{parameter}' failed to satisfy constraint: "
                "Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*, at most 128 characters"
            )

    def _new_stack(self, region: str, name: str) -> Stack:
        identifier = f"arn:aws:cloudformation:{region}:{self.account}:stack/{name}/{uuid.uuid4()}"
        stack = self.stacks[identifier] = Stack(identifier, name, region)
        stack.set_status("REVIEW_IN_PROGRESS", "User Initiated")
        return stack

    def _forget_if_new(self, stack: Stack) -> None:
        if stack.status == "REVIEW_IN_PROGRESS" and not any(
            item.stack == stack.id for item in [*self.change_sets.values()]
        ):
            del self.stacks[stack.id]

    def delete_change_set(self, change_set: ChangeSet) -> None:
        with self._lock:
            if change_set.execution == "EXECUTE_IN_PROGRESS":
                raise StackError("The change set is being executed", "InvalidChangeSetStatus")
            if change_set.parent:
                raise StackError(
                    f"ChangeSet [{change_set.id}] is nested; it goes with its root change set "
                    f"[{self.root_of(change_set)}]",
                    "InvalidChangeSetStatus",
                )
            self.forget_nested(change_set.id)
            self.change_sets.pop(change_set.id, None)

    def root_of(self, change_set: ChangeSet) -> str:
        """The id of the outermost change set that this one is nested in, or its own."""
        outer = self.change_sets.get(change_set.parent)
        return self.root_of(outer) if outer else change_set.parent or change_set.id

    def forget_nested(self, parent: str) -> None:
        """Drops the change sets nested in one, and stacks that were made for them and never came about."""
        with self._lock:
            for nested in [item for item in self.change_sets.values() if parent and item.parent == parent]:
                self.forget_nested(nested.id)
                if nested.execution != "EXECUTE_COMPLETE":
                    self.forget_change_set(nested)

    def forget_change_set(self, change_set: ChangeSet) -> None:
        """Drops one change set, and its stack where that was never made."""
        self.change_sets.pop(change_set.id, None)
        stack = self.stacks.get(change_set.stack)
        if stack:
            self._forget_if_new(stack)

    # operations

    def execute(self, change_set: ChangeSet, *, on_failure: str = "ROLLBACK", wait: bool = False) -> None:
        """Starts the execution in a thread of its own."""
        with self._lock:
            if change_set.execution != "AVAILABLE":
                raise StackError(
                    f"ChangeSet [{change_set.id}] cannot be executed in its current status of [{change_set.status}]",
                    "InvalidChangeSetStatus",
                )
            if change_set.parent:
                raise StackError(
                    f"ChangeSet [{change_set.id}] cannot be executed: it is nested in "
                    f"[{self.root_of(change_set)}]; execute the root change set", "InvalidChangeSetStatus",
                )  # fmt: skip
            stack = self.stacks[change_set.stack]
            if stack.busy:
                raise StackError(f"Stack:{stack.id} is in {stack.status} state and can not be updated.")
            self._begin(stack, change_set)
        deployment = Deployment(self, stack, change_set, on_failure=change_set.on_failure or on_failure)
        self._run(deployment.deploy, stack, wait=wait)

    def _begin(self, stack: Stack, change_set: ChangeSet) -> None:
        updating = change_set.kind == "UPDATE"
        if updating and stack.policy:
            check_stack_policy(stack.policy, change_set.changes)
        change_set.execution = "EXECUTE_IN_PROGRESS"
        stack.capabilities, stack.change_set = change_set.capabilities, change_set.id
        if not updating:
            stack.tags, stack.template = change_set.tags, change_set.template
            stack.raw_parameters, stack.parameters = change_set.raw_parameters, change_set.parameters
        for other in [*self.change_sets.values()]:
            if other is not change_set and other.stack == stack.id and other.execution == "AVAILABLE":
                other.execution = "OBSOLETE"
        stack.set_status("UPDATE_IN_PROGRESS" if updating else "CREATE_IN_PROGRESS", "User Initiated")

    def execute_nested(self, change_set: ChangeSet) -> None:
        """Executes the change set of a nested stack, in this thread, within a step of its parent."""
        stack = self.stacks[change_set.stack]
        self._begin(stack, change_set)
        Deployment(self, stack, change_set, workers=1).deploy()
        self.change_sets.pop(change_set.id, None)

    def delete_nested(self, stack: Stack) -> None:
        """Deletes a nested stack within a step of its parent. ``stack.status`` says what became of it."""
        stack.set_status("DELETE_IN_PROGRESS", "User Initiated")
        used = self._used_export(stack)
        if used:
            stack.set_status("DELETE_FAILED", used)
        else:
            Operation(self, stack).delete_all(())

    def delete(self, stack: Stack, retain: Sequence[str] = (), *, wait: bool = False) -> None:
        """Starts the deletion. Raises StackError where the stack is protected, busy or its exports are in use."""
        with self._lock:
            if not stack.exists:
                return
            if stack.protected:
                raise StackError(f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled")
            if stack.busy:
                raise StackError(f"Stack:{stack.id} is in {stack.status} state and can not be deleted.")
            if retain and stack.status != "DELETE_FAILED":
                raise StackError(
                    "Invalid operation on stack: RetainResources is only for stacks in DELETE_FAILED state"
                )
            stack.set_status("DELETE_IN_PROGRESS", "User Initiated")
            used = self._used_export(stack)
            if used:
                stack.set_status("DELETE_FAILED", used)
                return
        operation = Operation(self, stack)
        self._run(lambda: operation.delete_all(retain), stack, wait=wait)

    def continue_rollback(self, stack: Stack) -> None:
        """ContinueUpdateRollback."""
        with self._lock:
            if stack.status != "UPDATE_ROLLBACK_FAILED" or stack.before is None:
                raise StackError(f"Stack {stack.name} is in {stack.status} state and can not continue update rollback")
            stack.set_status("UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated")
        self._run(Deployment(self, stack).roll_back_update, stack)

    def roll_back(self, stack: Stack) -> None:
        """RollbackStack: after a failed update back to what was before."""
        with self._lock:
            if stack.status != "UPDATE_FAILED" or stack.before is None:
                raise StackError(f"Stack {stack.name} is in {stack.status} state and can not be rolled back")
            stack.set_status("UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated")
        self._run(Deployment(self, stack).roll_back_update, stack)

    def _used_export(self, stack: Stack) -> str:
        names = {output["ExportName"] for output in stack.outputs if "ExportName" in output}
        for other in [*self.stacks.values()]:
            if other is not stack and other.exists and other.region == stack.region:
                for name in other.imports:
                    if name in names:
                        return f"Export {name} cannot be deleted as it is in use by {other.name}"
        return ""

    def _run(self, operation: Callable[[], None], stack: Stack, *, wait: bool = False) -> None:
        stack.settling = stack.status

        def work() -> None:
            problem = self._unsaved()
            if problem:
                self._fail(stack, f"not begun: {problem}")
            else:
                try:
                    operation()
                except Exception as error:
                    self.report_fault(error)
                    self._fail(stack, f"the local AWS failed: {type(error).__name__}: {error}")
                self.forget_nested(stack.change_set)
                problem = self._unsaved()
                if problem:
                    self._fail(stack, f"{stack.status}, but {problem}: it is lost when the local AWS stops")
            stack.settling = ""

        thread = threading.Thread(target=work, name=f"stack {stack.name}", daemon=True)
        self._of_this_thread.started = thread
        thread.start()
        if wait:
            thread.join()

    def wait(self, seconds: float) -> None:
        """Waits for the end of the operation that this thread has started, if it has."""
        started: threading.Thread | None = self._of_this_thread.__dict__.pop("started", None)
        if started:
            started.join(seconds)

    def _unsaved(self) -> str:
        """Saves; why that could not be, or an empty text."""
        try:
            self.saved()
        except GroundplanError as error:
            return str(error)
        return ""

    def _fail(self, stack: Stack, why: str) -> None:
        """Ends what a stack was about with a failure from which it can be updated or deleted."""
        with self.gate:
            status = stack.status.removesuffix("_IN_PROGRESS").removesuffix("_COMPLETE").removesuffix("_FAILED")
            status = {"UPDATE_COMPLETE_CLEANUP": "UPDATE"}.get(status, status)
            if status == "UPDATE_ROLLBACK" and stack.before is None:
                status = "UPDATE"
            stack.deleted = None
            stack.set_status(f"{status}_FAILED", why)
            change_set = self.change_sets.get(stack.change_set)
            if change_set and change_set.execution in ("EXECUTE_IN_PROGRESS", "EXECUTE_COMPLETE"):
                change_set.execution, change_set.reason = "EXECUTE_FAILED", why

    def report_fault(self, error: Exception) -> None:
        """Writes a fault of this program to the log; the user sees its name only."""
        logging.getLogger("groundplan.local").error("unexpected", exc_info=error)

    def recover(self) -> None:
        """After a restart: operations that were under way have failed, and say so."""
        why = "the local AWS was stopped during this operation"
        for stack in self.stacks.values():
            stack.settling = ""
            if not stack.busy:
                continue
            status = stack.status.removesuffix("_IN_PROGRESS")
            status = {"UPDATE_COMPLETE_CLEANUP": "UPDATE", "ROLLBACK": "ROLLBACK"}.get(status, status)
            if stack.before:
                kept = [(record.type, record.state.id) for record in (*stack.resources.values(), *stack.leftovers)]
                stack.leftovers += [
                    record for record in stack.before.resources.values() if (record.type, record.state.id) not in kept
                ]
            stack.order = tuple({**dict.fromkeys(stack.order), **dict.fromkeys(stack.resources)})
            stack.set_status(f"{status}_FAILED", why)
        for change_set in self.change_sets.values():
            if change_set.execution == "EXECUTE_IN_PROGRESS":
                change_set.execution, change_set.reason = "EXECUTE_FAILED", why


def _policies(template: Any) -> Any:
    """What of a template matters although it is no property: conditions of outputs are compared apart."""
    if template is None:
        return None
    return json.dumps(
        {name: (item.deletion_policy, item.update_replace_policy) for name, item in template.resources.items()},
        sort_keys=True,
    )
