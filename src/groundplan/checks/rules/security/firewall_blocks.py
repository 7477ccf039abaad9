"""GP-SEC-111."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.firewall import WebAcl


class FirewallBlocks(Rule):
    id = "GP-SEC-111"
    title = "A web ACL blocks something"
    severity = "warning"
    why = "A firewall without rules, or with rules that only count, lets everything through and looks as if it did not."
    fix = Fix(
        blueprint="Set firewall.rules to one group or more, and leave firewall.count out.",
        terraform="aws_wafv2_web_acl: rule, override_action",
        cloudformation="AWS::WAFv2::WebACL: Rules, OverrideAction",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/waf-controls.html#waf-10"
    references = References(pillar="Security", security_hub=("WAF.10",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for acl in architecture.of(WebAcl):
            rules = (*acl.managed_rule_groups, *((acl.rate_limit,) if acl.rate_limit else ()))
            if all(rule.only_count for rule in rules):
                yield self.violation(
                    acl, "has no rule that blocks; one is right" if rules else "has no rules; one is right"
                )
