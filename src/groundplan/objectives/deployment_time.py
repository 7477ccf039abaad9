"""Whether a whole environment is there soon enough when it is deployed for the first time."""

from __future__ import annotations

from groundplan.objectives.answer import Answer, Figure
from groundplan.resources import Architecture
from groundplan.simulation.deployment import Engine, deployment_time, least_time
from groundplan.units import Duration

_TOLD = 60
"""Seconds from which on a step of the critical path is named."""


def answer(required: Duration, architecture: Architecture, engine: Engine) -> Answer:
    """The critical path of a first deployment against the time that it may take."""
    found = deployment_time(architecture, engine)
    long = [step for step in found.path if step.time.expected >= _TOLD]
    path = ", then ".join(f"{step.what} ({_text(step.time.expected)})" for step in long)
    by_row = {step.time.key: step.time for step in long}
    assumptions = [f"{time.title}: {time.assumed} ({time.source.page})" for time in by_row.values()]
    assumptions.append("images are in the registry; no quota of the account is in the way")
    order = (
        "each stack once those that it needs are complete, four at the same time"
        if engine == "cloudformation"
        else "each resource once those that it refers to are there, ten at the same time"
    )
    return Answer(
        name="deployment_time",
        required=_figure(required.seconds),
        predicted=_figure(found.expected),
        interval=(_figure(found.low), _figure(found.high)),
        met=True if found.high <= required.seconds else False if found.low > required.seconds else None,
        method=f"known creation times along the critical path ({order}): {path or 'nothing takes a minute'}; the "
        "interval has every resource at its least and at its longest at once",
        assumptions=tuple(assumptions),
    )


def is_lost(required: Duration, architecture: Architecture, engine: Engine) -> bool:
    """Whether it is known to take longer: ``met`` of the answer, without its words."""
    return least_time(architecture, engine) > required.seconds


def _figure(seconds: float) -> Figure:
    return Figure(float(seconds), "s", _text(seconds))


def _text(seconds: float) -> str:
    """``4 min 10 s``, and from ten minutes on whole minutes."""
    minutes, rest = divmod(round(seconds), 60)
    if minutes >= 10:
        return f"{round(seconds / 60)} min"
    return " ".join([*([f"{minutes} min"] if minutes else []), *([f"{rest} s"] if rest or not minutes else [])])
