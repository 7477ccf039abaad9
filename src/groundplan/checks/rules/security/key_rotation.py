"""GP-SEC-013."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.security import Key


class KeyRotation(Rule):
    id = "GP-SEC-013"
    title = "A KMS key rotates by itself"
    severity = "warning"
    why = "Without rotation all data of all years hangs on one key material."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_kms_key: enable_key_rotation = true",
        cloudformation="AWS::KMS::Key: EnableKeyRotation: true",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/kms-controls.html#kms-4"
    references = References(pillar="Security", security_hub=("KMS.4",), cis=("3.6",), checkov=("CKV_AWS_7",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for key in architecture.of(Key):
            if not key.enable_key_rotation:
                yield self.violation(key, "has enable_key_rotation false; true is right")
