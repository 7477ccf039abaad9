"""GP-SEC-072."""

from __future__ import annotations

import re
from collections.abc import Iterator

from groundplan.access.evaluation import is_root
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.checks.statements import clauses, place
from groundplan.resources.architecture import Architecture

LIMITING = frozenset(
    {
        "aws:multifactorauthpresent", "aws:principalaccount", "aws:principalarn", "aws:principalorgid",
        "aws:principalorgpaths", "aws:sourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:vpceaccount", "aws:vpceorgid",
        "kms:calleraccount", "sts:externalid",
    }
)  # fmt: skip
_ACCOUNT = re.compile(r"(?:arn:[\w-]+:(?:iam|sts)::)?(\d{12})(?::.*)?")


class OtherAccounts(Rule):
    id = "GP-SEC-072"
    title = "Another account is let in under a condition only"
    severity = "warning"
    why = (
        "Whoever the other account gives its rights to gets in as well: without sts:ExternalId a service that many "
        "customers use can be talked into it, without aws:PrincipalOrgID an account that has left still can."
    )
    fix = Fix(
        blueprint="Leave the account out, or accept the finding with the reason why it is let in.",
        terraform="aws_iam_role, aws_s3_bucket_policy, aws_kms_key and others: Condition with sts:ExternalId or "
        "aws:PrincipalOrgID",
        cloudformation="AWS::IAM::Role, AWS::S3::BucketPolicy, AWS::KMS::Key and others: Condition with sts:ExternalId "
        "or aws:PrincipalOrgID",
    )
    source = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html"
    references = References(pillar="Security")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for clause in clauses(architecture):
            if clause.effect == "Deny" or any(test.key.lower() in LIMITING for test in clause.conditions):
                continue
            for kind, identifier in clause.principals:
                account = _ACCOUNT.fullmatch(identifier) if kind == "AWS" else None
                # Somebody by name who may take a role can be of this account: which it is, nobody knows beforehand.
                if account and (clause.sort != "trust" or is_root(identifier, account[1])):
                    needed = "sts:ExternalId" if clause.sort == "trust" else "aws:PrincipalOrgID"
                    message = f"lets account {account[1]} in as {identifier}; a condition on {needed} is right"
                    yield self.violation(clause.holder, f"{place(clause)} {message}")
