"""GP-REL-008."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import primaries
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture


class DatabaseDeletionProtection(Rule):
    id = "GP-REL-008"
    title = "A database is protected from deletion"
    severity = "warning"
    why = "One wrong command or one renamed resource deletes the database."
    fix = Fix(
        blueprint="Set databases.<name>.deletion_protection to true.",
        terraform="aws_db_instance: deletion_protection = true",
        cloudformation="AWS::RDS::DBInstance: DeletionProtection: true",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-8"
    references = References(pillar="Reliability", security_hub=("RDS.8",), checkov=("CKV_AWS_293",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for database in primaries(architecture):
            if not database.deletion_protection:
                yield self.violation(database, "has deletion_protection false; true is right")
