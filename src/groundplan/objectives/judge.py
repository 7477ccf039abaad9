"""Every objective of an environment, answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from groundplan.blueprint.loading import LoadedEnvironment
from groundplan.blueprint.objectives import Objectives
from groundplan.cost import Estimate
from groundplan.objectives.answer import Answer
from groundplan.resources import Architecture

TRAFFIC = ("latency", "users", "requests", "utilisation")
"""What one run of the queueing formulas answers."""
Price = Callable[[], Estimate]
"""Gives the estimate of the environment, for objectives that need it."""


def judge(
    loaded: LoadedEnvironment, architecture: Architecture, price: Price, *, only: str | None = None
) -> tuple[Answer, ...]:
    """The answers, in the order in which the blueprint's reference names the objectives.

    What an objective needs is imported and computed only where the blueprint states that objective. ``only``: the one
    that is asked for, by its name, like ``recovery.zone.time``.
    """
    objectives = loaded.blueprint.objectives
    if only is not None:
        objectives = _alone(objectives, only.partition(".")[0])
    found = _answers(objectives, loaded, architecture, price)
    return tuple(answer for answer in found if only is None or answer.name == only)


def lost(loaded: LoadedEnvironment, architecture: Architecture, price: Price) -> tuple[str, ...]:
    """Names of the objectives that are known not to hold: those of :func:`unmet` answers, in their order.

    Quicker than to judge: of most objectives one end of the interval is enough.
    """
    return tuple(_lost(loaded.blueprint.objectives, loaded, architecture, price))


def unmet(answers: Iterable[Answer]) -> tuple[Answer, ...]:
    """Those that are known not to hold."""
    return tuple(answer for answer in answers if answer.met is False)


def _alone(objectives: Objectives, kind: str) -> Objectives:
    """The objectives without those that are answered apart from one."""
    together: dict[str, tuple[str, ...]] = {
        "recovery": ("recovery_time", "recovery_point", "recovery"),
        **dict.fromkeys(TRAFFIC, TRAFFIC),
    }
    kept = together.get(kind, (kind,))
    return Objectives.model_construct(**{name: getattr(objectives, name) for name in kept})


def _lost(objectives: Objectives, loaded: LoadedEnvironment, architecture: Architecture, price: Price) -> Iterator[str]:
    if objectives.budget is not None:
        from groundplan.objectives import budget

        if budget.is_lost(objectives.budget, price()):
            yield "budget"
    if objectives.availability is not None:
        from groundplan.objectives import availability

        if availability.is_lost(objectives.availability, loaded, architecture):
            yield "availability"
    yield from (found.name for found in unmet(_of_disruptions_and_traffic(objectives, loaded, architecture)))
    if objectives.deployment_time is not None:
        from groundplan.objectives import deployment_time

        if deployment_time.is_lost(objectives.deployment_time, architecture, loaded.blueprint.engine):
            yield "deployment_time"


def _answers(
    objectives: Objectives, loaded: LoadedEnvironment, architecture: Architecture, price: Price
) -> Iterator[Answer]:
    if objectives.budget is not None:
        from groundplan.objectives import budget

        yield budget.answer(objectives.budget, price())
    if objectives.availability is not None:
        from groundplan.objectives import availability

        yield availability.answer(objectives.availability, loaded, architecture)
    yield from _of_disruptions_and_traffic(objectives, loaded, architecture)
    if objectives.deployment_time is not None:
        from groundplan.objectives import deployment_time

        yield deployment_time.answer(objectives.deployment_time, architecture, loaded.blueprint.engine)


def _of_disruptions_and_traffic(
    objectives: Objectives, loaded: LoadedEnvironment, architecture: Architecture
) -> Iterator[Answer]:
    if objectives.recovery_time or objectives.recovery_point or objectives.recovery:
        from groundplan.objectives import recovery

        yield from recovery.answers(loaded.blueprint, architecture)
    if objectives.latency or objectives.users or objectives.requests or objectives.utilisation:
        from groundplan.objectives import traffic

        yield from traffic.answers(loaded, architecture)
