"""GP-COST-012."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.security import Key, Role
from groundplan.resources.values import dynamic_values


class UnusedKeys(Rule):
    id = "GP-COST-012"
    title = "A key encrypts something"
    severity = "warning"
    why = "Each key costs a dollar a month, and a person's time in every audit."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_kms_key: remove it",
        cloudformation="AWS::KMS::Key: remove it",
    )
    source = "https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys-determining-usage.html"
    references = References(pillar="Cost Optimization")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for key in architecture.of(Key):
            users = [user for user in architecture.dependents.get(key.ref, ()) if not isinstance(user, Role)]
            if not users and not _is_told(architecture, key):
                yield self.violation(key, "encrypts nothing; something that it encrypts is right, or none")


def _is_told(architecture: Architecture, key: Key) -> bool:
    """Whether others learn of it: by an output or from another environment."""
    values = [output.value for output in architecture.outputs]
    return any(getattr(part, "ref", None) == key.ref for part in dynamic_values(values))
