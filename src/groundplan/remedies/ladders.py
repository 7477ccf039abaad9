"""What in the blueprint could be more: each ladder is one setting, from a little more to a lot more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from groundplan.blueprint.loading import LoadedEnvironment
from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.services import Service
from groundplan.blueprint.tree import Plain
from groundplan.catalog import fargate, instances, prices, regions
from groundplan.redesign import Settings
from groundplan.units import is_private

MOST_TASKS = 1000
"""Tasks of a service to which a ladder leads: the quota of new accounts.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html"""
MOST_REPLICAS = 5
_DAY = 86400
_BACKUPS = (1, 7, 14, 35)
"""Days that automated backups are kept; 35 is the most that RDS takes."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """One thing that could be more."""

    title: str
    steps: tuple[Settings, ...]
    """From the least to the most."""


def ladders(loaded: LoadedEnvironment, objective: str) -> tuple[Ladder, ...]:
    """The settings that an objective may hang on, by the objective's name (``recovery.zone.time``)."""
    blueprint = loaded.blueprint
    kind = objective.partition(".")[0]
    if kind in ("availability", "recovery"):
        found = [*_redundancy(blueprint, loaded)]
        if objective.endswith(".point") or kind == "recovery":
            found += _copies(blueprint)
        return tuple(found)
    if kind in ("latency", "users", "requests"):
        return tuple(_capacity(blueprint))
    return tuple(_less(blueprint)) if kind == "utilisation" else ()


def _redundancy(blueprint: Blueprint, loaded: LoadedEnvironment) -> Iterator[Ladder]:
    """A second of everything, then a second zone and a second region."""
    for name, database in blueprint.databases.items():
        if not database.standby:
            settings: Settings = {f"databases.{name}.standby": True, f"databases.{name}.zone": None}
            yield Ladder(f"database {name} with a standby", (settings,))
    for name, cache in blueprint.caches.items():
        steps = tuple({f"caches.{name}.nodes": count} for count in range(cache.nodes + 1, 4))
        if steps:
            yield Ladder(f"cache {name} with more nodes", steps)
    for name, service in blueprint.services.items():
        if getattr(service, "zones", None):
            yield Ladder(f"service {name} in every zone", ({f"services.{name}.zones": None},))
        yield Ladder(f"service {name} with more tasks at least", tuple(_at_least(name, service)))
    if blueprint.network.nat == "single":
        yield Ladder("a NAT gateway in every zone", ({"network.nat": "per-zone"},))
    more = _another_zone(blueprint)
    if more:
        yield Ladder("one zone more", ({"network.zones": more},))
    for name, group in blueprint.kubernetes.nodes.items() if blueprint.platform == "eks" else ():
        steps = tuple(
            {
                f"kubernetes.nodes.{name}.min": count,
                f"kubernetes.nodes.{name}.desired": count,
                f"kubernetes.nodes.{name}.max": max(count, group.max),
            }
            for count in range(group.desired + 1, 2 * group.desired + 3)
        )
        yield Ladder(f"node group {name} with more nodes", steps)
    if loaded.standby is None:
        region = _far_away(blueprint.region)
        if region:
            network: dict[str, Plain] = {"cidr": str(_beside(blueprint.network.cidr))}
            if blueprint.network.subnets:
                network["subnets"] = None
            standby: dict[str, Plain] = {"region": region, "overlay": {"network": network}}
            yield Ladder(f"a standby in {region}", ({"standby": standby},))


def _copies(blueprint: Blueprint) -> Iterator[Ladder]:
    """Backups, replicas and versions."""
    for name, database in blueprint.databases.items():
        steps = tuple({f"databases.{name}.backups": f"{days}d"} for days in _BACKUPS if days > database.backups.days)
        if steps:
            yield Ladder(f"database {name} with longer backups", steps)
        if database.replicas == 0:
            yield Ladder(f"database {name} with a replica", ({f"databases.{name}.replicas": 1},))
    for name, bucket in blueprint.buckets.items():
        if not bucket.versioning:
            yield Ladder(f"bucket {name} with versions", ({f"buckets.{name}.versioning": True},))
    for name, cache in blueprint.caches.items():
        if cache.snapshots.seconds == 0:
            yield Ladder(f"cache {name} with snapshots", ({f"caches.{name}.snapshots": "7d"},))
    if blueprint.backup is None:
        yield Ladder("AWS Backup", ({"backup": {}},))


