"""A whole check: Groundplan's rules and the user's own, what the blueprint accepts, and the place of each finding."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from contextlib import nullcontext, redirect_stdout
from typing import TYPE_CHECKING

from groundplan.checks import custom
from groundplan.checks.acceptance import ABOUT_ACCEPTANCES
from groundplan.checks.discovery import all_rules, catalogue
from groundplan.checks.origin import located
from groundplan.checks.remembering import Remembered
from groundplan.checks.report import Report
from groundplan.checks.rule import Severity
from groundplan.checks.run import run
from groundplan.errors import InputError, Problem, suggestion
from groundplan.record import Record, dataclass

if TYPE_CHECKING:
    from datetime import date

    from groundplan.blueprint.loading import LoadedEnvironment
    from groundplan.resources.architecture import Architecture

_ABOUT_ACCEPTANCES = frozenset(described.id for described in ABOUT_ACCEPTANCES)
OWN = "GP-"
"""What ids of Groundplan's own rules begin with."""


@dataclass(frozen=True, kw_only=True)
class Options(Record):
    """What is looked for."""

    rules: Sequence[str] = ()
    """Only these rules, by id; empty: all."""
    skip: Sequence[str] = ()
    """Not these rules."""
    severity: Severity | None = None
    """Findings from this severity on; None: all."""
    custom: bool = True
    """Whether the rules in ``checks/`` beside the blueprint are read: their code is run."""
    today: date | None = None
    """The day that acceptances are held against; None: that of the clock."""


EVERYTHING = Options()


class Examination:
    """What will be looked for in an environment, and in earlier states of it.

    Raises InputError where an option or an acceptance names a rule that does not exist.
    """

    def __init__(self, loaded: LoadedEnvironment, options: Options = EVERYTHING) -> None:
        self._options = options
        own = {described.id for described in catalogue()}
        folder = loaded.source_file.parent / custom.FOLDER
        # What a person types into an interpreter stands beside nothing.
        read = options.custom and loaded.source_file.is_file()
        self._custom = custom.load(folder, own) if read else custom.CustomRules()
        self._known = own | {rule.id for rule in self._custom.rules}
        for option, ids in (("--rule", options.rules), ("--skip", options.skip)):
            _check_ids(option, ids, self._known)
        self._check_acceptances(loaded)
        self._wanted = (set(options.rules) or self._known) - set(options.skip)
        # Whether an acceptance is used shows only where its rule is run.
        asked = self._known - set(options.skip) if self._wanted & _ABOUT_ACCEPTANCES else self._wanted
        self._rules = tuple(rule for rule in (*all_rules(), *self._custom.rules) if rule.id in asked)

    def report(
        self,
        loaded: LoadedEnvironment,
        architecture: Architecture,
        remembered: Remembered | None = None,
    ) -> Report:
        """Check an architecture, the environment's or an earlier one of it.

        ``remembered``: what rules have found before, in this architecture and in others much like it; without it every
        rule is run.
        """
        accept, options = loaded.blueprint.accept, self._options
        run_ones = {rule.id for rule in self._rules}
        others = {entry.rule for entry in accept if entry.rule not in run_ones} - _ABOUT_ACCEPTANCES
        # A rule of one's own that prints would spoil what is printed for programs.
        with redirect_stdout(sys.stderr) if self._custom.rules else nullcontext():
            report = run(
                architecture, accept, rules=self._rules, others=others, today=options.today, remembered=remembered
            )
        rest = (described for described in catalogue() if described.id not in run_ones)
        whole = Report((*report.findings, *self._custom.failures), (*report.rules, *rest))
        chosen = located(whole.of(self._wanted), loaded, architecture)
        return chosen.from_severity(options.severity) if options.severity else chosen

    def _check_acceptances(self, loaded: LoadedEnvironment) -> None:
        # Of rules that were not read nobody can tell whether they exist.
        unread = not self._options.custom or bool(self._custom.failures)
        problems = [
            loaded.problem(("accept", place, "rule"), f"there is no rule {_named(entry.rule, self._known)}")
            for place, entry in enumerate(loaded.blueprint.accept)
            if entry.rule not in self._known and not (unread and not entry.rule.startswith(OWN))
        ]
        if problems:
            raise InputError(problems)


def examine(loaded: LoadedEnvironment, architecture: Architecture, options: Options = EVERYTHING) -> Report:
    """Check an environment. Raises InputError where an option or an acceptance names a rule that does not exist."""
    return Examination(loaded, options).report(loaded, architecture)


def _check_ids(option: str, ids: Sequence[str], known: Collection[str]) -> None:
    wrong = [written for written in dict.fromkeys(ids) if written not in known]
    if wrong:
        raise InputError([Problem(f"{option}: there is no rule {_named(written, known)}") for written in wrong])


def _named(written: str, known: Collection[str]) -> str:
    return f'"{written}"{suggestion(written, known) or "; groundplan rules lists them all"}'
