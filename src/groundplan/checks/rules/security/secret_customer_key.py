"""GP-SEC-029."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.parameters import SecureParameter
from groundplan.resources.security import Secret


class SecretCustomerKey(Rule):
    id = "GP-SEC-029"
    title = "A secret is encrypted with a key of this environment"
    severity = "info"
    why = "With the account's common key everyone who may read secrets reads this one; an own key takes a second right."
    fix = Fix(
        blueprint="Set keys to customer.",
        terraform="aws_secretsmanager_secret: kms_key_id; aws_ssm_parameter: key_id",
        cloudformation="AWS::SecretsManager::Secret: KmsKeyId",
    )
    source = "https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html"
    references = References(pillar="Security", checkov=("CKV_AWS_149",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        secrets: list[Secret | SecureParameter] = [*architecture.of(Secret), *architecture.of(SecureParameter)]
        for secret in secrets:
            if secret.kms_key is None:
                yield self.violation(secret, "has no kms_key; a key of this environment is right")
