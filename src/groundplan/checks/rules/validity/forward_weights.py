"""GP-VAL-115."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.checks.wording import listed
from groundplan.resources.architecture import Architecture
from groundplan.resources.base import Resource
from groundplan.resources.edge import Action, Listener, ListenerRule, WeightedForward

MOST, HEAVIEST = 5, 999


class ForwardWeights(Rule):
    id = "GP-VAL-115"
    title = "Requests are divided between one to five target groups, with weights of 0 to 999"
    severity = "error"
    why = "Elastic Load Balancing refuses more groups and other weights; with all weights 0 nobody gets a request."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_lb_listener_rule: action, forward, target_group: weight",
        cloudformation="AWS::ElasticLoadBalancingV2::ListenerRule: Actions, ForwardConfig: TargetGroups",
    )
    source = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ForwardActionConfig.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        actions: list[tuple[Resource, Action]] = [(item, item.default_action) for item in architecture.of(Listener)]
        actions += [(item, item.action) for item in architecture.of(ListenerRule)]
        for resource, action in actions:
            if isinstance(action, WeightedForward):
                weights = [item.weight for item in action.target_groups]
                if (
                    not 1 <= len(weights) <= MOST
                    or not all(0 <= weight <= HEAVIEST for weight in weights)
                    or not any(weights)
                ):
                    yield self.violation(
                        resource,
                        f"divides requests by {listed(weights)}; "
                        f"up to {MOST} weights of 0 to {HEAVIEST}, not all 0, are right",
                    )
