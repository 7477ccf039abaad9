"""Traffic that says two things, and objectives that nothing could meet together."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.tree import Node
from groundplan.blueprint.validation.base import Finding


def check_traffic(blueprint: Blueprint, tree: Node) -> Iterator[Finding]:
    """Users beside requests, a measurement beside figures, a high percentile that is to be faster than a low one."""
    traffic = blueprint.traffic
    if traffic.users is not None and traffic.requests is not None:
        yield Finding(
            ("traffic", "requests"),
            "users that wait for answers and requests that come by themselves are two workloads; write one of them",
        )
    if traffic.think_time is not None and traffic.think_time.seconds == 0:
        yield Finding(("traffic", "think_time"), "users who never think are no users; write 1s at least")
    if traffic.requests is not None and traffic.think_time is not None and blueprint.objectives.users is None:
        yield Finding(("traffic", "think_time"), "only users think; write users, or leave think_time out")
    for name, service in blueprint.services.items():
        load = service.load
        if load and load.file and (load.cpu_ms is not None or load.wait_ms is not None):
            yield Finding(
                ("services", name, "load", "file"), "is a measurement of cpu_ms and wait_ms; write it or the figures"
            )
    yield from _check_percentiles(blueprint)


def _check_percentiles(blueprint: Blueprint) -> Iterator[Finding]:
    ordered = sorted(blueprint.objectives.latency.items(), key=lambda item: float(item[0][1:]))
    for (low, slower), (high, faster) in pairwise(ordered):
        if faster < slower:
            yield Finding(
                ("objectives", "latency", high),
                f"{high} cannot be faster ({faster}) than {low} ({slower}), because it counts slower answers as well",
            )
