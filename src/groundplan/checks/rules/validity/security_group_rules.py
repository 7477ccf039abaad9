"""GP-VAL-022."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from groundplan.catalog import quotas
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.network import SecurityGroup, SecurityGroupRule


class SecurityGroupRules(Rule):
    id = "GP-VAL-022"
    title = "A security group has no more rules than its quota, and none twice"
    severity = "error"
    why = "EC2 refuses the rule beyond the quota (RulesPerSecurityGroupLimitExceeded), and a rule that exists already."
    fix = Fix(
        blueprint="Let fewer services need the same thing, or have the quota raised and accept this finding.",
        terraform="aws_vpc_security_group_ingress_rule, aws_vpc_security_group_egress_rule",
        cloudformation="AWS::EC2::SecurityGroupIngress, AWS::EC2::SecurityGroupEgress",
    )
    source = "https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        limit = quotas.quota("rules_per_security_group").limit
        by_group: dict[str, Counter[str]] = {}
        seen: dict[tuple[object, ...], SecurityGroupRule] = {}
        for rule in architecture.of(SecurityGroupRule):
            by_group.setdefault(rule.security_group.address, Counter())[rule.direction] += 1
            what = (rule.security_group, rule.direction, rule.protocol, rule.from_port, rule.to_port, rule.peer)
            first = seen.setdefault(what, rule)
            if first is not rule:
                yield self.violation(rule, f"allows what {first.address} allows already; one of the two is right")
        for group in architecture.of(SecurityGroup):
            for direction, count in by_group.get(group.address, Counter()).items():
                if count > limit:
                    yield self.violation(
                        group, f"has {count} {direction} rules; at most {limit} are allowed by default"
                    )
