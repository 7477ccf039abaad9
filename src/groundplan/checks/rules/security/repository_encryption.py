"""GP-SEC-086."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import ContainerRepository


class RepositoryEncryption(Rule):
    id = "GP-SEC-086"
    title = "A container repository is encrypted with a key of this environment"
    severity = "info"
    why = "With ECR's own keys whoever may pull an image reads it; with a key of one's own that takes a second right."
    fix = Fix(
        blueprint="Set keys to customer.",
        terraform="aws_ecr_repository: encryption_configuration with encryption_type KMS and kms_key",
        cloudformation="AWS::ECR::Repository: EncryptionConfiguration with EncryptionType KMS and KmsKey",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/ecr-controls.html#ecr-5"
    references = References(pillar="Security", security_hub=("ECR.5",), checkov=("CKV_AWS_136",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for repository in architecture.of(ContainerRepository):
            if repository.kms_key is None:
                yield self.violation(repository, "has no kms_key; a key of this environment is right")
