"""What is known of an environment, each thing computed once and only where a document asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from groundplan import savings
from groundplan.access import Permission, access_of, everything
from groundplan.blueprint.loading import LoadedEnvironment, Source
from groundplan.blueprint.models import Blueprint
from groundplan.checks import Examination, Options, Report
from groundplan.cost import Estimate
from groundplan.objectives import Answer
from groundplan.objectives.recovery import Judged, judged
from groundplan.redesign import Designed
from groundplan.resources import Architecture
from groundplan.savings import Savings

_LONG_AGO = date(2000, 1, 1)
"""A document says the same tomorrow as today: no acceptance has ended on this day, and each says when it will."""


@dataclass(frozen=True)
class Facts:
    """One environment of a blueprint."""

    source: Source
    loaded: LoadedEnvironment
    today: date | None = _LONG_AGO
    """The day that acceptances are held against; None: that of the clock."""

    @property
    def name(self) -> str:
        """The environment's name."""
        return self.loaded.name

    @property
    def blueprint(self) -> Blueprint:
        """Its blueprint."""
        return self.loaded.blueprint

    @cached_property
    def designed(self) -> Designed:
        """The environment, designed; priced and judged where a document asks."""
        return Designed.of(self.loaded)

    @property
    def architecture(self) -> Architecture:
        """Every resource."""
        return self.designed.architecture

    @property
    def estimate(self) -> Estimate:
        """What it costs by itself: the account's free allowances are all its own."""
        return self.designed.estimate

    @cached_property
    def report(self) -> Report:
        """What Groundplan's own rules find. Rules of the user's own are code, which a document does not run."""
        examination = Examination(self.loaded, Options(custom=False, today=self.today))
        return examination.report(self.loaded, self.architecture, self.designed.before.remembered)

    @property
    def answers(self) -> tuple[Answer, ...]:
        """Whether its objectives hold."""
        return self.designed.answers

    @cached_property
    def recoveries(self) -> tuple[Judged, ...]:
        """Every disruption that it can meet with."""
        return judged(self.blueprint, self.architecture)

    @cached_property
    def permissions(self) -> Sequence[Permission]:
        """Who may do what."""
        return everything(access_of(self.architecture))

    @cached_property
    def savings(self) -> Savings:
        """What could cost less: by far the longest to compute, since each change is designed and priced anew."""
        return savings.find(self.source, self.name, now=self.designed)


def facts_of(source: Source, names: Sequence[str] = (), *, today: date | None = _LONG_AGO) -> tuple[Facts, ...]:
    """Environments in the order of the file; without names all of them.

    Raises InputError with what is wrong with any of them, or where there is no such environment.
    """
    if not names:
        return tuple(Facts(source, loaded, today) for loaded in source.all())
    chosen = [source.environment(name) for name in dict.fromkeys(names)]
    chosen.sort(key=lambda loaded: source.environments.index(loaded.name))
    return tuple(Facts(source, loaded, today) for loaded in chosen)
