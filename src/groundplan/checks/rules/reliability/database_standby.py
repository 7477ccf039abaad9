"""GP-REL-001."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import primaries
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture


class DatabaseStandby(Rule):
    id = "GP-REL-001"
    title = "A database has a standby in another zone"
    severity = "warning"
    why = (
        "When its zone or host fails, the database is away until a person restores a backup, and loses what came after."
    )
    fix = Fix(
        blueprint="Set databases.<name>.standby to true.",
        terraform="aws_db_instance: multi_az = true",
        cloudformation="AWS::RDS::DBInstance: MultiAZ: true",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-5"
    references = References(pillar="Reliability", security_hub=("RDS.5",), checkov=("CKV_AWS_157",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for database in primaries(architecture):
            if not database.multi_az:
                yield self.violation(database, "has multi_az false; true is right")
