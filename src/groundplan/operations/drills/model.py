"""What the model of recoveries says of a drill, before it is run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from groundplan.operations.drills.kinds import Drill

if TYPE_CHECKING:
    from groundplan.blueprint.loading import LoadedEnvironment
    from groundplan.recovery import Seconds, Step
    from groundplan.resources import Architecture
    from groundplan.units import Duration


@dataclass(frozen=True)
class Expected:
    """What is expected of a drill."""

    steps: tuple[str, ...]
    """What happens, in order, by whom and when it is done."""
    users: Seconds | None
    """How long users wait; None: a person has to act, and nobody knows how long that takes."""
    whole: Seconds | None
    """How long until everything is as before; None as above."""
    objective: Duration | None
    """How long users may wait."""
    sources: tuple[str, ...]
    """Where the figures are from, and what they assume."""


def expected(loaded: LoadedEnvironment, architecture: Architecture, drill: Drill) -> Expected:
    """What :mod:`groundplan.recovery` says of the disruption; of a zone, what it says of the worst one."""
    from groundplan.recovery import Given, survey

    objectives = loaded.blueprint.objectives
    named = objectives.recovery.get(drill.kind)
    objective = named.time if named is not None and named.time is not None else objectives.recovery_time
    found = next((item for item in survey(architecture, Given.by(objectives)) if item.disruption == drill.kind), None)
    if found is None:
        return Expected((), None, None, objective, ())
    steps = tuple(_told(step, found.times.ends[step.name]) for step in found.steps)
    sources = dict.fromkeys(source for step in found.steps for source in step.sources)
    return Expected(steps, found.total, found.whole, objective, (*sources, *found.assumptions))


def _told(step: Step, end: Seconds | None) -> str:
    when = "nobody knows when" if end is None else f"done after {end.low} to {end.high} s, {end.expected} expected"
    waits = "" if step.waited_for else "; users do not wait for it"
    return f"{step.what} ({step.by}; {when}{waits})"
