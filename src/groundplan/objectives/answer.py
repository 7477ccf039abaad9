"""The answer to one objective: what is demanded, what is predicted, and how that was found."""

from __future__ import annotations

from typing import TypedDict

from groundplan.record import Record, dataclass


@dataclass(frozen=True)
class Figure(Record):
    """A number with its unit, and the text that a person reads."""

    value: float
    """In the unit: ``s``, ``ms``, ``%``, ``USD/month``, ``users``, ``requests/s``."""
    unit: str
    text: str
    """``99.93 %``, ``4 min 10 s``."""


@dataclass(frozen=True)
class Answer(Record):
    """Whether one objective is met."""

    name: str
    """Its path below ``objectives``, like ``availability``, ``recovery.zone.time`` or ``latency.p95``."""
    required: Figure
    predicted: Figure | None
    """What is expected; None: not known."""
    interval: tuple[Figure, Figure] | None
    """Between which figures the prediction lies; None: not known, or an exact figure has none."""
    met: bool | None
    """Whether it holds at the bad end of the interval; None: not known, or the interval lies on both sides."""
    method: str
    """How it was found, in a sentence: formula or simulation, with seed and size."""
    assumptions: tuple[str, ...] = ()
    """What it rests on that was neither measured nor written in the blueprint, and what replaces it."""
    missing: str | None = None
    """What has to be added to the blueprint before anybody can judge; None: nothing."""


class FigureData(TypedDict):
    """A figure as JSON."""

    value: float
    unit: str
    text: str


class AnswerData(TypedDict):
    """An answer as JSON. ``met`` is null where it is not known."""

    name: str
    required: FigureData
    predicted: FigureData | None
    interval: list[FigureData] | None
    met: bool | None
    method: str
    assumptions: list[str]
    missing: str | None


def to_data(answer: Answer) -> AnswerData:
    """The answer as JSON data. Scripts depend on its shape."""
    return {
        "name": answer.name,
        "required": _figure(answer.required),
        "predicted": _figure(answer.predicted) if answer.predicted else None,
        "interval": [_figure(figure) for figure in answer.interval] if answer.interval else None,
        "met": answer.met,
        "method": answer.method,
        "assumptions": list(answer.assumptions),
        "missing": answer.missing,
    }


def _figure(figure: Figure) -> FigureData:
    return {"value": figure.value, "unit": figure.unit, "text": figure.text}
