"""GP-SEC-042."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.compute import LaunchTemplate
from groundplan.resources.kubernetes import NodeLaunchTemplate


class InstanceVolumes(Rule):
    id = "GP-SEC-042"
    title = "Volumes of instances are encrypted"
    severity = "error"
    why = "Images, logs and whatever a container writes lie on the volume in clear, and so in each copy of it."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_launch_template: block_device_mappings, ebs, encrypted = true",
        cloudformation="AWS::EC2::LaunchTemplate: BlockDeviceMappings, Ebs, Encrypted: true",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-3"
    references = References(pillar="Security", security_hub=("EC2.3",), checkov=("CKV_AWS_8",), cis=("2.2.1",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        templates: list[LaunchTemplate | NodeLaunchTemplate] = [*architecture.of(LaunchTemplate)]
        templates += architecture.of(NodeLaunchTemplate)
        for template in templates:
            if not template.volume_encrypted:
                yield self.violation(template, "has volume_encrypted false; true is right")
