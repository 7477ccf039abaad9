"""GP-SEC-009."""

from __future__ import annotations

import re
from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.edge import Listener

GOOD = re.compile(
    r"ELBSecurityPolicy-(TLS13-1-[23](-(Res|Ext[012]))?(-FIPS)?(-PQ)?-\d{4}-\d{2}|FS-1-2(-Res)?-\d{4}-\d{2}|TLS-1-2(-Ext)?-\d{4}-\d{2})"
)
"""The policies that admit TLS 1.2 and 1.3 only."""
RECOMMENDED = "ELBSecurityPolicy-TLS13-1-2-2021-06"


class ListenerTlsPolicy(Rule):
    id = "GP-SEC-009"
    title = "An HTTPS listener admits TLS 1.2 and newer only"
    severity = "error"
    why = "TLS 1.0 and 1.1 are broken and forbidden by PCI DSS. A listener without a policy admits both."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform=f'aws_lb_listener: ssl_policy = "{RECOMMENDED}"',
        cloudformation=f"AWS::ElasticLoadBalancingV2::Listener: SslPolicy: {RECOMMENDED}",
    )
    source = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html"
    references = References(
        pillar="Security",
        security_hub=("ELB.17",),
        checkov=(
            "CKV_AWS_103",
            "CKV2_AWS_74",
        ),
    )

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for listener in architecture.of(Listener):
            policy = listener.ssl_policy
            if listener.protocol == "HTTPS" and not (policy and GOOD.fullmatch(policy)):
                found = policy or "none, which means ELBSecurityPolicy-2016-08"
                yield self.violation(listener, f"has ssl_policy {found}; {RECOMMENDED} is right")
