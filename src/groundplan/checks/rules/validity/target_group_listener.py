"""GP-VAL-040."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import EcsService
from groundplan.resources.edge import Listener, ListenerRule, forwarded_to


class TargetGroupListener(Rule):
    id = "GP-VAL-040"
    title = "A listener forwards to each target group in which a service registers"
    severity = "error"
    why = "ECS refuses a service whose target group has no load balancer (InvalidParameterException)."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_lb_listener: default_action, or aws_lb_listener_rule: action, of type forward",
        cloudformation="AWS::ElasticLoadBalancingV2::Listener: DefaultActions of type forward",
    )
    source = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        actions = [listener.default_action for listener in architecture.of(Listener)]
        actions += [rule.action for rule in architecture.of(ListenerRule)]
        served = {group for action in actions for group in forwarded_to(action)}
        for service in architecture.of(EcsService):
            for target in service.load_balancers:
                groups = [target.target_group, *([target.shift.alternate_target_group] if target.shift else ())]
                for group in groups:
                    if group not in served:
                        yield self.violation(
                            service, f"registers in {group}, to which no listener forwards; one is needed"
                        )
