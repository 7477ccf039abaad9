"""GP-SEC-020."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.edge import LoadBalancer


class InvalidHeaders(Rule):
    id = "GP-SEC-020"
    title = "A load balancer drops invalid headers"
    severity = "warning"
    why = "Malformed headers can smuggle a second request past the load balancer."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_lb: drop_invalid_header_fields = true",
        cloudformation="AWS::ElasticLoadBalancingV2::LoadBalancer: routing.http.drop_invalid_header_fields.enabled",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html#elb-4"
    references = References(pillar="Security", security_hub=("ELB.4",), checkov=("CKV_AWS_131",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for balancer in architecture.of(LoadBalancer):
            if not balancer.drop_invalid_header_fields:
                yield self.violation(balancer, "has drop_invalid_header_fields false; true is right")
