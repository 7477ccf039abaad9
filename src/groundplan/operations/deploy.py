"""Deployment: each stack is told what the ones that it needs have made, and watched event by event.

Stacks that do not need one another are brought about side by side.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from threading import Event
from typing import TYPE_CHECKING

from groundplan.errors import DeploymentError, EnvironmentalError, GroundplanError
from groundplan.operations import change_sets, default_groups, direct, stacks
from groundplan.operations.change_sets import Action, ChangeSet
from groundplan.operations.direct import Made
from groundplan.operations.events import OneVoice, Report, Watch, cause, delete_stack, underway, what_to_do
from groundplan.operations.failed_creation import way_made
from groundplan.operations.guard import Guard
from groundplan.operations.lock import Lease
from groundplan.operations.looked_up import require_looked_up
from groundplan.operations.parameters import parameters_of
from groundplan.operations.plan import addresses, regions_of
from groundplan.operations.release import kept
from groundplan.operations.schedule import Schedule
from groundplan.operations.weights import live_weights
from groundplan.resources import Resource
from groundplan.resources.architecture import Architecture
from groundplan.targets.connection import Connection, explained
from groundplan.units import counted

if TYPE_CHECKING:
    from groundplan.engines.cloudformation import Rendering, Stack
    from groundplan.operations.changes import Plan


AT_ONCE = 4
"""Stacks that are brought about at the same time. More would not be faster where much depends on the network, and AWS
throttles those who ask after many stacks at once."""


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
    beside: tuple[Made, ...] = ()
    """What was made beside CloudFormation, which has no type for it."""

    @property
    def changed(self) -> int:
        """Resources that were created, changed or deleted."""
        return sum(item.changed for item in self.stacks) + sum(item.changed for item in self.beside)


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
    interrupted: Event = field(default_factory=Event, repr=False)
    """Once it is set nothing new begins, and nothing more is told."""
    lease: Lease | None = None
    """The environment's lock. Once somebody else has it nothing new begins."""
    actions: list[Action] = field(default_factory=list)
    """What is done to each resource of the stacks, as far as it is known by now."""
    guard: Guard | None = None
    """What may be lost. None: everything, since the caller has named it."""

    def __post_init__(self) -> None:
        if self.lease:
            self.lease.when_lost = self.interrupted.set

    def run(self) -> Deployment:
        """Bring every stack to what the blueprint says, then remove stacks that it no longer asks for.

        Raises DeploymentError with the resource and the reason where something fails; where several stacks fail, with
        those of each. CloudFormation has then rolled these stacks back, and what needs them was not begun; the others
        stay, and the next deployment goes on from there. An interruption is handed on at once; what AWS has begun it
        brings to its end.
        """
        require_looked_up(self.connection, self.rendering)
        done, made = self._side_by_side()
        results = [done[stack.name] for stack in self.rendering.stacks]
        for old in stacks.survey(self.connection, self.architecture, self.rendering.stacks).leftover:
            started = time.monotonic()
            delete_stack(self.connection, old.name, old.region, self.report)
            results.append(StackResult(old.name, "DELETE_COMPLETE", 1, time.monotonic() - started))
        made += self._delete_unasked() + self._close_default_groups()
        outputs = stacks.collected_outputs(self.architecture, self.outputs)
        return Deployment(tuple(results), outputs, tuple(made))

    def _side_by_side(self) -> tuple[dict[str, StackResult], list[Made]]:
        """Update every stack, and what is beside them, once what it needs is there. Raises what fails."""
        by_name = {stack.name: stack for stack in self.rendering.stacks}
        beside = {item.ref.address: item for item in self.rendering.beside}
        done: dict[str, StackResult] = {}
        made: dict[str, Made] = {}

        def update(name: str) -> None:
            if name in beside:
                made[name] = worker.make(self.architecture[beside[name].ref])
            else:
                done[name] = worker.update(by_name[name])

        voice = OneVoice(self.report, self.interrupted)
        worker = replace(self, report=voice)
        needs = {name: frozenset(item.after) for name, item in beside.items()}
        for stack in self.rendering.stacks:
            first = {name for name, item in beside.items() if stack.name in item.before}
            needs[stack.name] = frozenset({*stack.depends_on, *first})
        try:
            failures = Schedule(needs, update, self.interrupted).run(AT_ONCE)
        finally:
            voice.wait()
        if self.lease:
            self.lease.require()
        if failures:
            raise _all_of(failures)
        return done, [made[name] for name in beside]

    @cached_property
    def _reach(self) -> direct.Reach:
        return direct.Reach(self.connection, self.architecture)

    def make(self, resource: Resource) -> Made:
        """Bring about one thing that CloudFormation has no type for. Raises DeploymentError where it fails."""
        self._go_on(resource.address)
        made = direct.make(self._reach, resource)
        self.report(f"{made.address}: {made.told}")
        return made

    def _delete_unasked(self) -> list[Made]:
        """Delete what is beside the stacks and no longer asked for."""
        steps, stays = direct.unasked(self._reach, regions_of(self.architecture, self.rendering))
        made = []
        for step in steps:
            made.append(direct.perform(step))
            self.report(f"{step.address}: {made[-1].told}")
        for told in stays:
            self.report(told)
        return made

    def _close_default_groups(self) -> list[Made]:
        """Close the security groups that AWS puts whatever names none into."""
        deployed = {stack.name for stack in self.rendering.stacks}
        made = []
        for step in default_groups.steps(self.connection, self.architecture, self.rendering, deployed):
            made.append(direct.perform(step))
            self.report(f"{step.address}: {made[-1].told}")
        return made

    def update(self, stack: Stack) -> StackResult:
        """Create or update one stack. Raises DeploymentError where it fails."""
        started = time.monotonic()
        before = self._settled(stacks.look_at(self.connection, stack.name, stack.region))
        if before.exists and not before.updatable:
            self.report(f"{stack.name}: found {before.status}; {_why(before)}removing what is left and starting anew")
            self._go_on(stack.name)
            with way_made(self.connection, self.architecture, self.rendering, before, self.report):
                delete_stack(self.connection, stack.name, stack.region, self.report)
            before = stacks.DeployedStack(stack.name, stack.region, stacks.NOT_DEPLOYED)
        elif before.status.endswith("FAILED"):
            self.report(f"{stack.name}: found {before.status}; {_why(before)}going on from there")
        values, unknown = parameters_of(stack, self.inputs, lambda name, key: self.outputs.get(name, {}).get(key))
        if unknown:
            raise DeploymentError(f"{stack.name}: no stack gives the parameters {', '.join(unknown)}")
        change_set = self._change_set(stack, values, before)
        self.actions += [change.action for change in change_set.changes] if change_set else []
        if change_set is None:
            self.outputs[stack.name] = before.outputs
            self.report(f"{stack.name}: nothing to change")
            return StackResult(stack.name, before.status, 0, time.monotonic() - started)
        self._refuse_losses(change_set)
        changed = [change.logical_id for change in change_set.changes]
        touched = changed if before.updatable else ()
        ran = kept.released(self.connection, self.architecture, self.rendering, stack, touched)
        try:
            after = self._execute(change_set, before)
        except DeploymentError:
            kept.restore(self.connection, ran, self.report)
            raise
        self.outputs[stack.name] = after.outputs
        seconds = time.monotonic() - started
        done = "updated" if before.updatable else "created"
        self.report(f"{stack.name}: {done}, {counted(len(change_set.changes), 'resource')} in {seconds:.1f} s")
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
        images = kept.as_deployed(stack, before.parameters)
        as_before = {key: before.parameters.get(key, value) for key, value in stack.update_parameters.items()} | images
        found = create(as_before)
        if found is None:
            return None
        changed = [change.logical_id for change in found.changes]
        images |= kept.as_running(self.connection, self.architecture, self.rendering, stack, changed)
        wanted = {**stack.update_parameters, **live_weights(self.connection, self.rendering, stack), **images}
        if as_before == wanted:
            return found
        change_sets.discard(self.connection, found)
        return create(wanted)

    def _refuse_losses(self, change_set: ChangeSet) -> None:
        """Raises DeploymentError where the stack would lose data that the plan said nothing of."""
        if self.guard:
            try:
                self.guard.check(change_set.stack, change_set.changes, addresses(self.rendering))
            except DeploymentError:
                change_sets.discard(self.connection, change_set)
                raise

    def _go_on(self, stack: str) -> None:
        """Raises DeploymentError instead of beginning something after an interruption."""
        if self.interrupted.is_set():
            raise DeploymentError(f"{stack}: interrupted before it was changed")

    def _settled(self, stack: stacks.DeployedStack) -> stacks.DeployedStack:
        """Wait for what AWS is still doing with the stack, begun by somebody before us."""
        if stack.busy:
            self.report(f"{stack.name}: found {stack.status}; waiting until that has ended")
        while stack.busy:
            time.sleep(self.connection.poll_seconds)
            stack = stacks.look_at(self.connection, stack.name, stack.region)
        return stack

    def _execute(self, change_set: ChangeSet, before: stacks.DeployedStack) -> stacks.DeployedStack:
        client = self.connection.cloudformation(change_set.region)
        watch = Watch(self.connection, change_set.stack, change_set.region, self.report, addresses(self.rendering))
        if before.updatable:
            watch.skip_past()
        self._go_on(change_set.stack)
        with explained(f"Deploying the stack {change_set.stack}"):
            client.execute_change_set(ChangeSetName=change_set.arn)
        with underway(self.connection, change_set.stack):
            after = watch.until_settled()
        if after.status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            why = cause(watch.failures) or after.reason or after.status
            state = "everything of it was removed again" if not before.updatable else "it is as it was before"
            rolled_back = after.status.endswith("ROLLBACK_COMPLETE")
            end = f"The stack was rolled back: {state}" if rolled_back else f"The stack is in {after.status}"
            todo = what_to_do(watch.failures, after.reason)
            raise DeploymentError(f"{change_set.stack}: {why}. {end}.\n{todo}")
        return after


