"""GP-SEC-002."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import primaries
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture


class DatabaseEncryption(Rule):
    id = "GP-SEC-002"
    title = "A database is encrypted at rest"
    severity = "error"
    why = "Disks, snapshots and replicas hold the data in clear. It cannot be switched on later without a new instance."
    fix = Fix(
        blueprint="Set databases.<name>.encryption to true.",
        terraform="aws_db_instance: storage_encrypted = true",
        cloudformation="AWS::RDS::DBInstance: StorageEncrypted: true",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-3"
    references = References(pillar="Security", security_hub=("RDS.3",), cis=("2.3.1",), checkov=("CKV_AWS_16",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for database in primaries(architecture):
            if not database.storage_encrypted:
                found = "false" if database.storage_encrypted is False else "not set, which means false"
                yield self.violation(database, f"has storage_encrypted {found}; true is right")
