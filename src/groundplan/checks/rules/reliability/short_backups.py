"""GP-REL-003."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import primaries
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture

DEFAULT_OF_RDS = 1
RECOMMENDED = 7


class ShortBackups(Rule):
    id = "GP-REL-003"
    title = "Backups of a database are kept for a week or more"
    severity = "warning"
    why = "A fault that is noticed after a long weekend is older than the oldest backup."
    fix = Fix(
        blueprint="Set databases.<name>.backups to 7d or more.",
        terraform="aws_db_instance: backup_retention_period",
        cloudformation="AWS::RDS::DBInstance: BackupRetentionPeriod",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-11"
    references = References(pillar="Reliability", security_hub=("RDS.11",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for database in primaries(architecture):
            days = database.backup_retention_period
            if days is None:
                days = DEFAULT_OF_RDS
            if 0 < days < RECOMMENDED:
                yield self.violation(
                    database, f"has backup_retention_period {days}; {RECOMMENDED} days or more is right"
                )
