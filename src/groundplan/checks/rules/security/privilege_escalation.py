"""GP-SEC-069."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.access import access_of
from groundplan.access.escalation import escalations
from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.checks.wording import listed
from groundplan.resources.architecture import Architecture


class PrivilegeEscalation(Rule):
    id = "GP-SEC-069"
    title = "No role can give itself more rights"
    severity = "error"
    why = "Whoever gets hold of the role then has every right that can be got from it, whatever its policies say."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_iam_role_policy: leave one of the actions out, or name in Resource what they are meant for",
        cloudformation="AWS::IAM::Role: leave one of the actions out, or name in Resource what they are meant for",
    )
    source = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege"
    references = References(pillar="Security", checkov=("CKV_AWS_286",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        access = access_of(architecture)
        for role in access.roles:
            for found in escalations(access, role):
                condition = f", if {listed(found.only_if)}" if found.only_if else ""
                yield self.violation(
                    role, f"{found.path.how} with {listed(found.path.actions)}{condition}; fewer rights are right"
                )
