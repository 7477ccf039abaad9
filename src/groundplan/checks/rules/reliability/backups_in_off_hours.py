"""GP-REL-051."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.firing import fires, is_on
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.governance import BackupPlan


class BackupsInOffHours(Rule):
    id = "GP-REL-051"
    title = "AWS Backup runs at some time when the databases do"
    severity = "warning"
    why = "RDS makes a snapshot of an instance that is available only: the backup of one that is stopped fails."
    fix = Fix(
        blueprint="Write a backup.schedule (UTC) within working hours, or backup: null: RDS keeps backups of its own.",
        terraform="aws_backup_plan: schedule of the rules",
        cloudformation="AWS::Backup::BackupPlan: ScheduleExpression of the rules",
    )
    source = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBSnapshot.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        hours = architecture.off_hours
        if hours is None or not any(issubclass(ref.kind, DatabaseInstance) for ref in hours.running):
            return
        for plan in architecture.of(BackupPlan):
            for rule in plan.rules:
                times = fires(rule.schedule_expression, "UTC", hours.calendar)
                if not any(is_on(time, hours.calendar) for time in times):
                    yield self.violation(
                        plan, f"has {rule.schedule_expression} (UTC), when the databases are always stopped"
                    )
