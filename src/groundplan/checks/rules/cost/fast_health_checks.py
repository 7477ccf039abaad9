"""GP-COST-017."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.dns import HealthCheck

USUAL = 30


class FastHealthChecks(Rule):
    id = "GP-COST-017"
    title = "Route 53 asks every 30 seconds"
    severity = "info"
    why = "Asking every ten seconds is paid extra each month, and the way to the standby takes minutes anyway."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_route53_health_check: request_interval = 30",
        cloudformation="AWS::Route53::HealthCheck: RequestInterval: 30",
    )
    source = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html"
    references = References(pillar="Cost Optimization")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for check in architecture.of(HealthCheck):
            if check.request_interval < USUAL:
                yield self.violation(check, f"has request_interval {check.request_interval}; {USUAL} is right")
