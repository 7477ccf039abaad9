"""GP-VAL-061."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rights import allows, is_known
from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.checks.wording import spelled
from groundplan.resources.architecture import Architecture
from groundplan.resources.schedules import Schedule


class ScheduleRights(Rule):
    id = "GP-VAL-061"
    title = "A schedule's role may start its task"
    severity = "error"
    why = "EventBridge Scheduler takes such a schedule, and each start fails; nobody hears of it but the dead letters."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_iam_role_policy: ecs:RunTask on the family, iam:PassRole on the task's roles, sqs:SendMessage",
        cloudformation="AWS::IAM::Role: ecs:RunTask on the family, iam:PassRole on the task's roles, sqs:SendMessage",
    )
    source = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/tasks-scheduled-eventbridge-scheduler.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for schedule in architecture.of(Schedule):
            role = architecture[schedule.role]
            if not is_known(role):
                continue
            task = architecture[schedule.task_definition]
            newest = f"arn:{{partition}}:ecs:{{region}}:{{account_id}}:task-definition/{task.family}:1"
            if not allows(role, "ecs:RunTask", newest, spelled(task.ref.arn)):
                yield self.violation(schedule, f"has {role.address}, which may not ecs:RunTask {task.family}:*")
            for passed in dict.fromkeys((task.execution_role, task.task_role)):
                if not allows(role, "iam:PassRole", spelled(passed.arn)):
                    yield self.violation(schedule, f"has {role.address}, which may not iam:PassRole {passed}")
            end = schedule.dead_letter_queue
            if end and not allows(role, "sqs:SendMessage", spelled(end.arn)):
                yield self.violation(schedule, f"has {role.address}, which may not sqs:SendMessage to {end}")
