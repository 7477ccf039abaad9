"""Every disruption of an environment: how long until users can work again, and how much is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import get_args

from groundplan.blueprint.objectives import Disruption
from groundplan.recovery import restores, services
from groundplan.recovery.failover import promotion_steps
from groundplan.recovery.points import Fate, Point, points, worst
from groundplan.recovery.running import Running, running
from groundplan.recovery.steps import Given, Seconds, Step
from groundplan.recovery.stores import Stores
from groundplan.recovery.timeline import Timeline, timeline
from groundplan.resources import Architecture
from groundplan.resources.network import NatGateway, Subnet

DISRUPTIONS: tuple[Disruption, ...] = get_args(Disruption)

TITLES: dict[Disruption, str] = {
    "task": "a task or pod crashes or hangs",
    "node": "the host or node under a task is gone",
    "database": "a database instance or a cache's node is gone",
    "zone": "a zone is gone",
    "region": "the region is gone",
    "table": "a table, objects or files are deleted by mistake",
    "corruption": "data are wrong, and somebody has found out",
    "key": "a KMS key is on its way to deletion",
}


@dataclass(frozen=True)
class Recovery:
    """One disruption."""

    disruption: Disruption
    where: str
    """What exactly is lost, where that makes a difference: the zone. Empty otherwise."""
    steps: tuple[Step, ...]
    points: tuple[Point, ...]
    never: tuple[str, ...] = ()
    """Why it is never as it was; empty: it is."""
    remedy: str = ""
    """What in the blueprint would change that."""
    assumptions: tuple[str, ...] = ()
    """What holds for all of it, beside what its steps assume."""

    @property
    def title(self) -> str:
        """What happens, in words."""
        return TITLES[self.disruption]

    @cached_property
    def times(self) -> Timeline:
        """When each step ends."""
        return timeline(self.steps)

    @property
    def total(self) -> Seconds | None:
        """Until users can work again; None where nobody knows, or never."""
        return None if self.never else self.times.total

    @property
    def whole(self) -> Seconds | None:
        """Until everything is as before; None where nobody knows, or never."""
        return None if self.never else self.times.whole

    @cached_property
    def lost(self) -> tuple[Fate, Seconds]:
        """The worst of all stores that count."""
        return worst(self.points)

    @property
    def waits_for_person(self) -> bool:
        """Whether the total is not known because nobody knows how long people take."""
        return any(step.seconds is None and step.waited_for for step in self.steps)

    @cached_property
    def critical(self) -> tuple[Step, ...]:
        """The steps on the longest way, at the most, until users can work again, in order; those of people count as
        longer than any other."""
        known = {step.name: step for step in self.steps}
        ends: dict[str, tuple[int, int]] = {}
        for step in self.steps:
            begin = max((ends[name] for name in step.after), default=(0, 0))
            own = (1, 0) if step.seconds is None else (0, step.seconds.high)
            ends[step.name] = (begin[0] + own[0], begin[1] + own[1])
        at = max((step for step in self.steps if step.waited_for), key=lambda step: ends[step.name], default=None)
        way: list[Step] = []
        while at is not None:
            way.append(at)
            before = max(at.after, key=lambda name: ends[name], default=None)
            at = known[before] if before is not None else None
        return tuple(reversed(way))

    @property
    def remedies_of_time(self) -> tuple[str, ...]:
        """What in the blueprint would make it quicker, what takes longest first."""
        if self.never:
            return (self.remedy,) if self.remedy else ()
        ordered = sorted(self.critical, key=lambda step: -(step.seconds.high if step.seconds else 10**9))
        return tuple(dict.fromkeys(step.remedy for step in ordered if step.remedy))

    @property
    def remedies_of_point(self) -> tuple[str, ...]:
        """What in the blueprint would lose less, where most is lost first."""
        rank = {"all": 0, "unknown": 1, "some": 2}
        counted = [point for point in self.points if point.counts and (point.fate != "some" or point.lost.high)]
        ordered = sorted(counted, key=lambda point: (rank[point.fate], -point.lost.high))
        return tuple(dict.fromkeys(point.remedy for point in ordered if point.remedy))


def survey(architecture: Architecture, given: Given) -> tuple[Recovery, ...]:
    """What can happen to an environment, in the order of the blueprint's key. What it does not have it cannot lose."""
    stores = Stores(architecture)
    runs = running(architecture, given.tasks_needed)
    return tuple(
        recovery
        for disruption in DISRUPTIONS
        for recovery in (_recovery(disruption, architecture, stores, runs, given),)
        if recovery is not None
    )


