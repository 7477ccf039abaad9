"""GP-VAL-116."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.files import MountTarget


class MountTargets(Rule):
    id = "GP-VAL-116"
    title = "A file system has one mount target in a zone, all of them in one VPC"
    severity = "error"
    why = "EFS refuses the second one of a zone (MountTargetConflict)."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_efs_mount_target: subnet_id",
        cloudformation="AWS::EFS::MountTarget: SubnetId",
    )
    source = "https://docs.aws.amazon.com/efs/latest/ug/API_CreateMountTarget.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        taken: dict[tuple[object, str], str] = {}
        for target in architecture.of(MountTarget):
            zone = architecture[target.subnet].availability_zone
            first = taken.setdefault((target.file_system, zone), target.address)
            if first != target.address:
                yield self.violation(target, f"is in {zone}, where {first} is; one in each zone is right")
