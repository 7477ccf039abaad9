"""GP-REL-007."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import primaries
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.databases import DatabaseInstance


class FinalSnapshot(Rule):
    id = "GP-REL-007"
    title = "Deleting a database takes a last snapshot"
    severity = "warning"
    why = "Automated backups go with the instance: without a last snapshot its data are gone for good."
    fix = Fix(
        blueprint="Set databases.<name>.final_snapshot to true.",
        terraform="aws_db_instance: skip_final_snapshot = false and final_snapshot_identifier",
        cloudformation="AWS::RDS::DBInstance: DeletionPolicy: Snapshot",
    )
    source = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for database in primaries(architecture):
            if database.skip_final_snapshot:
                yield self.violation(database, "has skip_final_snapshot true; false is right")
            elif database.final_snapshot_identifier is None:
                yield self.violation(database, "has no final_snapshot_identifier; a name for the snapshot is right")
        for replica in architecture.of(DatabaseInstance):
            if replica.source is not None and not replica.skip_final_snapshot:
                yield self.violation(
                    replica,
                    "has skip_final_snapshot false, which a replica cannot fulfil: its deletion fails; true is right",
                )
