"""Jobs: schedules, time zones, windows.

Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.tree import Node, Steps
from groundplan.blueprint.validation.base import Finding
from groundplan.blueprint.validation.cron import schedule_problem
from groundplan.errors import suggestion


def check_jobs(blueprint: Blueprint, tree: Node) -> Iterator[Finding]:
    """What only jobs have."""
    for name, job in blueprint.jobs.items():
        at: Steps = ("jobs", name)
        problem = schedule_problem(job.schedule)
        if problem:
            yield Finding((*at, "schedule"), problem)
        if not is_time_zone(job.timezone):
            yield Finding((*at, "timezone"), f'there is no time zone "{job.timezone}"{nearest_zone(job.timezone)}')
        for index, need in enumerate(job.needs):
            if need.name in blueprint.services:
                # Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts.html
                yield Finding(
                    (*at, "needs", index),
                    f"tasks that are started on their own are not part of Service Connect, so a job cannot call "
                    f"{need.name} by its name; give it the public address in environment:, or a queue that "
                    f"{need.name} reads",
                )
        if job.window.seconds % 60 or job.window.seconds > 86400:
            yield Finding((*at, "window"), f"the window is up to 24 hours in whole minutes, and is {job.window}")


def is_time_zone(name: str) -> bool:
    """Whether the IANA database has a zone of this name, as far as this machine has that database."""
    if name == "UTC":
        return True
    import zoneinfo  # here, since most blueprints have no other time zone

    try:
        zoneinfo.ZoneInfo(name)
    except zoneinfo.ZoneInfoNotFoundError:
        return not zoneinfo.available_timezones()
    except (ValueError, OSError):  # a path that leads elsewhere, or a folder of zones like "Europe"
        return False
    return True


def nearest_zone(name: str) -> str:
    """What was perhaps meant, as the end of a sentence."""
    import zoneinfo

    zones = sorted(zoneinfo.available_timezones())
    city = name.rpartition("/")[2].lower().replace(" ", "_")
    meant = [zone for zone in zones if zone.rpartition("/")[2].lower() == city]
    if len(meant) == 1:
        return f'; did you mean "{meant[0]}"?'
    near = suggestion(name, meant or zones)
    return near if "did you mean" in near else "; write its IANA name, like Asia/Kolkata"
