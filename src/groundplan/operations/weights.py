"""Where requests go at the moment: the weights of rules, which ECS moves with every deployment that shifts requests.

CloudFormation sends the whole rule when anything of it changes, its weights too. With those of the creation it would
send every request to the target group that a deployment has emptied since.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from groundplan.operations import stacks
from groundplan.targets.connection import Connection, explained

if TYPE_CHECKING:
    from groundplan.engines.cloudformation import Rendering, Stack
    from groundplan.resources.base import Resource
    from groundplan.resources.values import Ref


def live_weights(connection: Connection, rendering: Rendering, stack: Stack) -> dict[str, str]:
    """The value of each parameter for a weight, as the load balancer has it; nothing for rules that do not exist."""
    return dict(_weights(connection, rendering, stack)) if stack.weights else {}


def _weights(connection: Connection, rendering: Rendering, stack: Stack) -> Iterator[tuple[str, str]]:
    known: dict[str, dict[str, str]] = {}

    def physical(ref: Ref[Resource]) -> str | None:
        place = rendering.locations[ref][0]
        if place.stack not in known:
            known[place.stack] = stacks.physical_ids(connection, place.stack, stack.region)
        return known[place.stack].get(place.logical_id)

    with explained(f"Reading the rules of {stack.name}"):
        for weight in stack.weights:
            rule, group = physical(weight.rule), physical(weight.target_group)
            if rule is None or group is None:
                continue
            for found in connection.elbv2(stack.region).describe_rules(RuleArns=[rule])["Rules"]:
                for action in found["Actions"]:
                    for target in action.get("ForwardConfig", {}).get("TargetGroups", []):
                        if target.get("TargetGroupArn") == group:
                            yield weight.parameter, str(target.get("Weight", 0))
