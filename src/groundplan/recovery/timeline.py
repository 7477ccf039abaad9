"""When each step ends, counted from the loss of the region, and how long users wait altogether."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from groundplan.recovery.steps import NOTHING, Seconds, Step
from groundplan.units import Duration


@dataclass(frozen=True, slots=True)
class Timeline:
    """When the steps are done."""

    ends: Mapping[str, Seconds | None]
    """Seconds after the loss, by step. None: a person is waited for."""
    total: Seconds | None
    """When the last step that users wait for has ended; None where a person is waited for."""
    whole: Seconds | None
    """When the very last step has ended, and everything is as before; None where a person is waited for."""
    least: int
    """Seconds that users wait even if people act at once."""

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
    whole: Seconds | None = NOTHING
    for step in steps:
        end = ends[step.name]
        whole = None if whole is None or end is None else whole.at_least(end)
        if step.waited_for:
            total = None if total is None or end is None else total.at_least(end)
    return Timeline(ends, total, whole, total.low if total else _least(steps))


def _least(steps: Sequence[Step]) -> int:
    """The longest way through the steps where people take no time."""
    ends: dict[str, int] = {}
    for step in steps:
        begin = max((ends[name] for name in step.after), default=0)
        ends[step.name] = begin + (step.seconds.low if step.seconds else 0)
    return max((ends[step.name] for step in steps if step.waited_for), default=0)
