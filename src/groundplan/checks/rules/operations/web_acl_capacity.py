"""GP-OPS-040."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.catalog import firewall
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.firewall import WebAcl


class WebAclCapacity(Rule):
    id = "GP-OPS-040"
    title = "A web ACL takes no more capacity than its price contains"
    severity = "info"
    why = "Beyond 1,500 capacity units every request costs more, for each further 500."
    fix = Fix(
        blueprint="Leave out of firewall.rules what the application does not run: windows, php, wordpress, ...",
        terraform="aws_wafv2_web_acl: rule",
        cloudformation="AWS::WAFv2::WebACL: Rules",
    )
    source = "https://docs.aws.amazon.com/waf/latest/developerguide/aws-waf-capacity-units.html"
    references = References(pillar="Cost Optimization")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        included = firewall.capacity().included
        for acl in architecture.of(WebAcl):
            names = tuple(group.group_name for group in acl.managed_rule_groups)
            needed = firewall.needed(names, rate_limit=acl.rate_limit is not None)
            if needed > included:
                yield self.violation(acl, f"takes {needed} capacity units; {included} at most are right")
