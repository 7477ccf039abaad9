"""GP-SEC-100."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.network import ANYWHERE, NetworkAcl, NetworkAclRule

SSH = 22
"""Port 3389 lies among those that answers come back to, and cannot be kept out of them."""


class AclRemoteAccess(Rule):
    id = "GP-SEC-100"
    title = "No network ACL lets the internet in to SSH and remote desktops"
    severity = "error"
    why = "A security group that is opened by mistake is then open to everyone."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_network_acl_rule: cidr_block, from_port, to_port",
        cloudformation="AWS::EC2::NetworkAclEntry: CidrBlock, PortRange",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-21"
    references = References(
        pillar="Security",
        security_hub=("EC2.21",),
        cis=("5.1",),
        checkov=("CKV_AWS_231", "CKV_AWS_232", "CKV_AWS_352"),
    )

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for acl in architecture.of(NetworkAcl):
            for rule in acl.rules:
                if rule.direction != "ingress" or rule.action != "allow" or rule.cidr_block != ANYWHERE:
                    continue
                if rule.protocol == "all" or (rule.protocol == "tcp" and _spans(rule)):
                    yield self.violation(
                        acl, f"lets {ANYWHERE} in to port {SSH} by entry {rule.number}; 80, 443 and answers are right"
                    )


def _spans(rule: NetworkAclRule) -> bool:
    if rule.from_port is None or rule.to_port is None:
        return True
    only_remote_desktop = rule.from_port == rule.to_port == 3389
    return rule.from_port <= SSH <= rule.to_port or only_remote_desktop
