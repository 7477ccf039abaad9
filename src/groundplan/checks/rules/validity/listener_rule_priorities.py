"""GP-VAL-011."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.edge import Listener, ListenerRule
from groundplan.resources.values import Ref

FIRST, LAST = 1, 50_000


class ListenerRulePriorities(Rule):
    id = "GP-VAL-011"
    title = "Each rule of a listener has a priority of its own"
    severity = "error"
    why = "Elastic Load Balancing refuses a priority that is in use (PriorityInUse) or outside 1 to 50000."
    fix = Fix(
        blueprint="Nothing to write: priorities are given by the order of the services. Please report it.",
        terraform="aws_lb_listener_rule: priority",
        cloudformation="AWS::ElasticLoadBalancingV2::ListenerRule: Priority",
    )
    source = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        taken: dict[tuple[Ref[Listener], int], ListenerRule] = {}
        for rule in architecture.of(ListenerRule):
            if not FIRST <= rule.priority <= LAST:
                yield self.violation(rule, f"has priority {rule.priority}; {FIRST} to {LAST} is right")
            first = taken.setdefault((rule.listener, rule.priority), rule)
            if first is not rule:
                yield self.violation(
                    rule, f"has priority {rule.priority}, which {first.address} has already; it has to be its own"
                )
