"""GP-VAL-010."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.edge import Listener, LoadBalancer
from groundplan.resources.values import Ref


class ListenerPorts(Rule):
    id = "GP-VAL-010"
    title = "A load balancer has one listener for each port"
    severity = "error"
    why = "Elastic Load Balancing refuses a second listener on a port (DuplicateListener)."
    fix = Fix(
        blueprint="Let the services share the listener: give each its own public.domain or public.path.",
        terraform="aws_lb_listener: port",
        cloudformation="AWS::ElasticLoadBalancingV2::Listener: Port",
    )
    source = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        taken: dict[tuple[Ref[LoadBalancer], int], Listener] = {}
        for listener in architecture.of(Listener):
            first = taken.setdefault((listener.load_balancer, listener.port), listener)
            if first is not listener:
                yield self.violation(
                    listener,
                    f"has port {listener.port} of {listener.load_balancer}, which {first.address} has already; "
                    "another port, or a rule of that listener, is right",
                )
