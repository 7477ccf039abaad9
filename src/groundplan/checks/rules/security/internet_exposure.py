"""GP-SEC-090."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.checks.wording import listed
from groundplan.reachability.exposure import exposed
from groundplan.resources.architecture import Architecture


class InternetExposure(Rule):
    id = "GP-SEC-090"
    title = "The internet reaches nothing but load balancers"
    severity = "error"
    why = (
        "What is reached without the load balancer is reached without its TLS, its firewall and its logs. This is "
        "proven over addresses, routes, network ACLs and security groups together, not read off one of them."
    )
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_vpc_security_group_ingress_rule: referenced_security_group_id instead of cidr_ipv4",
        cloudformation="AWS::EC2::SecurityGroupIngress: SourceSecurityGroupId instead of CidrIp",
    )
    source = "https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_network_protection_create_layers.html"
    references = References(pillar="Security", security_hub=("EC2.19",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for found in exposed(architecture):
            yield Violation(
                found.target.subject,
                f"{found.target.address} is reached from the internet on {listed(found.ports)}, let in by "
                f"{found.rule}; only load balancers should be",
            )
