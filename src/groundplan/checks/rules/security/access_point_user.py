"""GP-SEC-104."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.files import AccessPoint


class AccessPointUser(Rule):
    id = "GP-SEC-104"
    title = "An access point leads to a directory of its own, as a user who is not root"
    severity = "warning"
    why = "Whoever mounts it sees the files of all others, or owns them."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_efs_access_point: root_directory, posix_user",
        cloudformation="AWS::EFS::AccessPoint: RootDirectory, PosixUser",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/efs-controls.html#efs-3"
    references = References(pillar="Security", security_hub=("EFS.3", "EFS.4"), checkov=("CKV_AWS_329", "CKV_AWS_330"))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for point in architecture.of(AccessPoint):
            if point.path == "/":
                yield self.violation(point, 'has path "/"; a directory of its own is right')
            if point.uid == 0 or point.gid == 0:
                yield self.violation(point, f"has uid {point.uid} and gid {point.gid}; others than 0 are right")
