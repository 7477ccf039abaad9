"""GP-SEC-073."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.access import Access, Decision, access_of
from groundplan.access.clauses import Clause
from groundplan.access.conditions import is_operator
from groundplan.catalog import iam
from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.checks.statements import can_be_for, is_every, place
from groundplan.resources.architecture import Architecture
from groundplan.resources.security import Role


class VoidStatement(Rule):
    id = "GP-SEC-073"
    title = "A statement that allows something has an effect"
    severity = "warning"
    why = "What looks allowed is denied by another policy, and the call fails at run time."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_iam_role_policy: leave it out, or what denies it; aws_kms_key: let the account in",
        cloudformation="AWS::IAM::Role: leave it out, or what denies it; AWS::KMS::Key: let the account in",
    )
    source = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html"
    references = References(pillar="Security")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        access = access_of(architecture)
        for role in access.roles:
            own = access.inline(role)
            for clause in own:
                if clause.effect == "Deny" or not all(is_operator(test.operator) for test in clause.conditions):
                    continue  # what has an operator that IAM does not know is another rule's
                if decision := _refused(access, role, clause):
                    blame = f": {decision.by[0].called}" if decision.by else ""
                    yield self.violation(role, f"{place(clause)} allows nothing, since {decision.why}{blame}")


def _refused(access: Access, role: Role, clause: Clause) -> Decision | None:
    """The decision about the first thing that a statement speaks of, where all that it speaks of is refused."""
    first: Decision | None = None
    for written in clause.actions:
        meant: tuple[iam.Action | None, ...] = (None,) if is_every(written) else iam.expand(written)
        for action in meant:
            for pattern in clause.resources:
                if action is not None and not can_be_for(action, pattern):
                    continue
                for touched in access.touched(pattern, action):
                    asked = written if action is None else str(action)
                    decision = access.asked(role, asked, touched)
                    if decision.is_possible:
                        return None
                    first = first or decision
    return first
