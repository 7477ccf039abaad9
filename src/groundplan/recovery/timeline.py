"""When each step ends, counted from the loss of the region, and how long users wait altogether."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from groundplan.recovery.failover import Seconds, Step
from groundplan.units import Duration

NOTHING = Seconds(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Timeline:
    """When the steps are done."""

    ends: Mapping[str, Seconds | None]
    """Seconds after the loss, by step. None: a person is waited for."""
    total: Seconds | None
    """When the last step that users wait for has ended; None where a person is waited for."""

    def holds(self, objective: Duration) -> bool:
        """Whether it is over in time even if everything takes as long as it may."""
        return self.total is not None and self.total.high <= objective.seconds


def timeline(steps: Sequence[Step]) -> Timeline:
    """Steps that do not wait for each other run at the same time: the longest way through them counts."""
    ends: dict[str, Seconds | None] = {}
    for step in steps:
        begin: Seconds | None = NOTHING
        for name in step.after:
            end = ends[name]
            begin = None if begin is None or end is None else begin.at_least(end)
        ends[step.name] = None if begin is None or step.seconds is None else begin + step.seconds
    total: Seconds | None = NOTHING
    for step in steps:
        end = ends[step.name]
        if step.waited_for:
            total = None if total is None or end is None else total.at_least(end)
    return Timeline(ends, total)
