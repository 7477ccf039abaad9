"""GP-VAL-062."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.schedules import Schedule

MOST_PROVIDERS = 6


class ScheduleCapacity(Rule):
    id = "GP-VAL-062"
    title = "A schedule says what its tasks run on as EventBridge Scheduler takes it"
    severity = "error"
    why = (
        "EventBridge Scheduler refuses launch type and capacity providers together, more than 6 providers, and a "
        "public address where the launch type is not Fargate."
    )
    fix = Fix(
        blueprint="Write capacity: fargate for the job, or fewer kinds of capacity.",
        terraform="aws_scheduler_schedule: launch_type, capacity_provider_strategy, assign_public_ip",
        cloudformation="AWS::Scheduler::Schedule: LaunchType, CapacityProviderStrategy, AssignPublicIp",
    )
    source = "https://docs.aws.amazon.com/scheduler/latest/APIReference/API_EcsParameters.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for schedule in architecture.of(Schedule):
            providers = len(schedule.capacity_providers)
            if schedule.launch_type and providers:
                yield self.violation(
                    schedule, f"has launch_type {schedule.launch_type} and {providers} capacity_providers; one of the "
                    "two is right",
                )  # fmt: skip
            if providers > MOST_PROVIDERS:
                yield self.violation(schedule, f"has {providers} capacity_providers; {MOST_PROVIDERS} are the most")
            if schedule.assign_public_ip and schedule.launch_type != "FARGATE":
                yield self.violation(schedule, "has assign_public_ip; launch_type FARGATE is right for that")
