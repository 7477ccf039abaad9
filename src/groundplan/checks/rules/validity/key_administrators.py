"""GP-VAL-122."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rights import matches
from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.policies import Statement
from groundplan.resources.security import Key


class KeyAdministrators(Rule):
    id = "GP-VAL-122"
    title = "The account may administer its keys"
    severity = "error"
    why = "KMS refuses a key policy that lets nobody change it; such a key could neither be mended nor deleted."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_kms_key: policy, kms:* for the root of the account",
        cloudformation="AWS::KMS::Key: KeyPolicy, kms:* for the root of the account",
    )
    source = "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html"
    references = References(pillar="Security")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for key in architecture.of(Key):
            if not any(_administers(statement) for statement in key.policy.statements):
                yield self.violation(
                    key, "has a policy that lets nobody of the account change it; kms:* for its root is right"
                )


def _administers(statement: Statement) -> bool:
    return (
        statement.effect == "Allow"
        and any(matches(allowed, "kms:PutKeyPolicy") for allowed in statement.actions)
        and any(principal.type == "AWS" for principal in statement.principals)
    )
