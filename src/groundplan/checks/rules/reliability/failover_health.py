"""GP-REL-068."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.dns import DnsRecord


class FailoverHealth(Rule):
    id = "GP-REL-068"
    title = "What answers first in a failover has a health check"
    severity = "error"
    why = "Route 53 takes a record without one for healthy: it never answers with the standby."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_route53_record: health_check_id, or alias, evaluate_target_health = true",
        cloudformation="AWS::Route53::RecordSet: HealthCheckId, or AliasTarget: EvaluateTargetHealth: true",
    )
    source = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-types.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for record in architecture.of(DnsRecord):
            if record.failover == "PRIMARY" and record.health_check is None and not record.evaluate_target_health:
                yield self.violation(record, "has failover PRIMARY and no health_check; one is right")
