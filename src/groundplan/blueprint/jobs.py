"""Jobs: containers that run when it is time for them and then end."""

from pydantic import Field

from groundplan.blueprint.workloads import Workload
from groundplan.units import Duration

_MOMENT = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
SCHEDULE_PATTERN = rf"^(cron\(.+\)|rate\([0-9]+ (minutes?|hours?|days?)\)|at\({_MOMENT}\))$"
"""The three kinds of schedule, in ASCII: ``\\d`` would take the digits of every script."""


class Job(Workload):
    """A container that Amazon EventBridge Scheduler starts as an ECS task, of the newest image that was released.

    It may need whatever a service may, but no services: Service Connect knows only tasks of services.
    """

    schedule: str = Field(pattern=SCHEDULE_PATTERN)
    """When it runs: ``cron(0 3 * * ? *)``, ``rate(6 hours)`` or ``at(2027-01-01T00:00:00)``."""
    timezone: str = "UTC"
    """Time zone of the schedule by its IANA name, like ``Asia/Kolkata``. Daylight saving is followed."""
    window: Duration = Duration(0)
    """Within this time after the moment it is started, so that not everything starts at once. Up to 24 hours."""
    tasks: int = Field(default=1, ge=1, le=10)
    """Tasks that are started at a time."""
    retries: int = Field(default=2, ge=0, le=185)
    """How often the start is tried again where ECS refuses it. A task that fails is not started again."""
    enabled: bool = True
    """Whether the schedule runs."""
