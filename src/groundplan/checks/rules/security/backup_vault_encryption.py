"""GP-SEC-052."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.governance import BackupVault


class BackupVaultEncryption(Rule):
    id = "GP-SEC-052"
    title = "A backup vault is encrypted with a key of this environment"
    severity = "info"
    why = (
        "With AWS's own key nobody can be granted or denied the use of what was backed up, and no other account a copy."
    )
    fix = Fix(
        blueprint="Set keys to customer.",
        terraform="aws_backup_vault: kms_key_arn",
        cloudformation="AWS::Backup::BackupVault: EncryptionKeyArn",
    )
    source = "https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html"
    references = References(pillar="Security", checkov=("CKV_AWS_166",), security_hub=("Backup.1",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for vault in architecture.of(BackupVault):
            if vault.kms_key is None:
                yield self.violation(vault, "has no kms_key; a key of this environment is right")
