"""GP-REL-070."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.governance import BackupPlan, BackupSelection


class BackupSelections(Rule):
    id = "GP-REL-070"
    title = "A backup plan selects what it backs up"
    severity = "error"
    why = "The plan runs every night and backs up nothing."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_backup_selection: plan_id, resources",
        cloudformation="AWS::Backup::BackupSelection: BackupPlanId, Resources",
    )
    source = "https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        selecting = {
            item.plan for item in architecture.of(BackupSelection) if item.resource_arns or item.tag_conditions
        }
        for plan in architecture.of(BackupPlan):
            if plan.ref not in selecting:
                yield self.violation(plan, "has no backup_selection; one with resources is right")
