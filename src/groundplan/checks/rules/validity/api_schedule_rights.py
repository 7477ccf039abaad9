"""GP-VAL-090."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rights import allows, is_known
from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.checks.wording import spelled
from groundplan.resources.architecture import Architecture
from groundplan.resources.schedules import ApiSchedule


class ApiScheduleRights(Rule):
    id = "GP-VAL-090"
    title = "A schedule's role may do what the schedule calls"
    severity = "error"
    why = (
        "EventBridge Scheduler takes such a schedule, and each call fails: what was to stop is paid, what was to start "
        "in the morning is not there."
    )
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_iam_role_policy: the operation on what it changes, sqs:SendMessage on the dead-letter queue",
        cloudformation="AWS::IAM::Role: the operation on what it changes, sqs:SendMessage on the dead-letter queue",
    )
    source = "https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for schedule in architecture.of(ApiSchedule):
            role = architecture[schedule.role]
            if not is_known(role):
                continue
            action = f"{schedule.service}:{schedule.operation[:1].upper()}{schedule.operation[1:]}"
            for arn in schedule.acts_on:
                if not allows(role, action, spelled(arn)):
                    yield self.violation(schedule, f"has {role.address}, which may not {action} on {spelled(arn)}")
            end = schedule.dead_letter_queue
            if end and not allows(role, "sqs:SendMessage", spelled(end.arn)):
                yield self.violation(schedule, f"has {role.address}, which may not sqs:SendMessage to {end}")
