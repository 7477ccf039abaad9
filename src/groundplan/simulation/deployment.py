"""How long a first deployment takes: known creation times along the critical path.

CloudFormation begins a stack once those that it needs are complete, several at the same time, and within a stack each
resource once those that it refers to are there. Terraform knows no stacks: it begins each resource by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Generic, Literal, TypeVar

from groundplan.catalog.creation_times import CreationTime, creation_time
from groundplan.resources import CONCERNS, Architecture, Resource
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance

T = TypeVar("T", bound=Hashable)
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
    found = {end: _predicted(architecture, engine, end) for end in ("low", "expected", "high")}
    (low, _), (expected, path), (high, _) = found["low"], found["expected"], found["high"]
    return DeploymentTime(low, expected, high, tuple(path))


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


def _predicted(architecture: Architecture, engine: Engine, end: End) -> tuple[float, list[Step]]:
    resources = tuple(architecture)
    steps = {item: Step(item.address, time_of(item, engine)) for item in resources}

    def seconds(item: Resource) -> float:
        return float(getattr(steps[item].time, end))

    needs = _needs(resources)
    if engine == "terraform":
        run = _run(resources, needs, seconds, RESOURCES_AT_ONCE)
        total, path = run.end, [steps[item] for item in run.path]
    else:
        total, path = _by_stack(architecture, resources, needs, seconds, steps, end)
    if architecture.workloads:
        last = Step("cluster", creation_time("workloads"))
        return total + float(getattr(last.time, end)), [*path, last]
    return total, path


def _by_stack(
    architecture: Architecture,
    resources: Sequence[Resource],
    needs: Mapping[Resource, Sequence[Resource]],
    seconds: Callable[[Resource], float],
    steps: Mapping[Resource, Step],
    end: End,
) -> tuple[float, list[Step]]:
    place = {item: (CONCERNS.index(item.concern), item.region or architecture.region) for item in resources}
    stacks = sorted(set(place.values()))
    beside = creation_time("stack")
    inside = {
        stack: _run(
            members := [item for item in resources if place[item] == stack],
            {item: [need for need in needs[item] if place[need] == stack] for item in members},
            seconds,
            len(members),
        )
        for stack in stacks
    }
    between = {
        stack: sorted({place[need] for item in resources if place[item] == stack for need in needs[item]} - {stack})
        for stack in stacks
    }
    whole = _run(stacks, between, lambda stack: inside[stack].end + float(getattr(beside, end)), STACKS_AT_ONCE)
    path: list[Step] = []
    for stack in whole.path:
        concern, region = CONCERNS[stack[0]], stack[1]
        where = "" if region == architecture.region else f" in {region}"
        path += [Step(f"stack {concern}{where}", beside), *(steps[item] for item in inside[stack].path)]
    return whole.end, path


def _needs(resources: Sequence[Resource]) -> dict[Resource, list[Resource]]:
    by_ref = {item.ref: item for item in resources}
    return {
        item: [by_ref[ref] for ref in dict.fromkeys(item.references()) if ref in by_ref and by_ref[ref] is not item]
        for item in resources
    }


@dataclass(frozen=True, slots=True)
class _Run(Generic[T]):
    """When everything has ended, and what was waited for, one after the other."""

    end: float
    path: tuple[T, ...]


def _run(items: Sequence[T], needs: Mapping[T, Sequence[T]], seconds: Callable[[T], float], at_once: int) -> _Run[T]:
    """Begin each item once all that it needs has ended and a place is free; of those that may begin, the first.

    Raises ValueError where items need one another in a circle.
    """
    place = {item: number for number, item in enumerate(items)}
    missing = {item: len(needs[item]) for item in items}
    needed_by: dict[T, list[T]] = {}
    for item in items:
        for need in needs[item]:
            needed_by.setdefault(need, []).append(item)
    free = [place[item] for item in items if not missing[item]]
    under_way: list[tuple[float, int]] = []
    ended: dict[T, float] = {}
    after: dict[T, T | None] = {}
    now: float = 0
    freed: T | None = None
    while free or under_way:
        while free and len(under_way) < at_once:
            item = items[heappop(free)]
            latest = max(needs[item], key=lambda need: ended[need], default=None)
            after[item] = latest if latest is not None and ended[latest] >= now else freed
            heappush(under_way, (now + seconds(item), place[item]))
        now, number = heappop(under_way)
        freed = items[number]
        ended[freed] = now
        for item in needed_by.get(freed, ()):
            missing[item] -= 1
            if not missing[item]:
                heappush(free, place[item])
    if len(ended) < len(items):
        raise ValueError(f"these need one another: {[item for item in items if item not in ended]}")
    if not ended:
        return _Run(0.0, ())
    last: T | None = max(ended, key=lambda item: ended[item])
    path: list[T] = []
    while last is not None:
        path.append(last)
        last = after[last]
    return _Run(now, tuple(reversed(path)))
