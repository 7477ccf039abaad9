"""When nobody works: what AWS can stop is stopped."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, StringConstraints

from groundplan.blueprint.base import Part

if TYPE_CHECKING:
    from groundplan.blueprint.calendar import Calendar

TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
"""A time of day, like ``20:00``."""
DATABASE_LEAD = 15
"""Minutes that databases start before ``start``, and stop after ``stop``: they are there as long as somebody asks."""
STOP_AGAIN = 30
"""Minutes after ``stop`` at which nodes of EKS are stopped once more: while it goes itself, the Cluster Autoscaler may
still have asked for a node."""
ALARMS_AGAIN = 30
"""Minutes after ``start`` from which alarms speak again: until then what they watch is still on its way."""


class OffHours(Part):
    """Stops the environment at night and at weekends.

    Stopped are nodes of EKS (to zero), tasks of ECS (to zero), EC2 capacity, and databases, 15 minutes later;
    databases start 15 minutes before the rest. Alarms on what is stopped say nothing from ``stop`` until half an hour
    after ``start``. AWS cannot stop the EKS control plane, caches, load balancers, NAT gateways and storage; they cost
    on, and the estimate says so.

    RDS starts a stopped instance by itself after seven days; every evening stops it again. While it is stopped it takes
    no backups: ``backup_window`` has to lie in working hours. Numbers of nodes and tasks that are changed in the
    blueprint count from the next start on. Whoever starts something at night has it until the next ``stop``. Deploy and
    destroy in working hours: RDS refuses to change an instance that is stopped, and add-ons of EKS wait for nodes.
    """

    stop: TimeOfDay = "20:00"
    """When it stops, on every day; two hours at least before ``start``."""
    start: TimeOfDay = "07:00"
    """When it starts on working days. A ``stop`` before it is the next day's."""
    days: list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]] = Field(
        default=["mon", "tue", "wed", "thu", "fri"], min_length=1
    )
    """Working days; on others it is not started."""
    timezone: str = "UTC"
    """Time zone by its IANA name, like ``America/New_York``. Daylight saving is followed."""

    @property
    def calendar(self) -> "Calendar":
        """The week that follows from it."""
        from groundplan.blueprint.calendar import Calendar  # here, since few environments are ever stopped

        return Calendar.of(self.start, self.stop, self.days, self.timezone)
