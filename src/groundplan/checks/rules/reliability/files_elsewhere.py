"""GP-REL-058."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import region_of
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.files import FileSystem
from groundplan.resources.governance import BackupPlan, BackupSelection
from groundplan.resources.values import Ref


class FilesElsewhere(Rule):
    id = "GP-REL-058"
    title = "Where there is a standby, shared files have a copy outside of the environment's region"
    severity = "warning"
    why = (
        "A standby's file systems begin empty. Without a copy elsewhere its databases speak of files that are gone "
        "with the region."
    )
    fix = Fix(
        blueprint="Set backup.copy_to to another region.",
        terraform="aws_backup_plan: rule: copy_action",
        cloudformation="AWS::Backup::BackupPlan: BackupPlanRule: CopyActions",
    )
    source = "https://docs.aws.amazon.com/aws-backup/latest/devguide/cross-region-backup.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        if architecture.standby is None:
            return
        copied = {
            ref
            for selection in architecture.of(BackupSelection)
            if _is_copied(architecture, selection.plan)
            for ref in selection.references()
        }
        for system in architecture.of(FileSystem):
            if system.address not in architecture.in_standby and system.ref not in copied:
                yield self.violation(system, "has no copy in another region; a backup that is copied there is right")


def _is_copied(architecture: Architecture, plan: Ref[BackupPlan]) -> bool:
    """Whether the recovery points of a plan go to another region too."""
    return any(
        region_of(architecture, architecture[copy.vault]) != architecture.region
        for rule in architecture[plan].rules
        for copy in rule.copies
    )
