"""GP-REL-044."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.files import FileSystem
from groundplan.resources.governance import BackupSelection


class FileSystemBackups(Rule):
    id = "GP-REL-044"
    title = "A file system is backed up"
    severity = "warning"
    why = "A file that a pod deletes or overwrites is gone at once, in every zone."
    fix = Fix(
        blueprint="Set profile to staging or production, which turn it on.",
        terraform="aws_efs_backup_policy: status = ENABLED",
        cloudformation="AWS::EFS::FileSystem: BackupPolicy: Status: ENABLED",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/efs-controls.html#efs-2"
    references = References(pillar="Reliability", security_hub=("EFS.2",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        selected = {ref for item in architecture.of(BackupSelection) for ref in item.references()}
        for system in architecture.of(FileSystem):
            if not system.automatic_backups and system.ref not in selected:
                yield self.violation(
                    system, "has automatic_backups false, and no backup plan selects it; true is right"
                )
