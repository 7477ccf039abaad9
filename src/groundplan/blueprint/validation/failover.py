"""What leads to a standby: intervals that Route 53 knows, domains that it can ask; and recoveries that can be."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.objectives import Disruption
from groundplan.blueprint.tree import Node, Steps
from groundplan.blueprint.validation.base import Finding

INTERVALS = (10, 30)
"""Seconds. Source: https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html"""
LONGEST_AFTER = 3600
"""Seconds: who waits longer than an hour is quicker by hand."""
IN_NO_TIME = "nothing recovers in no time: even a failover takes seconds; write what is bearable, like 15m"


def check_failover(blueprint: Blueprint, tree: Node) -> Iterator[Finding]:
    """``standby.health``, ``after`` and ``promote``, and the public services that are to fail over."""
    asked = blueprint.standby
    if asked is not None:
        if asked.health.seconds not in INTERVALS:
            yield Finding(("standby", "health"), f"Route 53 asks every 30s or every 10s, not every {asked.health}")
        if asked.after.seconds % 60 or not 60 <= asked.after.seconds <= LONGEST_AFTER:
            yield Finding(("standby", "after"), f"an alarm counts whole minutes, 1m to 60m, and this is {asked.after}")
        if "promote" in asked.model_fields_set and asked.promote and not blueprint.databases:
            yield Finding(("standby", "promote"), "there is no database that could be promoted; leave it out")
        for name, service in blueprint.services.items():
            if service.public is not None and service.public.domain is not None and service.public.allow:
                yield Finding(
                    ("services", name, "public", "allow"),
                    "Route 53 could not ask for the health of the domain: it does so from addresses all over the "
                    "world, which change; with a standby, protect the service by firewall: instead",
                )
    yield from _recoveries(blueprint)


def _recoveries(blueprint: Blueprint) -> Iterator[Finding]:
    """``objectives.recovery``: what can be lost, and how soon it is back."""
    objectives = blueprint.objectives
    if objectives.recovery_time is not None and objectives.recovery_time.seconds == 0:
        yield Finding(("objectives", "recovery_time"), IN_NO_TIME)
    for disruption, demanded in objectives.recovery.items():
        at: Steps = ("objectives", "recovery", disruption)
        missing = _cannot_happen(disruption, blueprint)
        if missing:
            yield Finding(at, f"{missing}; leave it out", at_key=True)
        elif demanded.time is None and demanded.point is None:
            yield Finding(at, "it demands nothing; write time, point or both, like {time: 15m, point: 5m}", at_key=True)
        if demanded.time is not None and demanded.time.seconds == 0:
            yield Finding((*at, "time"), IN_NO_TIME)


def _cannot_happen(disruption: Disruption, blueprint: Blueprint) -> str | None:
    """Why a disruption is none here; None: it can happen."""
    volumes = any(service.volumes for service in blueprint.services.values())
    match disruption:
        case "task" | "node" if not blueprint.services:
            return "there is no service that could lose a task"
        case "database" if not blueprint.databases and not blueprint.caches:
            return "there is neither a database nor a cache that could be lost"
        case "table" | "corruption" if not blueprint.databases and not blueprint.buckets and not volumes:
            return "nothing keeps data: there is no database, bucket or volume"
        case "key" if blueprint.keys == "aws":
            return "nobody can delete a key of AWS's own (keys: aws)"
    return None
