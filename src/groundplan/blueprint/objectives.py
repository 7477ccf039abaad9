"""What an environment has to hold to: each is answered by ``groundplan check``, before anything exists."""

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from groundplan.blueprint.base import Part
from groundplan.units import Duration, Latency, MonthlyAmount, Percentage, RequestRate, shown

Disruption = Literal["task", "node", "database", "zone", "region", "table", "corruption", "key"]
"""What can be lost: a task, an instance that tasks or pods run on, a database instance or a cache's node, a zone, the
region, a table or objects deleted by mistake, data made wrong some time ago, a KMS key on its way to deletion."""
MeasuredTime = Literal[
    "task_start", "balancer_zone", "multi_az_failover", "instance_recovery", "instance_start", "restore", "switch",
    "table_copy", "objects_restore", "backup_restore", "backup_copy", "cache_failover", "cache_replaced",
    "node_replaced", "deployment", "promotion", "reconnect", "replica_lag", "object_copies",
]  # fmt: skip
"""What a drill can measure: a task or pod starts; the load balancer leaves a zone; RDS fails over, recovers a single
instance, starts one, restores one to a point in time, has it take another's name; a table is copied back; objects get
back their versions; AWS Backup restores, copies to another region; a cache fails over, a node of it is replaced; an
instance is replaced; the blueprint is deployed; a replica is promoted; services connect again; how far a replica or the
copies of objects in another region lag behind."""


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
    response_time: Duration | None = None
    """How long people take, at most, until they act on an alarm. ``null``: not known, and so is every recovery time
    that waits for a person."""
    discovery_time: Duration | None = None
    """How long data made wrong by mistake may go unnoticed, at most: no alarm tells of it. ``null``: not known, and
    neither is how much is lost after ``corruption``."""
    measured: dict[MeasuredTime, Duration] = Field(default={})
    """What a drill has measured, in place of what is assumed: ``restore: 22m``."""
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

    def recovery_from(self, disruption: Disruption, *, standby: bool) -> RecoveryObjective:
        """What holds after a disruption: what names it, else what holds for all. Without a ``standby`` nothing general
        is said about the loss of the region."""
        named = self.recovery.get(disruption, RecoveryObjective())
        if disruption == "region" and not standby:
            return named
        return RecoveryObjective(time=named.time or self.recovery_time, point=named.point or self.recovery_point)
