"""Services and databases that something was taken away from: they show it, and that it comes back."""

from __future__ import annotations

from functools import wraps
from typing import Any

from groundplan.targets.local import disruptions
from groundplan.targets.local.corrections.once import once


@once
def services_count_their_tasks() -> None:
    """To moto a service has as many tasks as it wants, always. Here one whose task was stopped has one less until the
    next one runs. After :func:`~groundplan.targets.local.corrections.containers.services_are_steady`, which it adds to.
    """
    from moto.core.utils import utcnow
    from moto.ecs.models import EC2ContainerServiceBackend as Backend

    original = Backend.describe_services

    @wraps(original)
    def describe(self: Any, *args: Any, **kwargs: Any) -> Any:
        found: Any = original(self, *args, **kwargs)
        for service in found[0]:
            if service.status == "ACTIVE":
                disruptions.show(service, utcnow())
        return found

    setattr(Backend, "describe_services", describe)  # noqa: B010 - mypy forbids assigning to a method


@once
def databases_take_time_to_reboot() -> None:
    """moto's databases are back before they were gone.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RebootDBInstance.html
    """
    from moto.core.utils import utcnow
    from moto.rds.models import RDSBackend

    original = RDSBackend.describe_db_instances

    @wraps(original)
    def describe(self: Any, *args: Any, **kwargs: Any) -> Any:
        found: Any = original(self, *args, **kwargs)
        for instance in found:
            disruptions.look_at_database(instance, utcnow())
        return found

    setattr(RDSBackend, "describe_db_instances", describe)  # noqa: B010 - mypy forbids assigning to a method
