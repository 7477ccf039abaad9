"""What AWS Backup keeps of a resource, and how far apart its recovery points are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from groundplan.blueprint.validation.cron import FIELDS
from groundplan.resources import Architecture
from groundplan.resources.base import Resource
from groundplan.resources.governance import BackupPlan, BackupRule, BackupSelection
from groundplan.resources.values import Attribute, Ref

DAY = 86400
WEEK = 7 * DAY
MONTH = 31 * DAY
YEAR = 366 * DAY
EFS_AUTOMATIC = 35
"""Days that EFS's automatic backups are kept; they are made every day.
Source: https://docs.aws.amazon.com/efs/latest/ug/automatic-backups.html"""


@dataclass(frozen=True, slots=True)
class Backup:
    """Recovery points of one resource. Seconds."""

    gap: int
    """The longest time from one recovery point to the next."""
    start: int
    """How much later than scheduled one may begin."""
    keep: int
    """How long each is kept."""
    copies: tuple[str, ...] = ()
    """Regions with copies."""


AUTOMATIC = Backup(gap=DAY, start=8 * 3600, keep=EFS_AUTOMATIC * DAY)
"""EFS's own, by the plan that AWS sets up for it."""


def backup_of(architecture: Architecture, resource: Resource) -> Backup | None:
    """The recovery points of a resource that a selection names."""
    arn = Attribute(resource.ref, "arn")
    return _first(architecture, (item for item in architecture.of(BackupSelection) if arn in item.resource_arns))


def volume_backup(architecture: Architecture) -> Backup | None:
    """The recovery points of the volumes of pods, which a selection finds by their tags."""
    return _first(architecture, (item for item in architecture.of(BackupSelection) if item.tag_conditions))


def _first(architecture: Architecture, selections: Iterator[BackupSelection]) -> Backup | None:
    for selection in selections:
        plan: Ref[BackupPlan] = selection.plan
        return _backup(architecture, architecture[plan].rules)
    return None


def _backup(architecture: Architecture, rules: tuple[BackupRule, ...]) -> Backup:
    often = min(rules, key=lambda rule: longest_gap(rule.schedule_expression))
    regions = [architecture[copy.vault].region for rule in rules for copy in rule.copies]
    return Backup(
        gap=longest_gap(often.schedule_expression),
        start=often.start_window_minutes * 60,
        keep=max(rule.delete_after_days for rule in rules) * DAY,
        copies=tuple(dict.fromkeys(region for region in regions if region is not None)),
    )


def longest_gap(expression: str) -> int:
    """Seconds that lie at the most between two runs of ``cron(…)``, to the day where it names days of months.

    Source of the fields: https://docs.aws.amazon.com/aws-backup/latest/devguide/creating-a-backup-plan.html
    """
    minutes, hours, days, months, weekdays, _ = expression.removeprefix("cron(").removesuffix(")").split()
    if months != "*":
        return YEAR
    in_month = _numbers(2, days) if days != "?" else None
    in_week = _numbers(4, weekdays) if weekdays not in ("?", "*") else None
    moments = sorted(hour * 3600 + minute * 60 for hour in _numbers(1, hours) for minute in _numbers(0, minutes))
    if days != "?" and days != "*":
        # The last day of one month to the first of the next, and the months are unlike: whole days are near enough.
        return _around([day * DAY for day in in_month or [1]], MONTH)
    if in_week is not None:
        return _around([(day - 1) * DAY + moment for day in in_week for moment in moments], WEEK) if in_week else MONTH
    return _around(moments, DAY)


def _around(moments: list[int], period: int) -> int:
    """The longest way from one moment to the next, round and round."""
    ordered = sorted(set(moments))
    return max((later - earlier for earlier, later in zip(ordered, [*ordered[1:], ordered[0] + period], strict=True)))


def _numbers(place: int, written: str) -> list[int]:
    """All numbers that a field of a schedule names; none for ``L``, ``W`` and ``#``, which are days of a month."""
    field = FIELDS[place]
    found: set[int] = set()
    for item in written.split(","):
        base, _, step = item.partition("/")
        ends = (field.least, field.most) if base == "*" else field.numbers(base)
        if ends is None:
            return []
        last = field.most if step and "-" not in base else ends[1]
        if ends[0] > last:
            last += field.most
        found |= {(number - 1) % field.most + 1 if number > field.most else number
                  for number in range(ends[0], last + 1, int(step or 1))}  # fmt: skip
    return sorted(found)
