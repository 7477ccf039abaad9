"""Off-hours: hours that come back, and nothing that AWS cannot stop."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from groundplan.blueprint.data import Database
from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.off_hours import ALARMS_AGAIN, DATABASE_LEAD, STOP_AGAIN
from groundplan.blueprint.tree import Node, Steps
from groundplan.blueprint.validation.base import Finding
from groundplan.blueprint.validation.jobs import is_time_zone, nearest_zone

if TYPE_CHECKING:
    from groundplan.blueprint.calendar import Calendar

LEAST_OFF = 120
"""Minutes. A database takes several to stop and to start, and is billed for ten at least after each start.

Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/User_DBInstanceBilling.html
"""
LEAST_ON = 60
DAY = 24 * 60


def check_off_hours(blueprint: Blueprint, tree: Node) -> Iterator[Finding]:
    """The hours, and what they are to stop."""
    if blueprint.off_hours is None:
        return
    wrong = list(_check_hours(blueprint))
    yield from wrong
    for name, database in blueprint.databases.items():
        if database.replicas:
            yield Finding(
                ("databases", name, "replicas"),
                "RDS stops neither an instance that has read replicas nor a replica, and off_hours stops databases: "
                "write replicas: 0, or off_hours: null",
            )
        if database.backups.seconds and not wrong:
            yield from _check_backups(blueprint.off_hours.calendar, database, ("databases", name, "backup_window"))
    if blueprint.standby is not None:
        yield Finding(
            ("standby",),
            "a standby that is to take over at any hour, and off_hours that stop what it stands by for: write standby: "
            "null, or off_hours: null",
            at_key=True,
        )
    if not blueprint.services and not blueprint.databases:
        yield Finding(
            ("off_hours",), "there is no service and no database that could be stopped: write off_hours: null"
        )


def _check_hours(blueprint: Blueprint) -> Iterator[Finding]:
    """Sources: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_StopInstance.html (replicas) and
    https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html (time zones)
    """
    hours = blueprint.off_hours
    assert hours is not None
    at: Steps = ("off_hours",)
    for index, day in enumerate(hours.days):
        if day in hours.days[:index]:
            yield Finding((*at, "days", index), f"{day} is there already")
    if hours.stop == hours.start:
        yield Finding(
            (*at, "stop"),
            f"it would start and stop at {hours.start}, and which comes last nobody knows; choose two times",
        )
        return
    off = (hours.calendar.start - hours.calendar.stop) % DAY
    if off < LEAST_OFF:
        yield Finding(
            (*at, "stop"),
            f"between stop ({hours.stop}) and start ({hours.start}) are {off} minutes; two hours are the least in "
            "which a database stops and starts",
        )
    elif DAY - off < LEAST_ON:
        yield Finding(
            (*at, "stop"),
            f"between start ({hours.start}) and stop ({hours.stop}) are {DAY - off} minutes; an hour is the least",
        )
    if not is_time_zone(hours.timezone):
        yield Finding(
            (*at, "timezone"),
            f'there is no time zone "{hours.timezone}", and nothing would ever start{nearest_zone(hours.timezone)}',
        )
        return
    yield from _check_clock(blueprint)


def _check_clock(blueprint: Blueprint) -> Iterator[Finding]:
    hours = blueprint.off_hours
    assert hours is not None
    for key, stop, shifts in (
        ("start", False, (-DATABASE_LEAD, 0, ALARMS_AGAIN)),
        ("stop", True, (0, DATABASE_LEAD, STOP_AGAIN)),
    ):
        days = (hours.calendar.skipped(shift, stop=stop) for shift in shifts)
        skipped = next((day for day in days if day), None)
        if skipped:
            yield Finding(
                ("off_hours", key),
                f"on {skipped} the clocks of {hours.timezone} leave this time out, and EventBridge Scheduler skips it: "
                "choose a time an hour away from it",
            )


def _check_backups(calendar: Calendar, database: Database, path: Steps) -> Iterator[Finding]:
    """Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.BackupRetention.html"""
    from groundplan.blueprint.calendar import clock

    start, end = (int(time[:2]) * 60 + int(time[3:]) for time in database.backup_window.split("-"))

    def fits(begin: int, length: int) -> bool:
        return calendar.covers(begin, length, earlier=DATABASE_LEAD, later=DATABASE_LEAD)

    if fits(start, (end - start) % DAY):
        return
    hours = [hour for hour in range(24) if fits(hour * 60, 30)]
    better = f"; write {clock(hours[-1] * 60)}-{clock(hours[-1] * 60 + 30)}" if hours else ""
    yield Finding(
        path,
        f"RDS takes no backups of a stopped instance, and off_hours stop this one in the window "
        f"{database.backup_window} (UTC) on every day{better}",
    )
