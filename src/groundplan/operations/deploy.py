"""Deployment: stack after stack, each told what the ones before it made, watched event by event."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from groundplan.errors import DeploymentError, EnvironmentalError
from groundplan.operations import change_sets, stacks
from groundplan.operations.change_sets import ChangeSet
from groundplan.operations.parameters import parameters_of
from groundplan.operations.plan import addresses
from groundplan.operations.weights import live_weights
from groundplan.resources.architecture import Architecture
from groundplan.targets.connection import Connection, explained

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import StackEventTypeDef

    from groundplan.engines.cloudformation import Rendering, Stack


class Report(Protocol):
    """Tells a person what is happening."""

    def __call__(self, text: str, *, passing: bool = False) -> None:
        """One line. ``passing``: what is waited for just now; a terminal may show it until the next one comes."""


@dataclass(frozen=True)
class StackResult:
    """What became of one stack."""

    name: str
    status: str
    changed: int
    """Resources that were created, changed or deleted."""
    seconds: float


@dataclass(frozen=True)
class Deployment:
    """What a deployment did."""

    stacks: tuple[StackResult, ...]
    outputs: Mapping[str, str] = field(default_factory=dict)

    @property
    def changed(self) -> int:
        """Resources that were created, changed or deleted."""
        return sum(item.changed for item in self.stacks)


@dataclass
class Deployer:
    """Deploys one environment to one target."""

    connection: Connection
    architecture: Architecture
    rendering: Rendering
    inputs: Mapping[str, str]
    report: Report
    template_bucket: str | None = None
    outputs: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def run(self) -> Deployment:
        """Bring every stack to what the blueprint says, then remove stacks that it no longer asks for.

        Raises DeploymentError with the resource and the reason where something fails. CloudFormation has then
        rolled that stack back; the stacks before it stay, and the next deployment goes on from there.
        """
        results = [self.update(stack) for stack in self.rendering.stacks]
        for old in stacks.leftovers(self.connection, self.architecture, self.rendering.stacks):
            started = time.monotonic()
            delete_stack(self.connection, old.name, old.region, self.report)
            results.append(StackResult(old.name, "DELETE_COMPLETE", 1, time.monotonic() - started))
        return Deployment(tuple(results), stacks.collected_outputs(self.architecture, self.outputs))

    def update(self, stack: Stack) -> StackResult:
        """Create or update one stack. Raises DeploymentError where it fails."""
        started = time.monotonic()
        before = self._settled(stacks.look_at(self.connection, stack.name, stack.region))
        if before.exists and not before.updatable:
            self.report(f"{stack.name}: found {before.status}; {_why(before)}removing what is left and starting anew")
            delete_stack(self.connection, stack.name, stack.region, self.report)
            before = stacks.DeployedStack(stack.name, stack.region, stacks.NOT_DEPLOYED)
        elif before.status.endswith("FAILED"):
            self.report(f"{stack.name}: found {before.status}; {_why(before)}going on from there")
        values, unknown = parameters_of(stack, self.inputs, lambda name, key: self.outputs.get(name, {}).get(key))
        if unknown:
            raise DeploymentError(f"{stack.name}: no stack gives the parameters {', '.join(unknown)}")
        change_set = self._change_set(stack, values, before)
        if change_set is None:
            self.outputs[stack.name] = before.outputs
            self.report(f"{stack.name}: nothing to change")
            return StackResult(stack.name, before.status, 0, time.monotonic() - started)
        self._execute(change_set, before)
        after = stacks.look_at(self.connection, stack.name, stack.region)
        self.outputs[stack.name] = after.outputs
        seconds = time.monotonic() - started
        done = "updated" if before.updatable else "created"
        self.report(f"{stack.name}: {done}, {len(change_set.changes)} resources in {seconds:.1f} s")
        return StackResult(stack.name, after.status, len(change_set.changes), seconds)

    def _change_set(self, stack: Stack, values: Mapping[str, str], before: stacks.DeployedStack) -> ChangeSet | None:
        """What the stack needs. Values that hold for the creation only are kept unless there is more to change."""

        def create(extra: Mapping[str, str]) -> ChangeSet | None:
            return change_sets.create(
                self.connection,
                stack,
                {**values, **extra},
                stacks.stack_tags(self.architecture),
                update=before.updatable,
                template_bucket=self.template_bucket,
            )

        if not before.updatable:
            return create({})
        as_before = {key: before.parameters.get(key, value) for key, value in stack.update_parameters.items()}
        found = create(as_before)
        if found is None:
            return None
        wanted = {**stack.update_parameters, **live_weights(self.connection, self.rendering, stack)}
        if as_before == wanted:
            return found
        change_sets.discard(self.connection, found)
        return create(wanted)

    def _settled(self, stack: stacks.DeployedStack) -> stacks.DeployedStack:
        """Wait for what AWS is still doing with the stack, begun by somebody before us."""
        if stack.busy:
            self.report(f"{stack.name}: found {stack.status}; waiting until that has ended")
        while stack.busy:
            time.sleep(self.connection.poll_seconds)
            stack = stacks.look_at(self.connection, stack.name, stack.region)
        return stack

    def _execute(self, change_set: ChangeSet, before: stacks.DeployedStack) -> None:
        client = self.connection.cloudformation(change_set.region)
        watch = Watch(self.connection, change_set.stack, change_set.region, self.report, addresses(self.rendering))
        watch.skip_past()
        with explained(f"Deploying the stack {change_set.stack}"):
            client.execute_change_set(ChangeSetName=change_set.arn)
        with _underway(self.connection, change_set.stack):
            after = watch.until_settled()
        if after.status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            why = "; ".join(watch.failures) or after.reason or after.status
            state = "everything of it was removed again" if not before.updatable else "it is as it was before"
            rolled_back = after.status.endswith("ROLLBACK_COMPLETE")
            end = f"The stack was rolled back: {state}" if rolled_back else f"The stack is in {after.status}"
            raise DeploymentError(f"{change_set.stack}: {why}. {end}.")


@contextmanager
def _underway(connection: Connection, stack: str) -> Iterator[None]:
    """Turn lost sight of work that has begun into what it is: a deployment whose end nobody saw."""
    try:
        yield
    except EnvironmentalError as error:
        lost = "the local AWS has stopped answering" if connection.target == "local" else str(error)
        raise DeploymentError(
            f"{stack}: {lost}, with the stack half done. "
            "The next command says what state it finds and goes on from there"
        ) from error


def _why(stack: stacks.DeployedStack) -> str:
    return f"{stack.reason}; " if stack.reason else ""


@dataclass
class Watch:
    """Follows the events of a stack and reports each once."""

    connection: Connection
    stack: str
    region: str
    report: Report
    known: Mapping[tuple[str, str], str]
    failures: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def skip_past(self) -> None:
        """Pass over what happened before now."""
        with explained(f"Reading the events of the stack {self.stack}"):
            self.seen.update(event["EventId"] for event in self._events())

    def _events(self) -> list[StackEventTypeDef]:
        """New events, oldest first."""
        from botocore.exceptions import ClientError

        client, found = self.connection.cloudformation(self.region), list["StackEventTypeDef"]()
        try:
            for page in client.get_paginator("describe_stack_events").paginate(StackName=self.stack):
                fresh = [event for event in page["StackEvents"] if event["EventId"] not in self.seen]
                found += fresh
                if len(fresh) < len(page["StackEvents"]):
                    break
        except ClientError as error:
            if "does not exist" not in str(error):
                raise
        return found[::-1]

    def until_settled(self) -> stacks.DeployedStack:
        """Report events until AWS has ended its work on the stack."""
        while True:
            with explained(f"Watching the stack {self.stack}"):
                state = stacks.look_at(self.connection, self.stack, self.region)
                for event in self._events():
                    self._tell(event)
            if not state.busy:
                return state
            time.sleep(self.connection.poll_seconds)

    def _tell(self, event: StackEventTypeDef) -> None:
        self.seen.add(event["EventId"])
        status, logical_id = event.get("ResourceStatus", ""), event.get("LogicalResourceId", "")
        if logical_id == self.stack:
            return
        name = self.known.get((self.stack, logical_id), logical_id)
        reason = event.get("ResourceStatusReason", "")
        if status.endswith("_FAILED"):
            if "cancelled" not in reason.lower():
                self.failures.append(f"{name} ({event.get('ResourceType', '')}): {reason}")
            self.report(f"{self.stack}: {name}: {status}: {reason}")
        elif status.endswith("_IN_PROGRESS"):
            doing = status.removesuffix("_IN_PROGRESS").lower()
            self.report(f"{self.stack}: {name}: waiting for {doing}", passing=True)


def delete_stack(connection: Connection, name: str, region: str, report: Report) -> None:
    """Delete a stack and wait until it is gone.

    Raises DeploymentError with the resource and the reason where something refuses to go.
    """
    started = time.monotonic()
    watch = Watch(connection, name, region, report, {})
    watch.skip_past()
    with explained(f"Deleting the stack {name}"):
        connection.cloudformation(region).delete_stack(StackName=name)
    with _underway(connection, name):
        after = watch.until_settled()
    if after.exists:
        why = "; ".join(watch.failures) or after.reason or after.status
        raise DeploymentError(f"{name}: {why}. The stack is in {after.status}.")
    report(f"{name}: deleted in {time.monotonic() - started:.1f} s")
