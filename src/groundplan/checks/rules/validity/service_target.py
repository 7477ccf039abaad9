"""GP-VAL-030."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import EcsService


class ServiceTarget(Rule):
    id = "GP-VAL-030"
    title = "A service registers a container and port that its task has, in a target group of addresses"
    severity = "error"
    why = "ECS refuses a service whose task lacks the container or port; Fargate tasks register by address (type ip)."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_ecs_service: load_balancer; aws_lb_target_group: target_type",
        cloudformation="AWS::ECS::Service: LoadBalancers; AWS::ElasticLoadBalancingV2::TargetGroup: TargetType",
    )
    source = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for service in architecture.of(EcsService):
            task = architecture[service.task_definition]
            ports = {container.name: container.port for container in task.containers}
            for target in service.load_balancers:
                name, port = target.container_name, target.container_port
                group = architecture[target.target_group]
                if name not in ports:
                    known = ", ".join(ports)
                    yield self.violation(service, f"registers container {name}; {task.address} has {known}")
                elif ports[name] != port:
                    yield self.violation(service, f"registers port {port} of {name}, which listens on {ports[name]}")
                if group.target_type != "ip":
                    yield self.violation(
                        service, f"uses {group.address} of target_type {group.target_type}; ip is right"
                    )
