"""GP-COST-005."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import region_of
from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.checks.thrift import monthly
from groundplan.resources.architecture import Architecture
from groundplan.resources.network import ElasticIp


class UnattachedAddresses(Rule):
    id = "GP-COST-005"
    title = "An Elastic IP address is attached to something"
    severity = "warning"
    why = "An address is paid by the hour, used or not."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_eip: remove it",
        cloudformation="AWS::EC2::EIP: remove it",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-12"
    references = References(pillar="Cost Optimization", security_hub=("EC2.12",), checkov=("CKV2_AWS_19",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for address in architecture.of(ElasticIp):
            if not architecture.dependents.get(address.ref):
                cost = monthly("public_ipv4.hour", region_of(architecture, address))
                yield self.violation(address, f"belongs to nothing and costs {cost}; none is right")
