"""GP-OPS-050."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from groundplan.checks.firing import fires, is_on
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.kubernetes import KubernetesCluster
from groundplan.resources.schedules import Schedule
from groundplan.resources.workloads import JobWorkload

if TYPE_CHECKING:
    from groundplan.blueprint.calendar import Calendar


class JobsInOffHours(Rule):
    id = "GP-OPS-050"
    title = "Jobs start while their environment runs"
    severity = "warning"
    why = "A job that starts at night finds a database that is stopped, and in Kubernetes no node to run on."
    fix = Fix(
        blueprint="Choose a time in working hours for jobs.<name>.schedule, write enabled: false for the job in this "
        "environment, or accept the finding where the job needs nothing that is stopped.",
        terraform="aws_scheduler_schedule: schedule_expression",
        cloudformation="AWS::Scheduler::Schedule: ScheduleExpression",
    )
    source = "https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        hours = architecture.off_hours
        if hours is None or not hours.running:
            return
        for schedule in architecture.of(Schedule):
            if schedule.state == "ENABLED":
                moment = _first_off(schedule.schedule_expression, schedule.schedule_expression_timezone, hours.calendar)
                if moment:
                    yield self.violation(schedule, f"starts its tasks on {moment}, when the environment is stopped")
        for cluster in architecture.of(KubernetesCluster):
            for job in architecture.workloads:
                if isinstance(job, JobWorkload) and job.enabled:
                    moment = _first_off(f"cron({_of_aws(job.schedule)})", job.timezone, hours.calendar)
                    if moment:
                        yield self.violation(
                            cluster, f"has the job {job.name}, which starts on {moment}, when there are no nodes"
                        )


def _of_aws(fields: str) -> str:
    """Five fields of Kubernetes as six of AWS, which counts weekdays from Sunday = 1."""
    minute, hour, day, month, weekday = fields.split()
    shifted = ",".join("-".join(str(int(end) + 1) if end.isdigit() else end for end in item.split("-"))
                       for item in weekday.split(","))  # fmt: skip
    return f"{minute} {hour} {day} {month} {shifted} *"


def _first_off(expression: str, timezone: str, calendar: Calendar) -> str | None:
    """The first moment of a week at which a schedule fires while the environment is stopped; None: there is none."""
    asleep = (time for time in fires(expression, timezone, calendar) if not is_on(time, calendar))
    time = next(asleep, None)
    return None if time is None else f"{time:%A} at {time:%H:%M} ({calendar.timezone})"