def _capacity(blueprint: Blueprint) -> Iterator[Ladder]:
    """More tasks at the most, larger tasks, larger databases."""
    for name, service in blueprint.services.items():
        steps = tuple({f"services.{name}.tasks.max": most} for most in range(service.tasks.max + 1, MOST_TASKS + 1))
        yield Ladder(f"service {name} with more tasks at the most", steps)
        yield Ladder(f"service {name} with more tasks at least", tuple(_at_least(name, service)))
        if service.scaling is not None and service.scaling.cpu is not None:
            now = service.scaling.cpu.percent
            lower = tuple({f"services.{name}.scaling.cpu": f"{each}%"} for each in (60, 50, 40, 30) if each < now)
            if lower:
                yield Ladder(f"service {name} scaling out earlier", lower)
        sizes = tuple(_sizes(blueprint, name, service))
        if sizes:
            yield Ladder(f"service {name} with larger tasks", sizes)
    for name, database in blueprint.databases.items():
        classes = tuple({f"databases.{name}.class": each} for each in larger(database.instance_class))
        if classes:
            yield Ladder(f"database {name} of a larger class", classes)


def _less(blueprint: Blueprint) -> Iterator[Ladder]:
    """Fewer and smaller tasks: what is there is used more."""
    for name, service in blueprint.services.items():
        steps = tuple(
            {f"services.{name}.tasks.desired": count, f"services.{name}.tasks.min": min(count, service.tasks.min)}
            for count in range(service.tasks.desired - 1, 0, -1)
        )
        if steps:
            yield Ladder(f"service {name} with fewer tasks", steps)
        if service.scaling is not None and service.scaling.cpu is not None:
            now = service.scaling.cpu.percent
            higher = tuple({f"services.{name}.scaling.cpu": f"{each}%"} for each in (70, 75, 80, 85, 90) if each > now)
            if higher:
                yield Ladder(f"service {name} scaling out later", higher)


def _at_least(name: str, service: Service) -> Iterator[Settings]:
    tasks = service.tasks
    for count in range(tasks.desired + 1, 4 * max(tasks.desired, 1) + 1):
        yield {
            f"services.{name}.tasks.desired": count,
            f"services.{name}.tasks.min": max(count, tasks.min),
            f"services.{name}.tasks.max": max(count, tasks.max),
        }


def _sizes(blueprint: Blueprint, name: str, service: Service) -> Iterator[Settings]:
    """More CPU, with the memory that goes with it."""
    own = service.size
    if blueprint.platform != "ecs" or any(each in blueprint.capacity for each in service.capacity):
        for factor in (2, 4, 8):
            yield {f"services.{name}.size": {"cpu": own.cpu * factor, "memory": own.memory}}
        return
    for cpu in fargate.cpus():
        fitting = [memory for memory in fargate.memories_for(cpu) if memory >= own.memory]
        if cpu > own.cpu and fitting:
            yield {f"services.{name}.size": {"cpu": cpu, "memory": fitting[0]}}


def larger(machine: str) -> Sequence[str]:
    """The classes of the same family with more CPU or memory, the next first; empty where none is known."""
    own = instances.find(machine)
    if own is None:
        return ()
    table = instances.rds_classes() if machine.startswith("db.") else instances.cache_node_types()
    bigger = [
        each
        for each in table.values()
        if each.family == own.family and (each.memory_gib or 0) > (own.memory_gib or 0) and each.memory_gib
    ]
    return tuple(each.name for each in sorted(bigger, key=lambda each: (each.memory_gib or 0, each.vcpu or 0)))


def _another_zone(blueprint: Blueprint) -> list[Plain] | None:
    region = regions.find(blueprint.region)
    if region is None:
        return None
    left = [letter for letter in region.zones if letter not in blueprint.network.zones]
    return [*blueprint.network.zones, left[0]] if left else None


def _beside(network: IPv4Network) -> IPv4Network:
    """The next range of the same size, or the one before where that is no private one."""
    following = IPv4Network((int(network.network_address) + network.num_addresses, network.prefixlen))
    if is_private(following):
        return following
    return IPv4Network((int(network.network_address) - network.num_addresses, network.prefixlen))


def _far_away(region: str) -> str | None:
    """Another region of the same part of the world, because data often may not leave it: the one with most prices."""
    part = region.partition("-")[0]
    known = Counter(price.region for price in prices.book())
    near = [name for name in regions.all_regions() if name != region and name.partition("-")[0] == part]
    return max(near, key=lambda name: known[name], default=None)
