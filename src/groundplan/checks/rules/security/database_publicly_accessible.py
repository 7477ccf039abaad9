"""GP-SEC-001."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.databases import DatabaseInstance


class DatabasePubliclyAccessible(Rule):
    id = "GP-SEC-001"
    title = "A database has no public address"
    severity = "error"
    why = "With a public address one wrong security group rule puts the database on the internet."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_db_instance: publicly_accessible = false",
        cloudformation="AWS::RDS::DBInstance: PubliclyAccessible: false",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-2"
    references = References(pillar="Security", security_hub=("RDS.2",), cis=("2.3.3",), checkov=("CKV_AWS_17",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for database in architecture.of(DatabaseInstance):
            if database.publicly_accessible:
                yield self.violation(database, "has publicly_accessible true; false is right")
