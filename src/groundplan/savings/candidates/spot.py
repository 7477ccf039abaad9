"""Capacity that AWS may take back: Fargate Spot and EC2 Spot."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.blueprint.models import Blueprint
from groundplan.savings.change import Change

UNKNOWN = "Spot prices of EC2 change by the hour and the zone; on demand is the most they reach"
NOTE = "a task may be taken away with two minutes of warning"


def changes(blueprint: Blueprint) -> Iterator[Change]:
    """Of each service all tasks but one, or the only one; EC2 capacity and nodes."""
    choice = blueprint.profile == "production"
    for name, service in blueprint.services.items():
        if blueprint.platform != "ecs" or set(service.capacity) != {"fargate"}:
            continue
        base = 1 if service.tasks.desired > 1 else 0
        which = "all tasks but one" if base else "its task"
        yield Change(
            "spot",
            f"service {name}: {which} on Fargate Spot",
            {f"services.{name}.capacity": {"fargate": {"base": base, "weight": 0}, "fargate-spot": {"weight": 1}}},
            NOTE,
            choice=choice,
        )
    for name, capacity in blueprint.capacity.items():
        if not capacity.spot:
            settings = {f"capacity.{name}.spot": True}
            yield Change("spot", f"capacity {name} on Spot", settings, NOTE, choice=choice, unknown=UNKNOWN)
    for name, group in blueprint.kubernetes.nodes.items() if blueprint.platform == "eks" else ():
        if not group.spot:
            settings = {f"kubernetes.nodes.{name}.spot": True}
            yield Change("spot", f"nodes {name} on Spot", settings, NOTE, choice=choice, unknown=UNKNOWN)
