"""GP-COST-006."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.edge import Listener, ListenerRule, LoadBalancer, forwarded_to


class IdleBalancer(Rule):
    id = "GP-COST-006"
    title = "A load balancer has requests to hand on"
    severity = "warning"
    why = "It is paid by the hour, and every answer is one that it makes up itself."
    fix = Fix(
        blueprint="Set public on a service, or remove the load balancer.",
        terraform="aws_lb: remove it, or add a listener that forwards",
        cloudformation="AWS::ElasticLoadBalancingV2::LoadBalancer: remove it, or add a listener that forwards",
    )
    source = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html"
    references = References(pillar="Cost Optimization")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        busy = {item.load_balancer for item in architecture.of(Listener) if forwarded_to(item.default_action)}
        busy |= {
            architecture[item.listener].load_balancer
            for item in architecture.of(ListenerRule)
            if forwarded_to(item.action)
        }
        for balancer in architecture.of(LoadBalancer):
            if balancer.ref not in busy:
                yield self.violation(
                    balancer, "forwards nothing to anybody; a listener that forwards is right, or none"
                )
