"""GP-SEC-049."""

from __future__ import annotations

import re
from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import EcsService
from groundplan.resources.edge import LoadBalancer, balancer_of
from groundplan.resources.network import ANYWHERE, SecurityGroupRule

SWITCH = re.compile(r"([A-Z0-9]+_)?DEBUG")
"""``DEBUG``, ``DJANGO_DEBUG``, ``FLASK_DEBUG``; not ``DEBUG_TOOLBAR``, whatever that is."""
ON = re.compile(r"true|1|yes|on", re.I)
"""Not Node's ``DEBUG=express:*``, which chooses log lines."""


class DebugMode(Rule):
    id = "GP-SEC-049"
    title = "What everyone reaches does not run in debug mode"
    severity = "error"
    why = "In debug mode frameworks show settings, source code and stack traces to whoever causes an error."
    fix = Fix(
        blueprint="Switch the variable off, or let in only those who debug: services.<name>.public.allow.",
        terraform="aws_ecs_task_definition: the variable off; or a cidr_ipv4 of your own for the load balancer",
        cloudformation="AWS::ECS::TaskDefinition: the variable off; or a CidrIp of your own for the load balancer",
    )
    source = "https://docs.aws.amazon.com/amazonq/detector-library/python/detect-activated-debug-feature"
    references = References(pillar="Security")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for service in architecture.of(EcsService):
            if not _reached_by_everyone(architecture, service):
                continue
            for container in architecture[service.task_definition].containers:
                for name, value in container.environment.items():
                    if SWITCH.fullmatch(name) and isinstance(value, str) and ON.fullmatch(value):
                        yield self.violation(
                            service,
                            f"has {name}={value} in container {container.name} and is open to the internet; "
                            "off is right, or a load balancer that lets in only a few addresses",
                        )


def _reached_by_everyone(architecture: Architecture, service: EcsService) -> bool:
    balancers = (balancer_of(architecture, item.target_group) for item in service.load_balancers)
    return any(ref is not None and _is_open(architecture, architecture[ref]) for ref in balancers)


def _is_open(architecture: Architecture, balancer: LoadBalancer) -> bool:
    return balancer.scheme == "internet-facing" and any(
        rule.security_group in balancer.security_groups and rule.direction == "ingress" and rule.peer == ANYWHERE
        for rule in architecture.of(SecurityGroupRule)
    )
