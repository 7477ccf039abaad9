"""How long a first deployment takes: known creation times along the critical path.

CloudFormation begins a stack once those that it needs are complete, several at the same time, and within a stack each
resource once those that it refers to are there. Terraform knows no stacks: it begins each resource by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Literal, TypeAlias

from groundplan.catalog.creation_times import CreationTime, creation_time
from groundplan.resources import CONCERNS, Architecture, Resource
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance

Engine = Literal["cloudformation", "terraform"]
End = Literal["low", "expected", "high"]

STACKS_AT_ONCE = 4
"""Stacks that ``groundplan deploy`` brings about at the same time."""
RESOURCES_AT_ONCE = 10
"""Resources that Terraform works on at the same time.
Source: https://developer.hashicorp.com/terraform/cli/commands/apply#parallelism-n"""


@dataclass(frozen=True, slots=True)
class Step:
    """What the deployment waits for."""

    what: str
    """Address of a resource, or name of a stack."""
    time: CreationTime


@dataclass(frozen=True, slots=True)
class DeploymentTime:
    """Seconds until everything is there, where every resource takes its least, expected or longest time."""

    low: float
    expected: float
    high: float
    path: tuple[Step, ...]
    """The critical path as expected: what is waited for, one after the other."""


def deployment_time(architecture: Architecture, engine: Engine) -> DeploymentTime:
    """How long the first deployment of an environment takes."""
    found = _Deployment(architecture, engine)
    (low, _), (expected, path), (high, _) = found.until("low"), found.until("expected"), found.until("high")
    return DeploymentTime(low, expected, high, tuple(path))


def least_time(architecture: Architecture, engine: Engine) -> float:
    """Seconds until everything is there, where every resource takes its least time."""
    least, _ = _Deployment(architecture, engine).until("low")
    return least


class _Deployment:
    """What has to be made, and what before what."""

    def __init__(self, architecture: Architecture, engine: Engine) -> None:
        self._steps = [Step(item.address, time_of(item, engine)) for item in architecture]
        self._needs = _needs(architecture.resources)
        self._stacks = None if engine == "terraform" else _stacks(architecture, self._needs)
        self._workloads = bool(architecture.workloads)

    def until(self, end: End) -> tuple[float, list[Step]]:
        """Seconds until everything is there, and the critical path."""
        seconds = [_seconds(step.time, end) for step in self._steps]
        if self._stacks is None:
            run = _run(self._needs, seconds, RESOURCES_AT_ONCE)
            total, path = run.end, [self._steps[number] for number in run.path]
        else:
            total, path = _by_stack(self._stacks, self._steps, seconds, end)
        if self._workloads:
            last = Step("cluster", creation_time("workloads"))
            return total + _seconds(last.time, end), [*path, last]
        return total, path


def _seconds(time: CreationTime, end: End) -> float:
    return float(time.low if end == "low" else time.expected if end == "expected" else time.high)


def time_of(resource: Resource, engine: Engine) -> CreationTime:
    """How long a resource takes, by its kind and shape."""
    match resource:
        case DatabaseInstance(source=source) if source is not None:
            return creation_time("database_instance_replica")
        case DatabaseInstance(multi_az=True):
            return creation_time("database_instance_standby")
        case CacheReplicationGroup() if (resource.num_cache_clusters or 1) > 1 or resource.replicas_per_node_group:
            return creation_time("cache_replication_group_replicas")
    return creation_time(resource.kind_name(), engine)


Needs: TypeAlias = Sequence[Sequence[int]]
"""Who needs whom, by the numbers that things have in their order: far quicker to look up than resources are."""


def _needs(resources: Sequence[Resource]) -> Needs:
    number = {item.ref: place for place, item in enumerate(resources)}
    needed = (dict.fromkeys(map(number.get, item.references())) for item in resources)
    return [[it for it in found if it is not None and it != place] for place, found in enumerate(needed)]


@dataclass(frozen=True, slots=True)
class _Stack:
    """One stack of CloudFormation's."""

    name: str
    members: Sequence[int]
    """The numbers of its resources."""
    inside: Needs
    """What each of them needs of the others, by their places in ``members``."""
    needs: Sequence[int]
    """The stacks that it needs, by their places."""


def _stacks(architecture: Architecture, needs: Needs) -> list[_Stack]:
    region = architecture.region
    keys = [(CONCERNS.index(item.concern), item.region or region) for item in architecture]
    members: dict[tuple[int, str], list[int]] = {key: [] for key in sorted(set(keys))}
    for number, key in enumerate(keys):
        members[key].append(number)
    place = {number: place for found in members.values() for place, number in enumerate(found)}
    order = {key: number for number, key in enumerate(members)}
    return [
        _Stack(
            name=f"stack {CONCERNS[key[0]]}{'' if key[1] == region else f' in {key[1]}'}",
            members=found,
            inside=[[place[need] for need in needs[number] if keys[need] == key] for number in found],
            needs=sorted({order[keys[need]] for number in found for need in needs[number]} - {order[key]}),
        )
        for key, found in members.items()
    ]


def _by_stack(
    stacks: Sequence[_Stack], steps: Sequence[Step], seconds: Sequence[float], end: End
) -> tuple[float, list[Step]]:
    beside = creation_time("stack")
    inside = [_run(stack.inside, [seconds[number] for number in stack.members], len(stack.members)) for stack in stacks]
    whole = _run([stack.needs for stack in stacks], [run.end + _seconds(beside, end) for run in inside], STACKS_AT_ONCE)
    path: list[Step] = []
    for place in whole.path:
        stack = stacks[place]
        path += [Step(stack.name, beside), *(steps[stack.members[number]] for number in inside[place].path)]
    return whole.end, path


@dataclass(frozen=True, slots=True)
class _Run:
    """When everything has ended, and what was waited for, one after the other."""

    end: float
    path: tuple[int, ...]


def _run(needs: Needs, seconds: Sequence[float], at_once: int) -> _Run:
    """Begin each thing once all that it needs has ended and a place is free; of those that may begin, the first.

    Raises ValueError where things need one another in a circle.
    """
    missing = [len(needed) for needed in needs]
    needed_by: list[list[int]] = [[] for _ in needs]
    for number, needed in enumerate(needs):
        for need in needed:
            needed_by[need].append(number)
    free = [number for number, count in enumerate(missing) if not count]
    under_way: list[tuple[float, int]] = []
    ended: dict[int, float] = {}
    after: dict[int, int | None] = {}
    now = 0.0
    freed: int | None = None
    while free or under_way:
        while free and len(under_way) < at_once:
            number = heappop(free)
            latest = max(needs[number], key=ended.__getitem__, default=None)
            after[number] = latest if latest is not None and ended[latest] >= now else freed
            heappush(under_way, (now + seconds[number], number))
        now, freed = heappop(under_way)
        ended[freed] = now
        for number in needed_by[freed]:
            missing[number] -= 1
            if not missing[number]:
                heappush(free, number)
    if len(ended) < len(needs):
        raise ValueError(f"these need one another: {[number for number in range(len(needs)) if number not in ended]}")
    last = max(ended, key=ended.__getitem__, default=None)
    path: list[int] = []
    while last is not None:
        path.append(last)
        last = after[last]
    return _Run(now, tuple(reversed(path)))
