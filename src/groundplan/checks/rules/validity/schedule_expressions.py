"""GP-VAL-130."""

from __future__ import annotations

import re
from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.base import Resource
from groundplan.resources.governance import BackupPlan
from groundplan.resources.scaling import ScalableTarget
from groundplan.resources.schedules import ApiSchedule, Schedule

RATE = re.compile(r"rate\([1-9]\d* (minute|hour|day)s?\)")
AT = re.compile(r"at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)")
CRON = re.compile(r"cron\(([^()]*)\)")
FIELDS = ("minutes", "hours", "days of the month", "months", "days of the week", "years")
FIELD = re.compile(r"[0-9A-Za-z*?,/\-#]+")


class ScheduleExpressions(Rule):
    id = "GP-VAL-130"
    title = "A schedule's expression is one that EventBridge Scheduler, AWS Backup or Auto Scaling reads"
    severity = "error"
    why = "AWS refuses an expression that it cannot read, and one that names days of the month and of the week at once."
    fix = Fix(
        blueprint="Write jobs.<name>.schedule as rate(6 hours), cron(0 3 * * ? *) or at(2026-12-24T18:00:00).",
        terraform=(
            "aws_scheduler_schedule: schedule_expression; aws_backup_plan: schedule; "
            "aws_appautoscaling_scheduled_action: schedule"
        ),
        cloudformation=(
            "AWS::Scheduler::Schedule, AWS::Backup::BackupPlan: ScheduleExpression; ScalableTarget: ScheduledActions"
        ),
    )
    source = "https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for resource, expression in _written(architecture):
            problem = _problem(expression)
            if problem:
                yield self.violation(resource, f"has the schedule {expression}: {problem}")


def _written(architecture: Architecture) -> Iterator[tuple[Resource, str]]:
    schedules: tuple[Schedule | ApiSchedule, ...] = (*architecture.of(Schedule), *architecture.of(ApiSchedule))
    for schedule in schedules:
        yield schedule, schedule.schedule_expression
    for plan in architecture.of(BackupPlan):
        for rule in plan.rules:
            yield plan, rule.schedule_expression
    for target in architecture.of(ScalableTarget):
        for action in target.scheduled_actions:
            yield target, action.schedule


def _problem(expression: str) -> str | None:
    if RATE.fullmatch(expression) or AT.fullmatch(expression):
        return None
    found = CRON.fullmatch(expression)
    if not found:
        return "rate(6 hours), cron(0 3 * * ? *) or at(2026-12-24T18:00:00) is right"
    fields = found[1].split()
    if len(fields) != len(FIELDS):
        return f"{len(fields)} fields; {', '.join(FIELDS)} are right"
    if not all(FIELD.fullmatch(item) for item in fields):
        return "digits, names and * ? , / - # are right"
    if (fields[2] == "?") == (fields[4] == "?"):
        return "? for either the days of the month or the days of the week is right"
    return None
