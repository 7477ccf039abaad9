"""GP-SEC-066."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.files import FileSystem


class FileSystemEncryption(Rule):
    id = "GP-SEC-066"
    title = "A file system is encrypted"
    severity = "error"
    why = "Whoever gets hold of a copy of its blocks reads every file."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_efs_file_system: encrypted = true",
        cloudformation="AWS::EFS::FileSystem: Encrypted: true",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/efs-controls.html#efs-1"
    references = References(pillar="Security", security_hub=("EFS.1",), checkov=("CKV_AWS_42",), cis=("2.4.1",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for system in architecture.of(FileSystem):
            if not system.encrypted:
                yield self.violation(system, "has encrypted false; true is right")
