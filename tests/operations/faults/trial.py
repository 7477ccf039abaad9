"""Faults in the deployment of an environment, and what has to hold after the next run."""

from __future__ import annotations

import io
import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal
from unittest.mock import patch

from tests.operations.faults.account import Account, Line, Loss, Place, Step, refusing
from tests.operations.faults.census import census

from groundplan.api.files import read_source
from groundplan.blueprint.loading import LoadedEnvironment
from groundplan.cli import deploy
from groundplan.cli.engine import prepared
from groundplan.cli.options import TargetOption
from groundplan.design import design
from groundplan.engines.cloudformation import Rendering, Stack
from groundplan.errors import GroundplanError
from groundplan.operations import lock, record, stacks
from groundplan.resources.architecture import Architecture
from groundplan.resources.storage import Bucket
from groundplan.targets.connection import Connection

EXAMPLES = Path(__file__).parents[3] / "examples"
Kind = Literal["refused", "killed", "cut"]
Start = Literal["nothing", "an earlier revision"]
CHANGE = "tags.Revision=2"
"""Nearly every resource changes with it."""
_OBJECT = "kept/by-somebody"


@dataclass(frozen=True)
class Fault:
    """What goes wrong, and where."""

    kind: Kind
    """A resource is refused; the process is killed at a step; the connection is lost at a step and is back then."""
    start: Start
    place: Place | None = None
    """The resource that is refused."""
    step: Step | None = None
    """The request with which the process or the connection ends."""
    loses: Loss = "question"

    def __str__(self) -> str:
        where = "/".join(self.place) if self.place else f"{self.step}, {self.loses} lost"
        return f"from {self.start}: {self.kind} at {where}"


@dataclass
class Environment:
    """An environment of an example, as it is deployed, and as it was before."""

    system: str
    name: str
    account: Account
    folder: Path
    shared: str | None = None
    """What has to stand in the account first."""
    change: str = CHANGE
    """What the earlier revision does not have. Empty: there is none, and every deployment is the first."""

    @cached_property
    def now(self) -> Revision:
        return Revision.of(self, [self.change] if self.change else [])

    @cached_property
    def earlier(self) -> Revision:
        return Revision.of(self, [])

    @cached_property
    def regions(self) -> list[str]:
        return sorted({stack.region for stack in self.now.rendering.stacks})

    @cached_property
    def snapshots(self) -> Mapping[Start, Path]:
        """The account before each start; made by deployments without a fault."""
        made: dict[Start, Path] = {}
        self.account.reset()
        if self.shared:
            shared = Environment(self.system, self.shared, self.account, self.folder)
            undisturbed(self.account, shared.earlier)
        made["nothing"] = self.folder / f"{self.system}-{self.name}-nothing"
        self.account.save(made["nothing"])
        if not self.change:
            return made
        undisturbed(self.account, self.earlier)
        self._put_objects()
        made["an earlier revision"] = self.folder / f"{self.system}-{self.name}-earlier"
        self.account.save(made["an earlier revision"])
        return made

    @cached_property
    def wanted(self) -> Mapping[Start, Counter[str]]:
        """What the account has after a deployment without a fault, from each start."""
        return {start: self._undisturbed(start)[0] for start in self.snapshots}

    @cached_property
    def steps(self) -> Mapping[Start, list[Step]]:
        """The steps of a deployment without a fault, from each start."""
        return {start: self._undisturbed(start)[1] for start in self.snapshots}

    def _undisturbed(self, start: Start) -> tuple[Counter[str], list[Step]]:
        if start not in self._runs:
            self.account.load(self.snapshots[start])
            steps = undisturbed(self.account, self.now)
            self._runs[start] = self.census(), steps
        return self._runs[start]

    @cached_property
    def _runs(self) -> dict[Start, tuple[Counter[str], list[Step]]]:
        return {}

    def census(self) -> Counter[str]:
        return census(self.account.client, self.regions)

    def _put_objects(self) -> None:
        for region, name in self.buckets:
            self.account.client("s3", region).put_object(Bucket=name, Key=_OBJECT, Body=b"something")

    @cached_property
    def buckets(self) -> list[tuple[str, str]]:
        """Buckets that somebody may write into: the region and the name of each."""
        found = [
            (item.region or self.now.architecture.region, item.bucket_name) for item in self.now.architecture.of(Bucket)
        ]
        return [(region, name) for region, name in found if isinstance(name, str)]

    def data(self) -> dict[str, str]:
        """Everything that holds data, by its place, with what AWS calls it."""
        connection, rendering = self.account.connect(Line()), self.now.rendering
        regions = {stack.name: stack.region for stack in rendering.stacks}
        ids = {
            name: stacks.physical_ids(connection, name, region)
            for name, region in regions.items()
            if stacks.look_at(connection, name, region).exists
        }
        return {
            f"{place.stack}/{place.logical_id}": ids[place.stack][place.logical_id]
            for ref, places in rendering.locations.items()
            if ref.kind.holds_data
            for place in places
            if place.logical_id in ids.get(place.stack, ())
        }

    def faults(self) -> Iterator[Fault]:
        """Every fault that can be made of this environment."""
        for start, steps in self.steps.items():
            for stack in self.now.rendering.stacks:
                for logical_id in resources_of(stack):
                    yield Fault("refused", start, place=(stack.name, logical_id))
            for step in steps:
                for loses in ("question", "answer"):
                    yield Fault("killed", start, step=step, loses=loses)
                    yield Fault("cut", start, step=step, loses=loses)


