"""What tasks run on: a strategy that ECS takes, of capacity that exists, in zones that have both.

Source of the rules: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-capacity-providers.html
"""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.tree import Node, Steps
from groundplan.blueprint.validation.base import Finding, check_zones, workloads
from groundplan.blueprint.workloads import Workload
from groundplan.errors import suggestion

FARGATE = ("fargate", "fargate-spot")
"""What every account has; no capacity of a blueprint can be called so."""
MOST_PROVIDERS = 20
SMALLEST_VOLUME = 30
"""GiB. Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/launch_container_instance.html"""

LARGEST_VOLUME = 65_536
"""GiB. Source: https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html"""


def check_capacity(blueprint: Blueprint, tree: Node) -> Iterator[Finding]:
    """EC2 capacity, and how services and jobs use it."""
    for name, capacity in blueprint.capacity.items():
        at: Steps = ("capacity", name)
        if name in FARGATE:
            yield Finding(at, f"{name} is what AWS runs by itself; give the instances another name", at_key=True)
        yield from check_zones(capacity.zones, blueprint.network.zones, (*at, "zones"))
        if capacity.volume.gib < SMALLEST_VOLUME:
            yield Finding(
                (*at, "volume"), f"the ECS-optimized image needs {SMALLEST_VOLUME} GB, and this is {capacity.volume}"
            )
        if capacity.volume.gib > LARGEST_VOLUME:
            yield Finding(
                (*at, "volume"), f"a gp3 volume has {LARGEST_VOLUME} GB at most, and this is {capacity.volume}"
            )
        if capacity.target.percent < 1 or capacity.target.percent % 1:
            yield Finding((*at, "target"), f"the target is a whole share of 1% to 100%, and is {capacity.target}")
    for family, name, workload in workloads(blueprint):
        yield from _check_strategy(blueprint, workload, (family, name))


def _check_strategy(blueprint: Blueprint, workload: Workload, at: Steps) -> Iterator[Finding]:
    strategy, path = workload.capacity, (*at, "capacity")
    known = [*FARGATE, *blueprint.capacity]
    for name in strategy:
        if name not in known:
            yield Finding(path, f'there is no capacity "{name}"{suggestion(name, known)}')
    if any(name not in known for name in strategy):
        return
    if not strategy:
        yield Finding(path, "nothing would run anywhere; write fargate, fargate-spot or a name under capacity:")
        return
    instances = [name for name in strategy if name not in FARGATE]
    if instances and len(instances) < len(strategy):
        yield Finding(
            path,
            f"ECS does not mix Fargate with EC2 instances in one strategy; keep either "
            f"{' and '.join(name for name in strategy if name in FARGATE)} or {' and '.join(instances)}",
        )
    if len(strategy) > MOST_PROVIDERS:
        yield Finding(
            path, f"ECS takes {MOST_PROVIDERS} kinds of capacity in one strategy, and these are {len(strategy)}"
        )
    bases = [name for name, share in strategy.items() if share.base]
    if len(bases) > 1:
        yield Finding(path, f"only one kind of capacity may have a base; {' and '.join(bases)} have one each")
    if not any(share.weight for share in strategy.values()):
        yield Finding(path, "all weights are 0, so that nothing could be started; give one of them more")
    yield from _check_common_zone(blueprint, workload, instances, at)


def _check_common_zone(blueprint: Blueprint, workload: Workload, instances: list[str], at: Steps) -> Iterator[Finding]:
    """A task's network interface lies in the zone of its instance."""
    every = blueprint.network.zones
    wanted = set(workload.zones or every)
    for name in instances:
        there = set(blueprint.capacity[name].zones or every)
        if not wanted & there:
            yield Finding(
                (*at, "zones"),
                f"the instances of {name} are in {', '.join(sorted(there))}, and the tasks may run in "
                f"{', '.join(sorted(wanted))} only; give them a zone in common",
            )
