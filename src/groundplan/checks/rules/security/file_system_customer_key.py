"""GP-SEC-113."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.files import FileSystem


class FileSystemCustomerKey(Rule):
    id = "GP-SEC-113"
    title = "A file system is encrypted with a key of this environment"
    severity = "info"
    why = "Who may decrypt is then said by a policy of yours, and can be taken back."
    fix = Fix(
        blueprint="Set keys to customer.",
        terraform="aws_efs_file_system: kms_key_id",
        cloudformation="AWS::EFS::FileSystem: KmsKeyId",
    )
    source = "https://docs.aws.amazon.com/efs/latest/ug/encryption-at-rest.html"
    references = References(pillar="Security", checkov=("CKV_AWS_184",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for system in architecture.of(FileSystem):
            if system.encrypted and system.kms_key is None:
                yield self.violation(system, "has no kms_key; a key of this environment is right")
