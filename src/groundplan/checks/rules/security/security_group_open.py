"""GP-SEC-007."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.edge import LoadBalancer
from groundplan.resources.network import SecurityGroupRule
from groundplan.units import is_private

WEB = (80, 443)


class SecurityGroupOpen(Rule):
    id = "GP-SEC-007"
    title = "Only load balancers are open to the internet, on ports 80 and 443"
    severity = "error"
    why = "Every port that answers the whole world is found by scanners within minutes."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_vpc_security_group_ingress_rule: referenced_security_group_id instead of cidr_ipv4",
        cloudformation="AWS::EC2::SecurityGroupIngress: SourceSecurityGroupId instead of CidrIp",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-18"
    references = References(
        pillar="Security",
        security_hub=("EC2.13", "EC2.14", "EC2.18", "EC2.19", "EC2.53"),
        cis=("5.2",),
        checkov=("CKV_AWS_24", "CKV_AWS_25", "CKV_AWS_277"),
    )

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        of_balancers = {group for balancer in architecture.of(LoadBalancer) for group in balancer.security_groups}
        for rule in architecture.of(SecurityGroupRule):
            peer = rule.peer
            if rule.direction != "ingress" or not isinstance(peer, IPv4Network) or is_private(peer):
                continue
            # A wide public range is as good as everyone; a single address is somebody's office.
            if peer.prefixlen > 8:
                continue
            ports = _ports(rule)
            if rule.from_port != rule.to_port or rule.from_port not in WEB or rule.protocol != "tcp":
                yield self.violation(rule, f"lets {peer} in on {ports} of {rule.security_group}; 80 and 443 are right")
            elif rule.security_group not in of_balancers:
                yield self.violation(
                    rule,
                    f"lets {peer} in on port {rule.from_port} of {rule.security_group}, which is no load balancer's; "
                    "only load balancers face the internet",
                )


def _ports(rule: SecurityGroupRule) -> str:
    if rule.from_port is None:
        return "all ports" if rule.protocol == "all" else f"all of {rule.protocol}"
    if rule.from_port == rule.to_port:
        return f"{rule.protocol} port {rule.from_port}"
    return f"{rule.protocol} ports {rule.from_port} to {rule.to_port}"
