"""Off-hours: what AWS can stop is stopped at night and at weekends."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.tree import Plain
from groundplan.savings.change import Change

START, STOP = "07:00", "20:00"
WITHOUT_REPLICAS = ("poc", "development")
"""Profiles that have no read replicas by themselves: there they give way, since RDS stops no database that has some."""


def changes(blueprint: Blueprint) -> Iterator[Change]:
    """One change, with windows of databases in the working hours."""
    if blueprint.off_hours is not None:
        return
    settings: dict[str, Plain] = {"off_hours.start": START, "off_hours.stop": STOP, "off_hours.timezone": "UTC"}
    for name, database in blueprint.databases.items():
        settings[f"databases.{name}.backup_window"] = "19:00-19:30"
        settings[f"databases.{name}.maintenance_window"] = "wed:17:00-wed:18:00"
        if database.replicas and blueprint.profile in WITHOUT_REPLICAS:
            settings[f"databases.{name}.replicas"] = 0
    choice = blueprint.profile in ("production", "staging")
    note = f"nobody can use it from {STOP} to {START} and at weekends; write the hours and time zone that you work in"
    yield Change("off-hours", "stopped when nobody works", settings, note, choice=choice)
