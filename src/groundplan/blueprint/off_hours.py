"""When nobody works: what AWS can stop is stopped."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from groundplan.blueprint.base import Part

TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
"""A time of day, like ``20:00``."""


class OffHours(Part):
    """Stops the environment at night and at weekends.

    Stopped are nodes of EKS (to zero), tasks of ECS (to zero), EC2 capacity, and databases without replicas. AWS cannot
    stop the EKS control plane, caches, load balancers, NAT gateways and storage; they cost on, and the estimate says
    so. RDS starts a stopped instance by itself after seven days; every evening stops it again.
    """

    stop: TimeOfDay = "20:00"
    """When it stops on working days."""
    start: TimeOfDay = "07:00"
    """When it starts on working days."""
    days: list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]] = Field(
        default=["mon", "tue", "wed", "thu", "fri"], min_length=1
    )
    """Working days; on others it is not started."""
    timezone: str = "UTC"
    """Time zone by its IANA name, like ``America/New_York``. Daylight saving is followed."""
