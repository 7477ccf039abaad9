"""GP-VAL-012."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.edge import ListenerRule

LIMIT = 5


class ListenerRuleConditions(Rule):
    id = "GP-VAL-012"
    title = "A listener rule has one to five condition values"
    severity = "error"
    why = "Elastic Load Balancing refuses a rule without a condition, and one with more than five values."
    fix = Fix(
        blueprint="Set public.domain or public.path of the service, or spread its paths over several rules.",
        terraform="aws_lb_listener_rule: condition",
        cloudformation="AWS::ElasticLoadBalancingV2::ListenerRule: Conditions",
    )
    source = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for rule in architecture.of(ListenerRule):
            count = len(rule.host_headers) + len(rule.path_patterns)
            if not 1 <= count <= LIMIT:
                yield self.violation(rule, f"has {count} hosts and paths as conditions; 1 to {LIMIT} is right")
