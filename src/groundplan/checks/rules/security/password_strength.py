"""GP-SEC-109."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.account import AccountPasswordPolicy
from groundplan.resources.architecture import Architecture

LENGTH, REMEMBERED = 14, 24


class PasswordStrength(Rule):
    id = "GP-SEC-109"
    title = "Passwords have 14 characters or more, and the last 24 are not taken again"
    severity = "warning"
    why = "Short passwords are guessed, and old ones are known from other places."
    fix = Fix(
        blueprint="Set shared.account.passwords to 14 characters or more.",
        terraform="aws_iam_account_password_policy: minimum_password_length, password_reuse_prevention",
        cloudformation="Custom::AccountPasswordPolicy: MinimumPasswordLength, PasswordReusePrevention",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-15"
    references = References(
        pillar="Security", security_hub=("IAM.15", "IAM.16"), cis=("1.8", "1.9"), checkov=("CKV_AWS_10", "CKV_AWS_13")
    )

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for policy in architecture.of(AccountPasswordPolicy):
            if policy.minimum_password_length < LENGTH:
                yield self.violation(
                    policy, f"has minimum_password_length {policy.minimum_password_length}; {LENGTH} or more is right"
                )
            if (policy.password_reuse_prevention or 0) < REMEMBERED:
                found = policy.password_reuse_prevention
                yield self.violation(policy, f"has password_reuse_prevention {found}; {REMEMBERED} is right")
