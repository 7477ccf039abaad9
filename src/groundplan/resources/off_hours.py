"""When an environment is stopped, and what of it stops."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from groundplan.record import Record, dataclass
from groundplan.resources.base import Resource
from groundplan.resources.values import Ref

if TYPE_CHECKING:
    from groundplan.blueprint.calendar import Calendar


@dataclass(frozen=True)
class OffHours(Record):
    """What schedules stop and start again; whatever is not named here runs all the time."""

    calendar: Calendar
    profile: str
    """Posture of the environment."""
    running: Mapping[Ref[Resource], int]
    """What stops, with the minutes of a week that it runs."""
