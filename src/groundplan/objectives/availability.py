"""Whether requests are answered for as much of the year as they have to be."""

from __future__ import annotations

from groundplan.blueprint.loading import LoadedEnvironment
from groundplan.objectives.answer import Answer, Figure
from groundplan.resources import Architecture
from groundplan.units import Percentage

METHOD = (
    "formula for series, parallel and k-of-n parts with failures in common, over the path of a request to {name}; "
    "the interval has every rate and time at its best and at its worst. "
    "groundplan simulate availability has the simulation, the causes and AWS's agreements"
)
NOTHING_PUBLIC = "public: of a service, or cdn: of a bucket: nothing answers the internet"


def answer(required: Percentage, loaded: LoadedEnvironment, architecture: Architecture) -> Answer:
    """The objective of availability against the path that is down most."""
    from groundplan.simulation.availability.study import holds, predict, worst

    blueprint = loaded.blueprint
    figure = Figure(float(required.percent), "%", f"{required.percent.normalize():f} %")
    predictions = predict(architecture, blueprint.reliability, blueprint.objectives.measured)
    if not predictions:
        return Answer("availability", figure, None, None, None, "not judged", missing=NOTHING_PUBLIC)
    found = worst(predictions)
    return Answer(
        name="availability",
        required=figure,
        predicted=share(found.expected),
        interval=(share(found.low), share(found.high)),
        met=holds(float(required.fraction), found),
        method=METHOD.format(name=found.path.name),
        assumptions=found.path.assumptions,
    )


def is_lost(required: Percentage, loaded: LoadedEnvironment, architecture: Architecture) -> bool:
    """Whether it is known not to hold: ``met`` of the answer, without its words."""
    from groundplan.simulation.availability.study import fails

    blueprint = loaded.blueprint
    return fails(float(required.fraction), architecture, blueprint.reliability, blueprint.objectives.measured)


def share(availability: float) -> Figure:
    """A share of the year in percent."""
    from groundplan.simulation.availability.wording import percent

    return Figure(availability * 100, "%", percent(availability))
