"""What an environment has to hold to: each is answered by ``groundplan check``, before anything exists."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from groundplan.blueprint.base import Part
from groundplan.units import Duration, Latency, MonthlyAmount, Percentage, RequestRate, shown

Disruption = Literal["task", "node", "database", "zone", "region", "table", "corruption", "key"]
"""What can be lost: a task, an instance that tasks or pods run on, a database instance, a zone, the region, a table or
objects deleted by mistake, data made wrong some time ago, a KMS key on its way to deletion."""


def read_percentile(value: object) -> object:
    """Check a percentile ``p50`` to ``p99.99``."""
    match = re.fullmatch(r"p(\d{1,3}(?:\.\d+)?)", value) if isinstance(value, str) else None
    if not match:
        raise ValueError(f"{shown(value)} is not a percentile; write p and a number, like p95")
    if not 0 < float(match[1]) < 100:
        raise ValueError(f"{shown(value)} cannot be promised: a percentile lies above 0 and below 100, like p99")
    return value


Percentile = Annotated[
    str,
    BeforeValidator(read_percentile),
    WithJsonSchema({"type": "string", "pattern": r"^p\d{1,2}(\.\d+)?$", "examples": ["p95", "p99"]}),
]
"""A share of requests, like ``p95``: 95 of 100 are answered at least as fast."""


class RecoveryObjective(Part):
    """What holds for one kind of disruption."""

    time: Duration | None = None
    """How long it may take, at most, until users can work again (RTO)."""
    point: Duration | None = None
    """What was written how long before may be lost, at most (RPO)."""


class Objectives(Part):
    """What the environment has to hold to."""

    budget: MonthlyAmount | None = None
    """What it may cost per month. Where there are alarms, AWS Budgets tells when it is or will be exceeded; it counts
    by tags, which ``account.cost_tags`` activates once in the account as cost allocation tags."""
    availability: Percentage | None = None
    """The share of the time in which requests are answered, like ``99.9%``, over a year."""
    recovery_time: Duration | None = None
    """How long it may take, at most, until users can work again (RTO), after any disruption that ``recovery`` does not
    name; after the loss of the region where there is a standby."""
    recovery_point: Duration | None = None
    """What was written how long before a disruption may be lost, at most (RPO); for the same disruptions."""
    recovery: dict[Disruption, RecoveryObjective] = Field(default={})
    """What holds for one kind of disruption: ``region: {time: 15m, point: 5m}``."""
    latency: dict[Percentile, Latency] = Field(default={})
    """How long answers of the services may take, measured at the load balancer: ``p95: 200ms``."""
    users: int | None = Field(default=None, ge=1, le=100_000_000)
    """How many people are to be served at the same time, each waiting ``traffic.think_time`` between two requests."""
    requests: RequestRate | None = None
    """Requests that are to be answered, like ``500/s``."""
    utilisation: Percentage | None = None
    """How much of CPU or memory, whichever is more, should be in use at the busiest hour: ``groundplan savings --used``
    chooses sizes for it. ``null``: 70 %."""
    deployment_time: Duration | None = None
    """How long it may take until the whole environment is there, deployed for the first time."""
