"""GP-SEC-092."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.reachability.exposure import foreign
from groundplan.resources.architecture import Architecture


class OtherNetworks(Rule):
    id = "GP-SEC-092"
    title = "No other private network is let in, so that environments do not reach each other"
    severity = "warning"
    why = (
        "Private addresses are nobody's own: another environment has the same ones. Nothing brings them here today; "
        "a peering, a transit gateway or a VPN would, and the rule would let them in."
    )
    fix = Fix(
        blueprint="Write only public addresses, or those of the own network, in public.allow.",
        terraform="aws_vpc_security_group_ingress_rule: cidr_ipv4 within the VPC, or referenced_security_group_id",
        cloudformation="AWS::EC2::SecurityGroupIngress: CidrIp within the VPC, or SourceSecurityGroupId",
    )
    source = "https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_network_protection_create_layers.html"
    references = References(pillar="Security")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for rule, what in foreign(architecture):
            yield self.violation(rule, f"lets in {what}; another environment may have these addresses")
