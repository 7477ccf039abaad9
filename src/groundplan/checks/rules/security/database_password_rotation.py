"""GP-SEC-085."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import primaries
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.security import SecretRotation
from groundplan.resources.values import SecretValue


class DatabasePasswordRotation(Rule):
    id = "GP-SEC-085"
    title = "The password of a database is made anew by itself"
    severity = "info"
    why = "A password that somebody once read opens the database for as long as it exists."
    fix = Fix(
        blueprint="Set databases.<name>.credentials to managed, which RDS refuses for an instance with replicas.",
        terraform="aws_db_instance: manage_master_user_password",
        cloudformation="AWS::RDS::DBInstance: ManageMasterUserPassword",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/secretsmanager-controls.html#secretsmanager-1"
    references = References(pillar="Security", security_hub=("SecretsManager.1",), checkov=("CKV2_AWS_57",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        rotated = {ref for rotation in architecture.of(SecretRotation) for ref in rotation.references()}
        for database in primaries(architecture):
            password = database.master_password
            # RDS rotates what it manages every 7 days, unless told otherwise.
            if isinstance(password, SecretValue) and password.secret not in rotated:
                yield self.violation(
                    database, f"has its password in {password.secret.address} without rotation; 30 days are usual"
                )
