"""Where changes of an environment are tried: the blueprint is loaded with them, designed, priced, checked, judged."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property

from groundplan import cost
from groundplan.blueprint.loading import LoadedEnvironment, Source
from groundplan.checks import Examination, Report
from groundplan.checks.remembering import Remembered
from groundplan.cost import Estimate
from groundplan.design import design
from groundplan.design.keeping import Kept
from groundplan.objectives import Answer
from groundplan.objectives.judge import judge, lost
from groundplan.redesign.settings import Settings, over, settled
from groundplan.resources import Architecture


@dataclass(frozen=True)
class Before:
    """What designs of one environment with several settings share."""

    kept: Kept = field(default_factory=Kept)
    """Their resources."""
    remembered: Remembered = field(default_factory=Remembered)
    """What rules have found in them."""


@dataclass(frozen=True)
class Designed:
    """An environment, designed; priced and judged when somebody asks."""

    loaded: LoadedEnvironment
    architecture: Architecture
    before: Before = field(default_factory=Before, compare=False)
    """What is known from designs of it with other settings."""

    @classmethod
    def of(cls, loaded: LoadedEnvironment, before: Before | None = None) -> Designed:
        """An environment as its design is. ``before``: what is known from its designs with other settings.

        Raises InputError with every problem: sizes, versions, zones and names that AWS would refuse.
        """
        before = before or Before()
        return cls(loaded, design(loaded, before.kept), before)

    @cached_property
    def estimate(self) -> Estimate:
        """What it costs by itself: the account's free allowances are all its own."""
        blueprint = self.loaded.blueprint
        return cost.estimate(self.architecture, blueprint.usage, blueprint.objectives.budget)

    @cached_property
    def answers(self) -> tuple[Answer, ...]:
        """Whether it holds to its objectives."""
        return judge(self.loaded, self.architecture, lambda: self.estimate)


@dataclass(frozen=True)
class State:
    """A designed environment as an examination sees it."""

    designed: Designed
    examination: Examination

    @property
    def loaded(self) -> LoadedEnvironment:
        """The environment."""
        return self.designed.loaded

    @property
    def architecture(self) -> Architecture:
        """Every resource."""
        return self.designed.architecture

    @property
    def estimate(self) -> Estimate:
        """What it costs."""
        return self.designed.estimate

    @cached_property
    def report(self) -> Report:
        """What the checks find."""
        return self.examination.report(self.loaded, self.architecture, self.designed.before.remembered)

    @property
    def answers(self) -> tuple[Answer, ...]:
        """Whether it holds to its objectives."""
        return self.designed.answers

    def answer(self, name: str) -> Answer:
        """The answer to one objective. Raises KeyError where the blueprint does not state it."""
        found = judge(self.loaded, self.architecture, lambda: self.estimate, only=name)
        if not found:
            raise KeyError(name)
        return found[0]

    @cached_property
    def lost(self) -> tuple[str, ...]:
        """Names of the objectives that it is known not to hold."""
        return lost(self.loaded, self.architecture, lambda: self.estimate)


class Bench:
    """Where changes of one environment are tried. Each is designed once, however often it is asked for."""

    def __init__(self, source: Source, name: str | None, now: Designed | None = None) -> None:
        """``now``: the environment as it is, where somebody has designed it already."""
        loaded = source.environment(name) if now is None else now.loaded
        self._name = loaded.name
        self._source = settled(source, loaded.name) if source.settings.fields else source
        self._examination = Examination(loaded)
        self._tried: dict[str, State] = {}
        self.now = State(now or Designed.of(loaded), self._examination)

    def with_settings(self, *layers: Settings) -> State:
        """The environment with settings over it. Raises InputError where it may not be so."""
        key = json.dumps([settings for settings in layers if settings])
        found = self._tried.get(key)
        if found is None:
            source = self._source
            for settings in layers:
                source = over(source, self._name, settings)
            designed = Designed.of(source.environment(self._name), self.now.designed.before)
            found = self._tried[key] = State(designed, self._examination)
        return found