def _recovery(
    disruption: Disruption, architecture: Architecture, stores: Stores, runs: tuple[Running, ...], given: Given
) -> Recovery | None:
    lost = points(disruption, stores, given)
    match disruption:
        case "task" if runs:
            steps = tuple(step for service in runs for step in services.after_task(service, given))
            return Recovery(disruption, "", steps, lost, assumptions=(NOTHING_KEPT,))
        case "node" if runs:
            steps = tuple(step for service in runs for step in services.after_host(service, given))
            return Recovery(disruption, "", steps, lost, assumptions=(NOTHING_KEPT, ONE_EACH))
        case "database" if stores.databases or stores.caches:
            return Recovery(disruption, "", tuple(restores.after_instance(stores, given)), lost)
        case "zone":
            return _worst_zone(architecture, stores, runs, lost, given)
        case "region":
            return _region(architecture, lost, given)
        case "table" if stores.any:
            never = restores.lost_for_good(stores)
            steps = tuple(restores.after_deletion(stores, given))
            return Recovery(disruption, "", steps, lost, never, KEEP, (FAILING,))
        case "corruption" if stores.any:
            never = restores.lost_for_good(stores)
            steps = tuple(restores.after_corruption(stores, given))
            return Recovery(disruption, "", steps, lost, never, KEEP, (NOT_COUNTED,))
        case "key" if stores.keys:
            return Recovery(disruption, "", tuple(restores.after_key(stores, given)), lost, assumptions=(FAILING,))
    return None


NOTHING_KEPT = "services keep nothing in their own files that others do not have"
ONE_EACH = "no two tasks of one service share a host, as long as there are hosts enough"
FAILING = "requests that need what is gone fail, and are counted as errors"
NOT_COUNTED = "the clock begins when somebody has found out; until then people work with wrong data"
KEEP = "databases.<name>.backups, buckets.<name>.versioning, backup: {}"


def _worst_zone(
    architecture: Architecture, stores: Stores, runs: tuple[Running, ...], lost: tuple[Point, ...], given: Given
) -> Recovery | None:
    """The zone whose loss takes longest. Databases may stand in any; what says its zone stands there."""
    zones = dict.fromkeys(
        item.availability_zone for item in architecture.of(Subnet) if item.address not in architecture.in_standby
    )
    found = [_zone(zone, len(zones) > 1, architecture, stores, runs, lost, given) for zone in zones]

    def rank(recovery: Recovery) -> tuple[int, int, int]:
        unknown = sum(step.seconds is None and step.waited_for for step in recovery.steps)
        whole = recovery.times.whole
        return unknown, recovery.total.high if recovery.total else 0, whole.high if whole else 0

    return max(found, key=rank, default=None)


def _zone(
    zone: str,
    elsewhere: bool,
    architecture: Architecture,
    stores: Stores,
    runs: tuple[Running, ...],
    lost: tuple[Point, ...],
    given: Given,
) -> Recovery:
    steps = [step for service in runs for step in services.after_zone(service, zone, given, elsewhere=elsewhere)]
    if any(service.balanced and zone in service.zones for service in runs):
        what = "The load balancer's address in the zone is given out no more"
        steps.append(given.step("load balancer: zone", what, "Route 53", "balancer_zone"))
    steps += restores.after_zone(stores, zone, given)
    steps += _way_out(zone, architecture, runs, given)
    assumptions = [
        f"{item.needed} of {item.tasks} tasks of {item.name} carry all requests; {item.left_without(zone)} without the "
        f"zone (reliability.tasks_needed.{item.name})"
        for item in runs
        if zone in item.zones and item.name not in given.tasks_needed
    ]
    return Recovery("zone", zone, tuple(steps), lost, assumptions=tuple(assumptions))


def _way_out(zone: str, architecture: Architecture, runs: tuple[Running, ...], given: Given) -> Iterator[Step]:
    """Gateways in the zone take the way out of all others with them where these have none of their own."""
    ours = [item for item in architecture.of(NatGateway) if item.address not in architecture.in_standby]
    zones = {architecture[item.subnet].availability_zone for item in ours}
    if zones != {zone} or not any(set(service.zones) - {zone} for service in runs):
        return
    remedy = "network.nat: per-zone"
    what = "The only way to the internet was in the zone: somebody makes one in another"
    yield given.person("way out: act", what, waited_for=False, remedy=remedy)
    what = "network.nat in another zone, deployed; until then nothing in the network calls the internet"
    yield given.step("way out", what, "a person", "deployment", after=("way out: act",), waited_for=False)


def _region(architecture: Architecture, lost: tuple[Point, ...], given: Given) -> Recovery:
    if architecture.standby is None:
        never = ("nothing takes over from a region that is gone",)
        return Recovery("region", architecture.region, (), lost, never, "standby: {region: ...}")
    return Recovery("region", architecture.region, promotion_steps(architecture, given), lost)
