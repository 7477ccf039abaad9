"""Where changes of an environment are tried: the blueprint is loaded with them, designed, priced, checked, judged."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from groundplan import cost
from groundplan.blueprint.loading import LoadedEnvironment, Source
from groundplan.checks import Examination, Report
from groundplan.cost import Estimate
from groundplan.design import design
from groundplan.objectives import Answer
from groundplan.objectives.judge import judge, unmet
from groundplan.redesign.settings import Settings, over, settled
from groundplan.resources import Architecture


@dataclass(frozen=True)
class State:
    """An environment, designed; priced, checked and judged when somebody asks."""

    loaded: LoadedEnvironment
    architecture: Architecture
    examination: Examination

    @cached_property
    def estimate(self) -> Estimate:
        """What it costs."""
        blueprint = self.loaded.blueprint
        return cost.estimate(self.architecture, blueprint.usage, blueprint.objectives.budget)

    @cached_property
    def report(self) -> Report:
        """What the checks find."""
        return self.examination.report(self.loaded, self.architecture)

    @cached_property
    def answers(self) -> tuple[Answer, ...]:
        """Whether it holds to its objectives."""
        return judge(self.loaded, self.architecture, lambda: self.estimate)

    def answer(self, name: str) -> Answer:
        """The answer to one objective. Raises KeyError where the blueprint does not state it."""
        found = judge(self.loaded, self.architecture, lambda: self.estimate, only=name)
        if not found:
            raise KeyError(name)
        return found[0]

    @property
    def lost(self) -> tuple[str, ...]:
        """Names of the objectives that it is known not to hold."""
        return tuple(answer.name for answer in unmet(self.answers))


class Bench:
    """Where changes of one environment are tried."""

    def __init__(self, source: Source, name: str | None) -> None:
        loaded = source.environment(name)
        self._name = loaded.name
        self._source = settled(source, loaded.name) if source.settings.fields else source
        self._examination = Examination(loaded)
        self.now = self._state(loaded)

    def with_settings(self, *layers: Settings) -> State:
        """The environment with settings over it. Raises InputError where it may not be so."""
        source = self._source
        for settings in layers:
            source = over(source, self._name, settings)
        return self._state(source.environment(self._name))

    def _state(self, loaded: LoadedEnvironment) -> State:
        return State(loaded, design(loaded), self._examination)
