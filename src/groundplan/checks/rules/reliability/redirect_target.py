"""GP-REL-062."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.edge import Listener, Redirect


class RedirectTarget(Rule):
    id = "GP-REL-062"
    title = "A redirect leads to a port on which somebody listens"
    severity = "error"
    why = "Every request is sent to where nobody answers."
    fix = Fix(
        blueprint="Set services.<name>.public.tls to true, or leave public.redirect out.",
        terraform="aws_lb_listener: default_action, redirect; a listener on that port",
        cloudformation=(
            "AWS::ElasticLoadBalancingV2::Listener: DefaultActions, RedirectConfig; a listener on that port"
        ),
    )
    source = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        ports = {(item.load_balancer, item.port, item.protocol) for item in architecture.of(Listener)}
        for listener in architecture.of(Listener):
            action = listener.default_action
            if isinstance(action, Redirect) and (listener.load_balancer, action.port, action.protocol) not in ports:
                yield self.violation(
                    listener, f"redirects to {action.protocol} on port {action.port}, where nobody listens"
                )
