"""GP-SEC-068."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.access.clauses import Clause
from groundplan.catalog import iam
from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.checks.statements import can_be_for, clauses, is_every, place, type_arns
from groundplan.checks.wording import listed
from groundplan.resources.architecture import Architecture


class ActionResource(Rule):
    id = "GP-SEC-068"
    title = "An action is allowed on resources of a type that it takes"
    severity = "error"
    why = "s3:GetObject on a bucket, or s3:ListBucket on its objects, allows nothing: the call is denied at run time."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_iam_role_policy and others: in Resource what the action takes, * where it takes none",
        cloudformation="AWS::IAM::Role and others: in Resource what the action takes, * where it takes none",
    )
    source = "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html"
    references = References(pillar="Security")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for clause in clauses(architecture):
            if clause.effect == "Deny" or not clause.resources or "*" in clause.resources:
                continue
            for written in clause.actions:
                meant = () if is_every(written) else iam.expand(written)
                if meant and not any(can_be_for(action, on) for action in meant for on in clause.resources):
                    yield self.violation(clause.holder, f"{place(clause)} allows {written} {_wrong(meant[0], clause)}")


def _wrong(action: iam.Action, clause: Clause) -> str:
    if not action.types:
        return f"on {listed(clause.resources)}, but it knows no resources; * is right"
    arns = listed(dict.fromkeys(arn.replace("arn:*", "arn:aws", 1) for arn in type_arns(action)))
    return f"on {listed(clause.resources)}, which it is never asked about; {arns} would be right"
