"""GP-VAL-121."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.security import Role, SecretRotation

LONGEST, HOUR = 1_000, 3_600
"""Days, seconds."""


class RotationPeriod(Rule):
    id = "GP-VAL-121"
    title = "A secret is rotated every 1 to 1,000 days, a role is taken for 1 to 12 hours"
    severity = "error"
    why = "Secrets Manager and IAM refuse other times."
    fix = Fix(
        blueprint="Set databases.<name>.rotation to 1d to 1000d.",
        terraform="aws_secretsmanager_secret_rotation: automatically_after_days; aws_iam_role: max_session_duration",
        cloudformation=(
            "AWS::SecretsManager::RotationSchedule: AutomaticallyAfterDays; AWS::IAM::Role: MaxSessionDuration"
        ),
    )
    source = "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotationRulesType.html"
    references = References(pillar="Security")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for rotation in architecture.of(SecretRotation):
            days = rotation.automatically_after_days
            if not 1 <= days <= LONGEST:
                yield self.violation(rotation, f"has automatically_after_days {days}; 1 to {LONGEST} is right")
        for role in architecture.of(Role):
            seconds = role.max_session_duration
            if seconds is not None and not HOUR <= seconds <= 12 * HOUR:
                yield self.violation(
                    role, f"has max_session_duration {seconds}; {HOUR} to {12 * HOUR} seconds is right"
                )
