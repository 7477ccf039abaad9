"""GP-SEC-067."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.catalog import iam
from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.checks.statements import clauses, place
from groundplan.resources.architecture import Architecture


class UnknownAction(Rule):
    id = "GP-SEC-067"
    title = "Policies name actions that AWS has"
    severity = "error"
    why = "IAM takes any text for an action: what is misspelt is allowed to nobody, and what it should deny stays open."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_iam_role_policy, aws_s3_bucket_policy, aws_kms_key and others: Action as AWS spells it",
        cloudformation="AWS::IAM::Role, AWS::S3::BucketPolicy, AWS::KMS::Key and others: Action as AWS spells it",
    )
    source = "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html"
    references = References(pillar="Security")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for clause in clauses(architecture):
            for action in clause.actions:
                if iam.exists(action):
                    continue
                near = iam.suggest(action) or "; AWS lists what there is in its Service Authorization Reference"
                yield self.violation(clause.holder, f"{place(clause)} names {action}, which AWS does not have{near}")
