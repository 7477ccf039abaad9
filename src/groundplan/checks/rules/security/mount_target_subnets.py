"""GP-SEC-105."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import public_subnets
from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.files import MountTarget


class MountTargetSubnets(Rule):
    id = "GP-SEC-105"
    title = "Files are mounted in subnets without a way to the internet"
    severity = "error"
    why = "Where a route leads out, a route leads in: one setting is then left between the files and the world."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_efs_mount_target: subnet_id",
        cloudformation="AWS::EFS::MountTarget: SubnetId",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/efs-controls.html#efs-6"
    references = References(pillar="Security", security_hub=("EFS.6",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        public = public_subnets(architecture)
        for target in architecture.of(MountTarget):
            if target.subnet in public:
                yield self.violation(
                    target, f"is in {target.subnet}, with a route to an internet gateway; another one is right"
                )
