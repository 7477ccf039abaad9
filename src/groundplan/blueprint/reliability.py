"""What was measured of failures, in place of what is assumed."""

from typing import Literal, get_args

from pydantic import Field

from groundplan.blueprint.base import Name, Part
from groundplan.units import Duration, FailureRate

CauseKey = Literal[
    "region", "zone", "service", "edge", "nat", "task", "node", "spot", "database", "database_patch",
    "database_upgrade", "cache", "deployment",
]  # fmt: skip
"""What fails: the region, a zone, one managed service in the region, Route 53 or CloudFront, a NAT gateway, a task or
pod, an instance that tasks or pods run on, a Spot instance, a database instance, a patch of its operating system, a
minor upgrade of its engine, a cache node, a release that answers wrongly."""
CAUSES: tuple[CauseKey, ...] = get_args(CauseKey)


class Failures(Part):
    """How often one thing of its kind fails, and how long it is away where nothing takes over."""

    failures: FailureRate | None = None
    """How often, like ``0.2/year``, each of them. ``null``: as assumed."""
    repair: Duration | None = None
    """How long on average until it is there again. ``null``: as assumed, or as computed from health checks and times of
    starting. What a takeover takes stands in ``objectives.measured``."""


class Reliability(Part):
    """What was measured of failures, in place of assumptions that ``groundplan simulate availability`` names."""

    causes: dict[CauseKey, Failures] = Field(default={})
    """By what fails: ``zone: {failures: 0.2/year, repair: 2h}``."""
    tasks_needed: dict[Name, int] = Field(default={})
    """How many tasks or pods of a service carry the load: with fewer it counts as down. Default: all but one, and one
    at least."""
