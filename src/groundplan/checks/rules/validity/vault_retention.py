"""GP-VAL-118."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.governance import BackupPlan, BackupVault

LONGEST = 36_500
"""Days."""


class VaultRetention(Rule):
    id = "GP-VAL-118"
    title = "Backups are kept as long as the lock of their vault demands"
    severity = "error"
    why = (
        "AWS Backup fails each job whose retention the vault does not allow: nothing is backed up, and nobody notices."
    )
    fix = Fix(
        blueprint="Set backup.keep to a time within the lock, or leave backup.lock out.",
        terraform=(
            "aws_backup_plan: lifecycle, delete_after; aws_backup_vault_lock_configuration: min_retention_days, "
            "max_retention_days"
        ),
        cloudformation="AWS::Backup::BackupPlan: DeleteAfterDays; AWS::Backup::BackupVault: LockConfiguration",
    )
    source = "https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for vault in architecture.of(BackupVault):
            least, most = vault.min_retention_days, vault.max_retention_days
            if (least is not None and least < 1) or (most is not None and not (least or 1) <= most <= LONGEST):
                yield self.violation(
                    vault,
                    f"has min_retention_days {least} and max_retention_days {most}; 1 <= min <= max <= {LONGEST} "
                    "is right",
                )
        for plan in architecture.of(BackupPlan):
            for rule in plan.rules:
                kept = [
                    (rule.vault, rule.delete_after_days),
                    *((copy.vault, copy.delete_after_days) for copy in rule.copies),
                ]
                for ref, days in kept:
                    vault = architecture[ref]
                    least, most = vault.min_retention_days or 1, vault.max_retention_days or LONGEST
                    if not least <= days <= most:
                        yield self.violation(
                            plan, f"keeps backups in {vault.address} for {days} days; {least} to {most} days are right"
                        )
