"""GP-VAL-105."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.network import NetworkAcl, Subnet
from groundplan.resources.values import Ref

LAST = 32_766


class AclEntries(Rule):
    id = "GP-VAL-105"
    title = "The entries of a network ACL have numbers of their own, and a subnet has one ACL"
    severity = "error"
    why = (
        "EC2 refuses the second entry of a number and numbers beyond 32766; of two ACLs of a subnet the later one wins."
    )
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_network_acl_rule: rule_number; aws_network_acl: subnet_ids",
        cloudformation="AWS::EC2::NetworkAclEntry: RuleNumber; AWS::EC2::SubnetNetworkAclAssociation",
    )
    source = "https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        guards: dict[Ref[Subnet], str] = {}
        for acl in architecture.of(NetworkAcl):
            numbers = Counter((rule.direction, rule.number) for rule in acl.rules)
            for (direction, number), count in numbers.items():
                if count > 1:
                    yield self.violation(acl, f"has {count} {direction} entries with number {number}; one is right")
                if not 1 <= number <= LAST:
                    yield self.violation(acl, f"has an entry with number {number}; 1 to {LAST} is right")
            for subnet in acl.subnets:
                first = guards.setdefault(subnet, acl.address)
                if first != acl.address:
                    yield self.violation(acl, f"guards {subnet}, which {first} guards already; one is right")
