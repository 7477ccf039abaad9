"""GP-VAL-132."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.account import AccountPasswordPolicy
from groundplan.resources.architecture import Architecture

LIMITS = {"minimum_password_length": (6, 128), "password_reuse_prevention": (1, 24), "max_password_age": (1, 1_095)}


class PasswordPolicyLimits(Rule):
    id = "GP-VAL-132"
    title = "A password policy has lengths and ages that IAM takes"
    severity = "error"
    why = "IAM refuses a length outside of 6 to 128, more than 24 remembered passwords and more than 1,095 days."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_iam_account_password_policy",
        cloudformation="Custom::AccountPasswordPolicy: IAM's UpdateAccountPasswordPolicy",
    )
    source = "https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccountPasswordPolicy.html"
    references = References(pillar="Security")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for policy in architecture.of(AccountPasswordPolicy):
            for field, (least, most) in LIMITS.items():
                value = getattr(policy, field)
                if value is not None and not least <= value <= most:
                    yield self.violation(policy, f"has {field} {value}; {least} to {most} is right")
