"""GP-VAL-129."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.schedules import ApiSchedule, Schedule

LIMITS = {
    "maximum_retry_attempts": (0, 185),
    "maximum_event_age": (60, 86_400),
    "task_count": (1, 10),
    "maximum_window_in_minutes": (1, 1_440),
}


class ScheduleLimits(Rule):
    id = "GP-VAL-129"
    title = "A schedule starts 1 to 10 tasks, and tries as often and as long as EventBridge Scheduler lets it"
    severity = "error"
    why = (
        "EventBridge Scheduler refuses more than 185 retries, an age of less than a minute or more than a "
        "day, and more than ten tasks."
    )
    fix = Fix(
        blueprint="Set jobs.<name>.tasks to 1 to 10 and jobs.<name>.retries to at most 185.",
        terraform="aws_scheduler_schedule: target, retry_policy, ecs_parameters, flexible_time_window",
        cloudformation="AWS::Scheduler::Schedule: Target, RetryPolicy, EcsParameters; FlexibleTimeWindow",
    )
    source = "https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        schedules: tuple[Schedule | ApiSchedule, ...] = (*architecture.of(Schedule), *architecture.of(ApiSchedule))
        for schedule in schedules:
            for field, (least, most) in LIMITS.items():
                value = getattr(schedule, field, None)
                if value is not None and not least <= value <= most:
                    yield self.violation(schedule, f"has {field} {value}; {least} to {most} is right")
