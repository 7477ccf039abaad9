"""GP-VAL-104."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.network import Vpc, VpcEndpoint


class VpcNames(Rule):
    id = "GP-VAL-104"
    title = "A VPC resolves names where private names are used"
    severity = "error"
    why = (
        "EC2 refuses host names without name resolution, and private names of endpoints without both; "
        "databases and file systems are then found by nobody."
    )
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_vpc: enable_dns_support, enable_dns_hostnames = true",
        cloudformation="AWS::EC2::VPC: EnableDnsSupport, EnableDnsHostnames: true",
    )
    source = "https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        private = {endpoint.vpc for endpoint in architecture.of(VpcEndpoint) if endpoint.private_dns_enabled}
        for vpc in architecture.of(Vpc):
            if not vpc.enable_dns_support:
                yield self.violation(vpc, "has enable_dns_support false; true is right")
            elif not vpc.enable_dns_hostnames and vpc.ref in private:
                yield self.violation(
                    vpc, "has enable_dns_hostnames false and endpoints with private names; true is right"
                )
