"""GP-SEC-012."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.catalog import iam
from groundplan.checks.facts import role_statements
from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.checks.statements import is_every
from groundplan.checks.wording import listed
from groundplan.resources.architecture import Architecture


class WildcardResources(Rule):
    id = "GP-SEC-012"
    title = "A role's rights are for named resources"
    severity = "error"
    why = "With * as resource the right reaches everything in the account: other environments, other teams."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_iam_role_policy: name the ARNs in Resource",
        cloudformation="AWS::IAM::Role: Policies, name the ARNs in Resource",
    )
    source = "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html"
    references = References(pillar="Security", checkov=("CKV_AWS_290", "CKV_AWS_355"))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for role, policy, statement in role_statements(architecture):
            if "*" not in statement.resources or statement.conditions:
                continue
            scoped = [action for action in statement.actions if is_every(action) or _can_be_scoped(action)]
            if scoped:
                yield self.violation(role, f"policy {policy} allows {listed(scoped)} on *; ARNs are right")


def _can_be_scoped(action: str) -> bool:
    """Whether a statement can name resources for it: of most actions that only look around, none can be named."""
    return any(meant.types for meant in iam.expand(action))
