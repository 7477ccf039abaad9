"""GP-SEC-075."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.access.clauses import Clause
from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.checks.statements import clauses, place
from groundplan.resources.architecture import Architecture

SUBJECTS = (":sub", ":amr", ":oaud", "saml:sub", "saml:aud", "saml:iss")
"""Condition keys that say who, or for what, an identity provider has vouched."""


class FederatedTrust(Rule):
    id = "GP-SEC-075"
    title = "A role is given to named identities of a provider only"
    severity = "error"
    why = "Everybody has an account at GitHub or Google: without a condition on whom they vouch for, everybody gets in."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_iam_role: a condition on the provider's sub in assume_role_policy",
        cloudformation="AWS::IAM::Role: a condition on the provider's sub in AssumeRolePolicyDocument",
    )
    source = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html"
    references = References(pillar="Security", checkov=("CKV_AWS_358",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for clause in clauses(architecture):
            if clause.effect == "Deny" or clause.sort != "trust":
                continue
            for kind, provider in clause.principals:
                if kind == "Federated" and not _names_somebody(clause):
                    yield self.violation(
                        clause.holder,
                        f"{place(clause)} gives it to everybody whom {provider} vouches for; a condition on "
                        f"{provider.rpartition('/')[2]}:sub is right",
                    )


def _names_somebody(clause: Clause) -> bool:
    return any(
        test.key.lower().endswith(SUBJECTS) and any(value.strip("*") for value in test.values)
        for test in clause.conditions
    )
