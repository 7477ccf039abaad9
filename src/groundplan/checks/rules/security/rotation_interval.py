"""GP-SEC-110."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.security import SecretRotation

LONGEST = 90
"""Days: what Security Hub asks for unless it is told otherwise."""


class RotationInterval(Rule):
    id = "GP-SEC-110"
    title = "A secret that rotates does so at least every 90 days"
    severity = "warning"
    why = "A password that leaked is good for as long as it is not changed."
    fix = Fix(
        blueprint="Set databases.<name>.rotation to at most 90d.",
        terraform="aws_secretsmanager_secret_rotation: automatically_after_days",
        cloudformation="AWS::SecretsManager::RotationSchedule: AutomaticallyAfterDays",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/secretsmanager-controls.html#secretsmanager-4"
    references = References(pillar="Security", security_hub=("SecretsManager.4",), checkov=("CKV_AWS_304",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for rotation in architecture.of(SecretRotation):
            days = rotation.automatically_after_days
            if days > LONGEST:
                yield self.violation(rotation, f"has automatically_after_days {days}; {LONGEST} or less is right")
