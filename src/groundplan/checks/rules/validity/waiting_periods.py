"""GP-VAL-035."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.security import Key, Secret

LEAST, MOST = 7, 30


class WaitingPeriods(Rule):
    id = "GP-VAL-035"
    title = "Keys and secrets wait 7 to 30 days before they are deleted"
    severity = "error"
    why = "KMS and Secrets Manager refuse other waiting periods. Only a secret can be deleted at once (0)."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_kms_key: deletion_window_in_days; aws_secretsmanager_secret: recovery_window_in_days",
        cloudformation="AWS::KMS::Key: PendingWindowInDays",
    )
    source = "https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for key in architecture.of(Key):
            days = key.deletion_window_in_days
            if not LEAST <= days <= MOST:
                yield self.violation(key, f"has deletion_window_in_days {days}; {LEAST} to {MOST} is right")
        for secret in architecture.of(Secret):
            days = secret.recovery_window_in_days
            if days and not LEAST <= days <= MOST:
                yield self.violation(secret, f"has recovery_window_in_days {days}; {LEAST} to {MOST}, or 0, is right")
