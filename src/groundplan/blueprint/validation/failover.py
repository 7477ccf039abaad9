"""What leads to a standby: intervals that Route 53 knows, domains that it can ask."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.tree import Node
from groundplan.blueprint.validation.base import Finding

INTERVALS = (10, 30)
"""Seconds. Source: https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html"""
LONGEST_AFTER = 3600
"""Seconds: who waits longer than an hour is quicker by hand."""


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
    if blueprint.objectives.recovery_time is not None and asked is None:
        yield Finding(
            ("objectives", "recovery_time"), "nothing takes over from a region that is gone: write standby: too"
        )
