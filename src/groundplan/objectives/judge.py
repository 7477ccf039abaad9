"""Every objective of an environment, answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from groundplan.blueprint.loading import LoadedEnvironment
from groundplan.cost import Estimate
from groundplan.objectives.answer import Answer
from groundplan.resources import Architecture

Price = Callable[[], Estimate]
"""Gives the estimate of the environment, for objectives that need it."""


def judge(loaded: LoadedEnvironment, architecture: Architecture, price: Price) -> tuple[Answer, ...]:
    """The answers, in the order in which the blueprint's reference names the objectives.

    What an objective needs is imported and computed only where the blueprint states that objective.
    """
    return tuple(_answers(loaded, architecture, price))


def unmet(answers: Iterable[Answer]) -> tuple[Answer, ...]:
    """Those that are known not to hold."""
    return tuple(answer for answer in answers if answer.met is False)


def _answers(loaded: LoadedEnvironment, architecture: Architecture, price: Price) -> Iterator[Answer]:
    objectives = loaded.blueprint.objectives
    if objectives.budget is not None:
        from groundplan.objectives import budget

        yield budget.answer(objectives.budget, price())
