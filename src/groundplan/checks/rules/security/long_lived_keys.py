"""GP-SEC-087."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.checks.statements import clauses, place
from groundplan.resources.architecture import Architecture


class LongLivedKeys(Rule):
    id = "GP-SEC-087"
    title = "No role is taken with the access key of an IAM user"
    severity = "error"
    why = "A key in a pipeline's secrets is valid until somebody deletes it, wherever it is copied to."
    fix = Fix(
        blueprint="Write pipelines.credentials: oidc; GitHub then vouches for each job, and no key exists.",
        terraform="aws_iam_role: trust an aws_iam_openid_connect_provider in assume_role_policy, no user",
        cloudformation="AWS::IAM::Role: trust an AWS::IAM::OIDCProvider in AssumeRolePolicyDocument, no user",
    )
    source = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#bp-workloads-use-roles"
    references = References(pillar="Security")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for clause in clauses(architecture):
            if clause.effect == "Deny" or clause.sort != "trust":
                continue
            users = [who for kind, who in clause.principals if kind == "AWS" and ":user/" in who]
            if users and not any("multifactorauth" in test.key.lower() for test in clause.conditions):
                yield self.violation(
                    clause.holder,
                    f"{place(clause)} lets {', '.join(users)} take it with an access key; a provider is right",
                )
