"""Target tracking as AWS documents it, minute by minute, on the scaling policies of an architecture.

The number of tasks becomes what brings the metric to its target, rounded up; of several policies the one that asks
for most tasks decides; scaling in happens only when all agree, and after the cooldown.
Source: https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from groundplan.resources import Architecture
from groundplan.resources.scaling import ScalableTarget, ScalingPolicy
from groundplan.resources.values import Ref

MINUTE = 60
LOW_MINUTES = 15
"""How long the metric stays low before tasks are stopped: the alarm that target tracking makes for it."""


@dataclass(frozen=True, kw_only=True)
class Load:
    """Demand of a minute, in percent of one task's size: 210 keeps three tasks at 70 %."""

    cpu: Decimal = Decimal(0)
    memory: Decimal = Decimal(0)
    requests: Decimal = Decimal(0)
    """Not in percent: how many there are."""

    def on(self, policy: ScalingPolicy) -> Decimal:
        """The demand that a policy measures."""
        return {
            "ECSServiceAverageCPUUtilization": self.cpu,
            "ECSServiceAverageMemoryUtilization": self.memory,
            "ALBRequestCountPerTarget": self.requests,
        }[policy.predefined_metric or ""]


def replay(architecture: Architecture, target: Ref[ScalableTarget], load: Iterable[Load], *, start: int) -> list[int]:
    """The number of tasks after each minute."""
    bounds = architecture[target]
    policies = [policy for policy in architecture.of(ScalingPolicy) if policy.target == target]
    tasks, low, since = start, 0, 10**9
    counts = []
    for minute in load:
        wanted = max(_whole(minute.on(policy) / policy.target_value) for policy in policies)
        wanted = min(max(wanted, bounds.min_capacity), bounds.max_capacity)
        low = low + 1 if wanted < tasks else 0
        since += MINUTE
        if wanted > tasks and since >= max(policy.scale_out_cooldown for policy in policies):
            tasks, since = wanted, 0
        elif low >= LOW_MINUTES and since >= max(policy.scale_in_cooldown for policy in policies):
            tasks, since, low = wanted, 0, 0
        counts.append(tasks)
    return counts


def _whole(tasks: Decimal) -> int:
    return int(tasks.to_integral_value(ROUND_CEILING))
