"""What the checks of a blueprint share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.tree import Node, Steps
from groundplan.blueprint.workloads import Workload
from groundplan.record import Record, dataclass
from groundplan.units import Duration

FAMILIES = ("services", "databases", "caches", "buckets", "queues")
"""The families whose entries ``needs:`` can name."""
WORKLOADS = ("services", "jobs")
"""The families whose entries run as ECS tasks."""
NAMED = (*FAMILIES, "jobs", "capacity")
"""The families whose entries share one space of names."""


def workloads(blueprint: Blueprint) -> Iterator[tuple[str, str, Workload]]:
    """Every service and job: family, name, and what it is."""
    for name, service in blueprint.services.items():
        yield "services", name, service
    for name, job in blueprint.jobs.items():
        yield "jobs", name, job


LOG_RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip
"""Days that CloudWatch Logs can keep a log.

Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
"""


@dataclass(frozen=True)
class Finding(Record):
    """What a check found, and where."""

    path: Steps
    message: str
    at_key: bool = False
    """Whether the key is wrong, not its value."""


Check: TypeAlias = Callable[[Blueprint, Node], Iterator[Finding]]


def check_zones(written: Sequence[str] | None, known: Sequence[str], path: Steps) -> Iterator[Finding]:
    """Zones that the network does not have."""
    for letter in written or ():
        if letter not in known:
            yield Finding(path, f"the network has no zone {letter}; it has {', '.join(known)}")


def check_retention(kept: Duration, path: Steps) -> Iterator[Finding]:
    """A retention that CloudWatch Logs does not know."""
    if kept.seconds % 86400 or kept.days not in LOG_RETENTION_DAYS:
        near = min(LOG_RETENTION_DAYS, key=lambda days: (abs(days * 86400 - kept.seconds), days))
        yield Finding(path, f"CloudWatch Logs cannot keep logs for {kept}; the nearest it can is {near}d")


def check_range(value: Duration, least: int, most: int, path: Steps, what: str) -> Iterator[Finding]:
    """A duration outside of what AWS takes, in seconds."""
    if not least <= value.seconds <= most:
        yield Finding(path, f"{what} has to be {least} to {most} seconds, and is {value}")


def check_days(value: Duration, most: int, path: Steps, what: str) -> Iterator[Finding]:
    """A duration that is no whole number of days, or more of them than AWS takes."""
    if value.seconds % 86400:
        yield Finding(path, f"{what} is counted in whole days, and is {value}")
    elif value.days > most:
        yield Finding(path, f"{what} can be {most}d at most, and is {value}")
