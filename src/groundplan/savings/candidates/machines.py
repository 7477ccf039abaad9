"""Other processors and engines: AWS's own Graviton, and Valkey instead of Redis OSS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.tree import Plain
from groundplan.catalog import instances, prices
from groundplan.catalog.prices import Confidence
from groundplan.savings.candidates.spot import UNKNOWN
from groundplan.savings.change import Change

GRAVITON: Mapping[str, tuple[str, ...]] = {
    "t3": ("t4g",),
    "t3a": ("t4g",),
    "m5": ("m6g", "m7g"),
    "m5a": ("m6g", "m7g"),
    "m6i": ("m7g", "m6g"),
    "m7i": ("m7g", "m8g"),
    "r5": ("r6g", "r7g"),
    "r5a": ("r6g", "r7g"),
    "r6i": ("r7g", "r6g"),
    "r7i": ("r7g", "r8g"),
    "c5": ("c6g", "c7g"),
    "c5a": ("c6g", "c7g"),
    "c6i": ("c7g", "c6g"),
    "c7i": ("c7g", "c8g"),
}
"""Family to those of Graviton with as many vCPUs and as much memory by size, the nearest generation first.

Source: https://aws.amazon.com/ec2/instance-types/
"""
RDS = "rds.postgres.{}.single_az.hour"
ELASTICACHE = "elasticache.{}.{}.hour"
_EC2 = "ec2.{}.hour"
REBUILD = "the images have to be built for arm64 first"


def changes(blueprint: Blueprint) -> Iterator[Change]:
    """Databases, caches, EC2 capacity, nodes, Fargate; then engines."""
    region = blueprint.region
    for name, database in blueprint.databases.items():
        settings: dict[str, Plain] = {}
        for key, machine in (("class", database.instance_class), ("replica_class", database.replica_class)):
            better = sibling(machine, region, RDS)
            if better:
                settings[f"databases.{name}.{key}"] = better
        if settings:
            yield Change("graviton", f"database {name} on Graviton", settings, "a short failover while it changes")
    for name, cache in blueprint.caches.items():
        engine = cache.engine.name
        better = sibling(cache.node_class, region, ELASTICACHE.format(engine, "{}"))
        if better:
            yield Change("graviton", f"cache {name} on Graviton", {f"caches.{name}.class": better})
        if engine == "redis":
            note = "Redis OSS is upgraded to Valkey in place; clients that speak Redis 7.2 go on"
            yield Change("engine", f"cache {name} with Valkey", {f"caches.{name}.engine": "valkey 8.0"}, note)
    yield from _fargate(blueprint)
    yield from _capacity(blueprint)
    yield from _nodes(blueprint)


def _fargate(blueprint: Blueprint) -> Iterator[Change]:
    if blueprint.platform != "ecs":
        return
    for name, service in blueprint.services.items():
        if service.architecture == "x86_64" and not _capacities(blueprint, service.capacity):
            yield Change("graviton", f"service {name} on Graviton", {f"services.{name}.architecture": "arm64"}, REBUILD)


def _capacity(blueprint: Blueprint) -> Iterator[Change]:
    for name, capacity in blueprint.capacity.items():
        better = sibling(capacity.instance, blueprint.region, _EC2)
        if better:
            settings: dict[str, Plain] = {f"capacity.{name}.instance": better}
            settings |= {
                f"{family}.{one}.architecture": "arm64"
                for family, workloads in (("services", blueprint.services), ("jobs", blueprint.jobs))
                for one, workload in workloads.items()
                if name in workload.capacity and workload.architecture != "arm64"
            }
            unknown = UNKNOWN if capacity.spot else ""
            yield Change("graviton", f"capacity {name} on Graviton", settings, REBUILD, unknown=unknown)


def _nodes(blueprint: Blueprint) -> Iterator[Change]:
    """Groups without taints go together: any pod may land on any of them. One with taints goes with its services."""
    if blueprint.platform != "eks":
        return
    groups = blueprint.kubernetes.nodes
    for chosen in ([name for name in groups if not groups[name].taints], *([n] for n in groups if groups[n].taints)):
        settings: dict[str, Plain] = {}
        for name in chosen:
            better = [sibling(each, blueprint.region, _EC2) for each in groups[name].instances]
            machines = [machine for machine in better if machine]
            if len(machines) == len(better):
                settings[f"kubernetes.nodes.{name}.instances"] = list(machines)
        if len(settings) < len(chosen) or not chosen:
            continue
        for name, service in blueprint.services.items():
            if service.nodes in chosen or (service.nodes is None and not groups[chosen[0]].taints):
                settings[f"services.{name}.architecture"] = "arm64"
        if not groups[chosen[0]].taints:
            settings |= {f"jobs.{name}.architecture": "arm64" for name in blueprint.jobs}
        unknown = UNKNOWN if all(groups[name].spot for name in chosen) else ""
        yield Change("graviton", f"nodes {', '.join(chosen)} on Graviton", settings, REBUILD, unknown=unknown)


def _capacities(blueprint: Blueprint, shares: Mapping[str, object]) -> bool:
    return any(name in blueprint.capacity for name in shares)


def sibling(machine: str | None, region: str, sku: str) -> str | None:
    """The Graviton machine of the same size: the first that has a price here, else the first that there is."""
    *prefix, family, size = (machine or ".").split(".")
    known = [
        name for to in GRAVITON.get(family, ()) if instances.find(name := ".".join((*prefix, to, size))) is not None
    ]
    return next(
        (name for name in known if _is_priced(sku.format(name.replace(".", "_")), region)), known[0] if known else None
    )


def _is_priced(sku: str, region: str) -> bool:
    price = prices.price(sku, region)
    return price is not None and price.confidence is not Confidence.LOW
