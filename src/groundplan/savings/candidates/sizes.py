"""Right-sizing: the smallest size that still holds what was measured, at the use that is aimed at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import ceil

from groundplan.blueprint.loading import LoadedEnvironment
from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.tree import Plain
from groundplan.catalog import fargate, instances
from groundplan.errors import InputError, Problem, suggestion
from groundplan.savings.candidates.machines import ELASTICACHE, RDS, sibling
from groundplan.savings.change import Change
from groundplan.units import Percentage

SIZES = ("nano", "micro", "small", "medium", "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge")
"""From small to large; from the largest ones on, right-sizing is left to people."""


def changes(loaded: LoadedEnvironment, used: Mapping[str, Percentage], target: Percentage) -> Iterator[Change]:
    """A change for each that uses less than it could. Raises InputError for names that nothing has."""
    blueprint = loaded.blueprint
    known = [*blueprint.services, *blueprint.databases, *blueprint.caches, *blueprint.capacity]
    known += blueprint.kubernetes.nodes
    wrong = [name for name in used if name not in known]
    if wrong:
        raise InputError(
            [
                Problem(
                    f'nothing that has a size is called "{name}"'
                    f"{suggestion(name, known) or '; write the name of a service, database, cache or node group'}"
                )
                for name in wrong
            ]
        )
    return _changes(blueprint, used, target)


def _changes(blueprint: Blueprint, used: Mapping[str, Percentage], target: Percentage) -> Iterator[Change]:
    if not used:
        unknown = "how much is used was not said; measure it, and say --used NAME=PERCENT"
        yield Change("right-sizing", "sizes as large as they are used", {}, unknown=unknown)
    for name, share in used.items():
        enough = Fraction(share.fraction) / Fraction(target.fraction)
        settings: dict[str, Plain] = {}
        for key, machine in _machines(blueprint, name):
            if smaller := smallest(machine, enough):
                settings[key] = smaller
        if name in blueprint.services:
            settings |= _task(blueprint, name, enough)
        if name in blueprint.kubernetes.nodes:
            settings |= _nodes(blueprint, name, enough)
        if settings:
            note = f"measured {share}, aimed at {target}; measure at the busiest hour"
            yield Change("right-sizing", f"{name} as large as it is used", settings, note)
        if managed := _on_graviton(blueprint, name, settings):
            yield Change("right-sizing", f"{name} as large as it is used, on Graviton", settings | managed, note)


def _machines(blueprint: Blueprint, name: str) -> Iterator[tuple[str, str]]:
    if name in blueprint.databases:
        yield f"databases.{name}.class", blueprint.databases[name].instance_class
    if name in blueprint.caches:
        yield f"caches.{name}.class", blueprint.caches[name].node_class
    if name in blueprint.capacity:
        yield f"capacity.{name}.instance", blueprint.capacity[name].instance


def _on_graviton(blueprint: Blueprint, name: str, settings: Mapping[str, Plain]) -> dict[str, Plain]:
    """The same size of database or cache, which run no images, with AWS's own processors."""
    found: dict[str, Plain] = {}
    for key, sku in (
        (f"databases.{name}.class", RDS),
        (f"caches.{name}.class", ELASTICACHE.format(_engine(blueprint, name), "{}")),
    ):
        machine = settings.get(key)
        if isinstance(machine, str) and (better := sibling(machine, blueprint.region, sku)):
            found[key] = better
    return found


def _engine(blueprint: Blueprint, name: str) -> str:
    return blueprint.caches[name].engine.name if name in blueprint.caches else ""


def smallest(machine: str, share: Fraction) -> str | None:
    """The smallest size that has this share of both CPU and memory: of the same family, else of the burstable one with
    the same processors. None where nothing smaller has it."""
    own = instances.find(machine)
    if own is None or not own.vcpu or not own.memory_gib:
        return None
    cpu, memory = own.vcpu * share, Fraction(own.memory_gib) * share
    *prefix, family, _ = machine.split(".")
    burstable = "t4g" if own.architecture == "arm64" or family.endswith("g") else "t3"
    table = instances.rds_classes() if machine.startswith("db.") else instances.ec2_types()
    if machine.startswith("cache."):
        table = instances.cache_node_types()
    for each_family in (family, burstable):
        names = (".".join((*prefix, each_family, size)) for size in SIZES)
        for each in filter(None, map(table.get, names)):
            if not each.vcpu or not each.memory_gib or each.memory_gib >= own.memory_gib:
                continue
            if cpu <= each.vcpu and memory <= Fraction(each.memory_gib):
                return each.name
    return None


def _task(blueprint: Blueprint, name: str, share: Fraction) -> Mapping[str, Plain]:
    service = blueprint.services[name]
    size = service.size
    cpu, memory = ceil(size.cpu * share), ceil(size.memory * share)
    if blueprint.platform == "ecs" and not any(one in blueprint.capacity for one in service.capacity):
        fitting = fargate.nearest(cpu, memory)
        cpu, memory = fitting.cpu, fitting.memory_mib
    if cpu > size.cpu or memory > size.memory or (cpu, memory) == (size.cpu, size.memory):
        return {}
    return {f"services.{name}.size": {"cpu": cpu, "memory": memory}}


def _nodes(blueprint: Blueprint, name: str, share: Fraction) -> Mapping[str, Plain]:
    """Fewer nodes; not fewer than scaling keeps in any case."""
    group = blueprint.kubernetes.nodes[name]
    wanted = max(group.min, ceil(group.desired * share))
    return {f"kubernetes.nodes.{name}.desired": wanted} if wanted < group.desired else {}
