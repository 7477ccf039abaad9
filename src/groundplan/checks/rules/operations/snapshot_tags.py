"""GP-OPS-013."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.databases import DatabaseInstance


class SnapshotTags(Rule):
    id = "GP-OPS-013"
    title = "Snapshots of a database carry its tags"
    severity = "info"
    why = "Snapshots outlive their database; without tags nobody knows whose they are or who pays for them."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_db_instance: copy_tags_to_snapshot = true",
        cloudformation="AWS::RDS::DBInstance: CopyTagsToSnapshot: true",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-17"
    references = References(pillar="Operational Excellence", security_hub=("RDS.17",), checkov=("CKV2_AWS_60",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for database in architecture.of(DatabaseInstance):
            if not database.copy_tags_to_snapshot:
                yield self.violation(database, "has copy_tags_to_snapshot false; true is right")
