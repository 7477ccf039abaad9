"""GP-VAL-138."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from groundplan.catalog import firewall
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.checks.wording import listed
from groundplan.resources.architecture import Architecture
from groundplan.resources.firewall import WebAcl

LEAST, WINDOWS = 10, (60, 120, 300, 600)


class WebAclRules(Rule):
    id = "GP-VAL-138"
    title = "The rules of a web ACL have priorities of their own, names that AWS knows and a limit from 10 on"
    severity = "error"
    why = "AWS WAF refuses two rules of a priority, unknown groups, rates below 10 and other windows."
    fix = Fix(
        blueprint="Set firewall.rules to known groups and firewall.rate to 10 or more.",
        terraform="aws_wafv2_web_acl: rule",
        cloudformation="AWS::WAFv2::WebACL: Rules",
    )
    source = "https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html"
    references = References(pillar="Security")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        known = {group.name for group in firewall.all_rule_groups().values()}
        for acl in architecture.of(WebAcl):
            priorities = Counter(group.priority for group in acl.managed_rule_groups)
            if acl.rate_limit:
                priorities[acl.rate_limit.priority] += 1
                if acl.rate_limit.limit < LEAST or acl.rate_limit.window not in WINDOWS:
                    yield self.violation(
                        acl,
                        f"limits to {acl.rate_limit.limit} requests in {acl.rate_limit.window} seconds; "
                        f"{LEAST} or more "
                        f"in {listed(WINDOWS)} are right",
                    )
            for priority, count in priorities.items():
                if count > 1:
                    yield self.violation(acl, f"has {count} rules with priority {priority}; one is right")
            for group in acl.managed_rule_groups:
                if group.group_name not in known:
                    yield self.violation(acl, f"has the rule group {group.group_name}, which AWS does not have")
