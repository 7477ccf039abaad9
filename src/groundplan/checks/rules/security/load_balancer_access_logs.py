"""GP-SEC-025."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.edge import LoadBalancer


class LoadBalancerAccessLogs(Rule):
    id = "GP-SEC-025"
    title = "A load balancer writes access logs"
    severity = "warning"
    why = "Nobody can say afterwards who asked for what: neither after an attack nor after a slow night."
    fix = Fix(
        blueprint="Set network.flow_logs, like 30d: access logs are kept where flow logs are.",
        terraform="aws_lb: access_logs",
        cloudformation="AWS::ElasticLoadBalancingV2::LoadBalancer: access_logs.s3.enabled, access_logs.s3.bucket",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html#elb-5"
    references = References(pillar="Security", security_hub=("ELB.5",), checkov=("CKV_AWS_91",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for balancer in architecture.of(LoadBalancer):
            if balancer.access_log_bucket is None:
                yield self.violation(balancer, "has no access_log_bucket; one is right")
