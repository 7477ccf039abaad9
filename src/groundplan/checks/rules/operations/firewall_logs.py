"""GP-OPS-062."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.firewall import WebAcl, WebAclLogging


class FirewallLogs(Rule):
    id = "GP-OPS-062"
    title = "A web ACL writes what it blocks"
    severity = "warning"
    why = "Nobody sees attacks, nor customers who are blocked by mistake."
    fix = Fix(
        blueprint="Leave firewall.logs as it is.",
        terraform="aws_wafv2_web_acl_logging_configuration",
        cloudformation="AWS::WAFv2::LoggingConfiguration",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/waf-controls.html#waf-11"
    references = References(pillar="Security", security_hub=("WAF.11",), checkov=("CKV2_AWS_31",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        logged = {item.web_acl for item in architecture.of(WebAclLogging)}
        for acl in architecture.of(WebAcl):
            if acl.ref not in logged:
                yield self.violation(acl, "has no web_acl_logging; one is right")
