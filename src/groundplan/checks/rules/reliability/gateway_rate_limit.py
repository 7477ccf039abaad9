"""GP-REL-040."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.firewall import WebAcl
from groundplan.resources.gateway import RestApi


class GatewayRateLimit(Rule):
    id = "GP-REL-040"
    title = "No rate limit by address stands between an API gateway and its load balancer"
    severity = "warning"
    why = (
        "The load balancer sees the gateway's few addresses instead of its clients': AWS WAF counts them all as one, "
        "and shuts everyone out together."
    )
    fix = Fix(
        blueprint="Set firewall.rate: null, and leave the limit to public.gateway.rate.",
        terraform="aws_wafv2_web_acl: rate_based_statement",
        cloudformation="AWS::WAFv2::WebACL: RateBasedStatement",
    )
    source = "https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        if not architecture.of(RestApi):
            return
        for acl in architecture.of(WebAcl):
            limit = acl.rate_limit
            if acl.scope == "REGIONAL" and limit and not limit.only_count:
                yield self.violation(
                    acl, f"blocks after {limit.limit} requests of one address, a gateway's too; no rate_limit is right"
                )  # fmt: skip
