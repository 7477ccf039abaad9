"""GP-VAL-137."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.dns import HealthCheck

MOST = 10


class DnsHealthChecks(Rule):
    id = "GP-VAL-137"
    title = "A health check of Route 53 asks a path after 1 to 10 failures"
    severity = "error"
    why = "Route 53 refuses another threshold and a path without a slash in front."
    fix = Fix(
        blueprint="Set services.<name>.health.path to a path that starts with a slash.",
        terraform="aws_route53_health_check: failure_threshold, resource_path, port",
        cloudformation="AWS::Route53::HealthCheck: FailureThreshold, ResourcePath, Port",
    )
    source = "https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for check in architecture.of(HealthCheck):
            if not 1 <= check.failure_threshold <= MOST:
                yield self.violation(check, f"has failure_threshold {check.failure_threshold}; 1 to {MOST} is right")
            if not check.resource_path.startswith("/"):
                yield self.violation(
                    check, f'has resource_path "{check.resource_path}"; one that starts with "/" is right'
                )
