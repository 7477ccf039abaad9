"""GP-REL-002."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import primaries
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture


class DatabaseBackups(Rule):
    id = "GP-REL-002"
    title = "A database has automated backups"
    severity = "error"
    why = "Without them a dropped table is gone: there is no snapshot and no point in time to go back to."
    fix = Fix(
        blueprint="Set databases.<name>.backups to at least 1d; 7d is usual.",
        terraform="aws_db_instance: backup_retention_period",
        cloudformation="AWS::RDS::DBInstance: BackupRetentionPeriod",
    )
    source = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html"
    references = References(pillar="Reliability", security_hub=("RDS.11",), checkov=("CKV_AWS_133",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for database in primaries(architecture):
            # RDS's own default of one day counts where nothing is said.
            if database.backup_retention_period == 0:
                yield self.violation(
                    database, "has backup_retention_period 0, which takes no backups; 7 days are right"
                )
