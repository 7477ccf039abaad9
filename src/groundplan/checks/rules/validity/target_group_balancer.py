"""GP-VAL-114."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.edge import Listener, ListenerRule, LoadBalancer, TargetGroup, forwarded_to
from groundplan.resources.values import Ref


class TargetGroupBalancer(Rule):
    id = "GP-VAL-114"
    title = "A target group gets its requests from one load balancer"
    severity = "error"
    why = "Elastic Load Balancing refuses a target group that another load balancer has already."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_lb_listener, aws_lb_listener_rule: target_group_arn",
        cloudformation="AWS::ElasticLoadBalancingV2::Listener, ListenerRule: TargetGroupArn",
    )
    source = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        owners: dict[Ref[TargetGroup], Ref[LoadBalancer]] = {}
        for listener in architecture.of(Listener):
            for group in forwarded_to(listener.default_action):
                first = owners.setdefault(group, listener.load_balancer)
                if first != listener.load_balancer:
                    yield self.violation(
                        listener, f"forwards to {group}, which {first} has; a group of its own is right"
                    )
        for rule in architecture.of(ListenerRule):
            balancer = architecture[rule.listener].load_balancer
            for group in forwarded_to(rule.action):
                first = owners.setdefault(group, balancer)
                if first != balancer:
                    yield self.violation(rule, f"forwards to {group}, which {first} has; a group of its own is right")
