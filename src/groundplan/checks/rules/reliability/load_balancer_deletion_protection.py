"""GP-REL-009."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.edge import LoadBalancer


class LoadBalancerDeletionProtection(Rule):
    id = "GP-REL-009"
    title = "A load balancer is protected from deletion"
    severity = "warning"
    why = "Its address goes with it: every DNS record that leads there leads nowhere."
    fix = Fix(
        blueprint="Set databases.<name>.deletion_protection to true: a load balancer is protected where a database is.",
        terraform="aws_lb: enable_deletion_protection = true",
        cloudformation="AWS::ElasticLoadBalancingV2::LoadBalancer: deletion_protection.enabled",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html#elb-6"
    references = References(pillar="Reliability", security_hub=("ELB.6",), checkov=("CKV_AWS_150",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for balancer in architecture.of(LoadBalancer):
            if not balancer.deletion_protection:
                yield self.violation(balancer, "has deletion_protection false; true is right")
