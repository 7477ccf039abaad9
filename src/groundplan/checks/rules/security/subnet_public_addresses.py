"""GP-SEC-101."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.network import Subnet


class SubnetPublicAddresses(Rule):
    id = "GP-SEC-101"
    title = "A subnet gives nobody a public address unasked"
    severity = "warning"
    why = "Whatever is started in it is on the internet, also what a person starts in a hurry."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_subnet: map_public_ip_on_launch = false",
        cloudformation="AWS::EC2::Subnet: MapPublicIpOnLaunch: false",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-15"
    references = References(pillar="Security", security_hub=("EC2.15",), checkov=("CKV_AWS_130",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for subnet in architecture.of(Subnet):
            if subnet.map_public_ip_on_launch:
                yield self.violation(subnet, "has map_public_ip_on_launch true; false is right")
