"""GP-SEC-070."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.checks.rules.security.every_right import has_every_right
from groundplan.resources.architecture import Architecture
from groundplan.resources.policies import Statement
from groundplan.resources.security import Role

SECOND_FACTOR = ("aws:multifactorauthpresent", "aws:multifactorauthage")


class AdministratorsMfa(Rule):
    id = "GP-SEC-070"
    title = "A role with every right is taken with multi-factor authentication only"
    severity = "error"
    why = "Whoever gets hold of a password or an access key would otherwise get hold of the whole account."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_iam_role: a condition on aws:MultiFactorAuthPresent in assume_role_policy",
        cloudformation="AWS::IAM::Role: a condition on aws:MultiFactorAuthPresent in AssumeRolePolicyDocument",
    )
    source = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html"
    references = References(pillar="Security")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for role in architecture.of(Role):
            if has_every_right(role) and any(_is_open(statement) for statement in role.trust.statements):
                yield self.violation(
                    role, "can be taken without a second factor; a condition on aws:MultiFactorAuthPresent is right"
                )


def _is_open(statement: Statement) -> bool:
    people = any(principal.type in ("AWS", "*") for principal in statement.principals)
    asked = any(condition.key.lower() in SECOND_FACTOR for condition in statement.conditions)
    return people and statement.effect == "Allow" and not asked
