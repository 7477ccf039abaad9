"""GP-VAL-119."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.governance import BackupPlan

HOUR = 60
"""Minutes."""


class BackupWindowsOfPlans(Rule):
    id = "GP-VAL-119"
    title = "A backup has an hour or more to begin, and an hour more to end"
    severity = "error"
    why = (
        "AWS Backup refuses a start window of less than an hour, and a completion window that ends less than "
        "an hour after it."
    )
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_backup_plan: start_window, completion_window",
        cloudformation="AWS::Backup::BackupPlan: StartWindowMinutes, CompletionWindowMinutes",
    )
    source = "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupRule.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for plan in architecture.of(BackupPlan):
            for rule in plan.rules:
                start, end = rule.start_window_minutes, rule.completion_window_minutes
                if start < HOUR or end < start + HOUR:
                    yield self.violation(
                        plan,
                        f"has start_window_minutes {start} and completion_window_minutes {end} in {rule.rule_name}; "
                        f"{HOUR} or more, and {HOUR} more than that, are right",
                    )
