"""GP-SEC-071."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.checks.wording import spelled
from groundplan.resources.architecture import Architecture
from groundplan.resources.security import Role

EVERY_RIGHT = ("policy/AdministratorAccess", "policy/IAMFullAccess")
"""Managed policies that give every right, or the right to give oneself every right."""


class EveryRight(Rule):
    id = "GP-SEC-071"
    title = "No role has every right"
    severity = "warning"
    why = "A session of such a role can do anything in the account, of every environment in it, and undo every guard."
    fix = Fix(
        blueprint="Set account.administrators to null, or accept the finding with the reason why the role is needed.",
        terraform="aws_iam_role_policy_attachment: a policy with less",
        cloudformation="AWS::IAM::Role: ManagedPolicyArns with less",
    )
    source = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege"
    references = References(pillar="Security", checkov=("CKV_AWS_274",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for role in architecture.of(Role):
            if has_every_right(role):
                yield self.violation(role, "has every right; accept it, with a reason, for administrators alone")


def has_every_right(role: Role) -> bool:
    """Whether a managed policy gives it all."""
    return any(spelled(arn).endswith(EVERY_RIGHT) for arn in role.managed_policy_arns)
