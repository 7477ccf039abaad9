"""GP-SEC-084."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.firewall import WebAcl

_GROUP = "AWSManagedRulesKnownBadInputsRuleSet"


class KnownBadInputs(Rule):
    id = "GP-SEC-084"
    title = "A web ACL blocks inputs of known attacks"
    severity = "info"
    why = "Requests that exploit Log4j, Java deserialization or exposed paths pass, though AWS keeps rules for them."
    fix = Fix(
        blueprint="Add known-bad-inputs to firewall.rules.",
        terraform=f"aws_wafv2_web_acl: managed_rule_group_statement with the name {_GROUP}",
        cloudformation=f"AWS::WAFv2::WebACL: ManagedRuleGroupStatement with the name {_GROUP}",
    )
    source = "https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html"
    references = References(pillar="Security", checkov=("CKV_AWS_192", "CKV2_AWS_47", "CKV2_AWS_76"))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for acl in architecture.of(WebAcl):
            found = next((group for group in acl.managed_rule_groups if group.group_name == _GROUP), None)
            if found is None:
                yield self.violation(acl, f"has no managed rule group {_GROUP}; it is right for every web ACL")
            elif found.only_count:
                yield self.violation(acl, f"only counts what {_GROUP} finds; blocking is right once that is looked at")
