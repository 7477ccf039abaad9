"""GP-VAL-053."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import EcsService, ServiceLoadBalancer
from groundplan.resources.edge import forwarded_to


class TrafficShift(Rule):
    id = "GP-VAL-053"
    title = "Deployments that shift requests have two target groups and a rule that leads to both"
    severity = "error"
    why = "ECS refuses the service, or its first deployment fails, because there is nothing to shift between."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_ecs_service: load_balancer, advanced_configuration; aws_lb_listener_rule: action, forward",
        cloudformation="AWS::ECS::Service: LoadBalancers, AdvancedConfiguration; "
        "AWS::ElasticLoadBalancingV2::ListenerRule: Actions, ForwardConfig",
    )
    source = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb-resources-for-blue-green.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for service in architecture.of(EcsService):
            rolling = service.deployment_strategy == "ROLLING"
            for balancer in service.load_balancers:
                if balancer.shift is None and not rolling:
                    strategy = service.deployment_strategy
                    yield self.violation(
                        service, f"has deployment_strategy {strategy} and one target group; two are right"
                    )
                elif balancer.shift and rolling:
                    yield self.violation(service, "has two target groups and deployment_strategy ROLLING; one is right")
                else:
                    for message in _wrong(architecture, balancer):
                        yield self.violation(service, message)


def _wrong(architecture: Architecture, balancer: ServiceLoadBalancer) -> Iterator[str]:
    shift = balancer.shift
    if shift is None:
        return
    rule = architecture[shift.production_listener_rule]
    groups = (balancer.target_group, shift.alternate_target_group)
    if groups[0] == groups[1]:
        yield f"shifts requests from {groups[0]} to itself; another target group is right"
    for group in groups:
        if group not in forwarded_to(rule.action):
            yield f"shifts requests with {rule.address}, which does not lead to {group}"
