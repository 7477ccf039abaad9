"""GP-SEC-008."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.edge import Action, FixedResponse, Listener, ListenerRule, forwarded_to


class ListenerPlainHttp(Rule):
    id = "GP-SEC-008"
    title = "An HTTP listener only redirects to HTTPS"
    severity = "error"
    why = "Passwords, tokens and cookies cross the internet in clear."
    fix = Fix(
        blueprint="Remove tls: false from services.<name>.public, and give it a domain.",
        terraform="aws_lb_listener: default_action of type redirect to HTTPS",
        cloudformation="AWS::ElasticLoadBalancingV2::Listener: DefaultActions with RedirectConfig to HTTPS",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html#elb-1"
    references = References(
        pillar="Security",
        security_hub=("ELB.1",),
        checkov=(
            "CKV_AWS_2",
            "CKV_AWS_103",
            "CKV_AWS_378",
            "CKV2_AWS_20",
            "CKV_AWS_376",
        ),
    )

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for listener in architecture.of(Listener):
            found = _serves(listener.default_action)
            if listener.protocol == "HTTP" and found:
                yield self.violation(listener, f"has protocol HTTP and {found}; a redirect to HTTPS is right")
        for rule in architecture.of(ListenerRule):
            found = _serves(rule.action)
            if architecture[rule.listener].protocol == "HTTP" and found:
                yield self.violation(rule, f"of {rule.listener}, which has protocol HTTP, {found}; HTTPS is right")


def _serves(action: Action) -> str | None:
    if groups := forwarded_to(action):
        return f"forwards to {' and '.join(map(str, groups))}"
    # Refusing a request in clear gives nothing away.
    if isinstance(action, FixedResponse) and action.status_code < 300:
        return f"answers {action.status_code}"
    return None