def standing(plan: Plan, architecture: Architecture, report: Report) -> Deployment:
    """What a deployment would do where a plan has just found that there is nothing to do."""
    for name in plan.deployed:
        report(f"{name}: nothing to change")
    results = (StackResult(stack.name, stack.status, 0, 0.0) for stack in plan.deployed.values())
    outputs = {name: stack.outputs for name, stack in plan.deployed.items()}
    return Deployment(tuple(results), stacks.collected_outputs(architecture, outputs))


def _why(stack: stacks.DeployedStack) -> str:
    return f"{stack.reason}; " if stack.reason else ""


def _all_of(failures: Mapping[str, Exception]) -> Exception:
    """One error that says all that failed: a fault of ours, else each reason once, by the first stack that has it."""
    reasons: dict[str, GroundplanError] = {}
    for stack, error in failures.items():
        if not isinstance(error, GroundplanError):
            return error
        reasons.setdefault(str(error).replace(stack, ""), error)
    first, *others = reasons.values()
    if not others:
        return first
    deploying = any(isinstance(error, DeploymentError) for error in reasons.values())
    what = "steps" if any("." in name for name in failures) else "stacks"
    text = "\n".join((f"{len(failures)} {what} failed", *map(str, reasons.values())))
    return DeploymentError(text) if deploying else EnvironmentalError(text)