def resources_of(stack: Stack) -> list[str]:
    """The logical ids of a stack."""
    resources: Any = stack.template["Resources"]
    return list(resources)


@dataclass(frozen=True)
class Revision:
    """A blueprint, designed and rendered."""

    loaded: LoadedEnvironment
    architecture: Architecture
    rendering: Rendering

    @classmethod
    def of(cls, environment: Environment, settings: list[str]) -> Revision:
        source = read_source(EXAMPLES / environment.system / "groundplan.yaml").with_settings(settings)
        loaded = source.environment(environment.name)
        architecture = design(loaded)
        return cls(loaded, *prepared(loaded, architecture))


@dataclass(frozen=True)
class Outcome:
    """What became of a fault."""

    fault: Fault
    happened: bool
    """Whether the deployment came to that place at all: a resource without tags does not change with them."""
    first: bool
    """Whether the deployment succeeded all the same."""
    problems: tuple[str, ...]
    """What does not hold after the next run."""


def attempt(environment: Environment, fault: Fault) -> Outcome:
    """Deploy with a fault, deploy again, and look at everything."""
    account, now = environment.account, environment.now
    account.load(environment.snapshots[fault.start])
    before = environment.data() if fault.start != "nothing" else {}
    first = disturbed(account, now, [fault])
    problems = list(first.problems)
    again = run(account, now, Line())
    if again.error is not None:
        problems.append(f"the next run fails: {again.error}")
    problems += differences(environment, fault.start, before)
    return Outcome(fault, bool(first.happened), first.error is None, tuple(problems))


@dataclass(frozen=True)
class Disturbed:
    """What became of a deployment with faults."""

    error: str | None
    happened: tuple[Fault, ...]

    @property
    def problems(self) -> Iterator[str]:
        """Where the error does not say what to do."""
        refused = any(fault.kind == "refused" for fault in self.happened)
        if refused and (self.error is None or "what to do: AWS was asked too much at once" not in self.error):
            yield f"the failure does not say what to do: {self.error}"


def disturbed(account: Account, now: Revision, faults: Sequence[Fault]) -> Disturbed:
    """Deploy with faults of one sort: those that it comes to first, one for each stack, or one that ends it all."""
    kind, loses = faults[0].kind, faults[0].loses
    line = Line({fault.step for fault in faults if fault.step}, kind == "killed", loses)
    with refusing({fault.place for fault in faults if fault.place}) as refused:
        error = run(account, now, line).error
    met = {*refused, *line.broke_at}
    return Disturbed(error, tuple(fault for fault in faults if (fault.place or fault.step) in met))


def differences(environment: Environment, start: Start, before: Mapping[str, str]) -> Iterator[str]:
    account, now = environment.account, environment.now
    connection = account.connect(Line())
    for stack in now.rendering.stacks:
        status = stacks.look_at(connection, stack.name, stack.region).status
        if status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            yield f"{stack.name} is in {status}"
    found, wanted = environment.census(), environment.wanted[start]
    yield from (f"{found[key]} {key}, not {wanted[key]}" for key in sorted(wanted | found) if found[key] != wanted[key])
    after = environment.data()
    yield from (
        f"{place} was {name} and is {after.get(place)}" for place, name in before.items() if after.get(place) != name
    )
    if before:
        for region, name in environment.buckets:
            listed = account.client("s3", region).list_objects_v2(Bucket=name, Prefix=_OBJECT)
            if not listed["KeyCount"]:
                yield f"the object in {name} is gone"
    if lock.look(connection, now.architecture):
        yield "the lock is still held"
    last = record.latest(connection, now.architecture)
    if last is None or last.result != "succeeded":
        yield f"the last record is {last}"
    further = run(account, now, Line())
    if further.error is not None or further.changed:
        yield f"a further run changes {further.changed} resources: {further.error}"


def undisturbed(account: Account, now: Revision) -> list[Step]:
    """Deploy without a fault. Returns the steps."""
    line = Line()
    ran = run(account, now, line)
    assert ran.error is None, ran.error
    return list(line.steps)


_lives = itertools.count(1)


@contextmanager
def _in_this_account(connection: Connection, now: Revision, life: int) -> Iterator[None]:
    """Commands find the account in this process, a blueprint that is designed and rendered, and a process of their
    own, which has ended when the next one looks."""
    with (
        patch("groundplan.cli.deploy.connected", lambda loaded, target: connection),
        patch("groundplan.cli.deploy.prepared", lambda loaded, architecture: (now.architecture, now.rendering)),
        patch("groundplan.operations.lock._beginning", lambda process: life),
    ):
        yield


@dataclass(frozen=True)
class Ran:
    """What a deployment told."""

    error: str | None
    changed: int = 0


def run(account: Account, now: Revision, line: Line) -> Ran:
    """``groundplan deploy``, as a process of its own."""
    with _in_this_account(account.connect(line), now, next(_lives)), redirect_stderr(io.StringIO()):
        try:
            done, _ = deploy.bring_about(now.loaded, now.architecture, deploy.Choices(TargetOption.LOCAL))
        except GroundplanError as error:
            return Ran(str(error))
    return Ran(None, done.changed)
