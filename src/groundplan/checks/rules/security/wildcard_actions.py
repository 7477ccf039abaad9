"""GP-SEC-011."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.catalog import iam
from groundplan.checks.facts import role_statements
from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.checks.statements import is_every
from groundplan.checks.wording import listed
from groundplan.resources.architecture import Architecture


class WildcardActions(Rule):
    id = "GP-SEC-011"
    title = "No role may do everything of a service, or change what its policy does not name"
    severity = "error"
    why = "A stolen credential of the role can then delete what it only had to read."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_iam_role_policy: name the actions",
        cloudformation="AWS::IAM::Role: Policies, name the actions",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-21"
    references = References(
        pillar="Security",
        security_hub=("IAM.1", "IAM.21"),
        cis=("1.16",),
        checkov=("CKV_AWS_62", "CKV_AWS_63"),
    )

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for role, policy, statement in role_statements(architecture):
            wide = [action for action in statement.actions if is_every(action) or _changes_what_nobody_named(action)]
            if wide:
                yield self.violation(role, f"policy {policy} allows {listed(wide)}; single actions are right")


def _changes_what_nobody_named(action: str) -> bool:
    """Whether a wildcard means actions that change who may do what, or delete: what AWS adds to it later as well."""
    if "*" not in action and "?" not in action:
        return False
    return any(
        meant.level == "Permissions management" or meant.name.startswith("Delete") for meant in iam.expand(action)
    )
