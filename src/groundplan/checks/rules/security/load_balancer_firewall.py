"""GP-SEC-083."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.edge import LoadBalancer
from groundplan.resources.firewall import WebAclAssociation


class LoadBalancerFirewall(Rule):
    id = "GP-SEC-083"
    title = "A load balancer on the internet stands behind a web application firewall"
    severity = "info"
    why = "Known attacks and floods of requests reach the application, which has to withstand them alone."
    fix = Fix(
        blueprint="Write firewall: {}, or firewall: {protects: [load-balancer]}; paid per web ACL, rule and request.",
        terraform="aws_wafv2_web_acl_association: resource_arn of the load balancer",
        cloudformation="AWS::WAFv2::WebACLAssociation: ResourceArn of the load balancer",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html#elb-16"
    references = References(pillar="Security", security_hub=("ELB.16",), checkov=("CKV2_AWS_28",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        behind = {association.load_balancer for association in architecture.of(WebAclAssociation)}
        for balancer in architecture.of(LoadBalancer):
            if balancer.scheme == "internet-facing" and balancer.ref not in behind:
                yield self.violation(balancer, "is internet-facing without a web ACL; one is right")
