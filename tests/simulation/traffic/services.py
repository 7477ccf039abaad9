"""Services and demands for tests, by the figures that a test is about."""

from __future__ import annotations

from dataclasses import replace

from groundplan.simulation.traffic.demand import Demand
from groundplan.simulation.traffic.facts import Cost, Subject

PLAIN = Subject(
    name="api",
    platform="fargate",
    least=1,
    most=10,
    desired=1,
    cpu_units=1024,
    memory_mib=2048,
    cost=Cost(cpu_ms=100.0, wait_ms=0.0),
    extent=None,
    deviation=1.0,
    slots=None,
    connections=None,
    memory_percent=None,
    targets={},
    steps=False,
    cooldown_in=300,
    cooldown_out=60,
    start_seconds=80,
    timeout=60,
    hourly=None,
    visits=1.0,
    assumptions=(),
)
"""One task with one CPU, of which a request takes 100 ms: an M/M/1 queue."""


def requests(rate: float, seconds: int = 3600) -> Demand:
    """So many requests a second, constantly."""
    return Demand(
        users=None, think=0.0, rate=rate, shape="constant", quiet=0.2, seconds=seconds, source="test"
    )  # fmt: skip


def users(count: float, think: float, seconds: int = 3600) -> Demand:
    """So many users, constantly."""
    return replace(requests(0, seconds), users=count, think=think, rate=None)
