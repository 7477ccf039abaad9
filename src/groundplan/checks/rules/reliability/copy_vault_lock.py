"""GP-REL-046."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.governance import BackupPlan


class CopyVaultLock(Rule):
    id = "GP-REL-046"
    title = "Copies of locked recovery points are locked as long"
    severity = "warning"
    why = "Who may delete the copies has all that is needed to make the lock of the originals pointless."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_backup_vault_lock_configuration: min_retention_days",
        cloudformation="AWS::Backup::BackupVault: LockConfiguration",
    )
    source = "https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for plan in architecture.of(BackupPlan):
            for rule in plan.rules:
                least = architecture[rule.vault].min_retention_days
                for copy in rule.copies:
                    vault = architecture[copy.vault]
                    found = vault.min_retention_days
                    if least is not None and (found or 0) < least:
                        yield self.violation(
                            vault, f"has min_retention_days {found}; {least}, as {rule.vault} has, is right"
                        )
