"""Rules over architectures that are nearly the same, as ``savings`` tries a dozen of: a rule that would be told all the
same again finds the same again, and is not run.

That holds because a rule reads nothing but the architecture. What it asks is noted by a stand-in for the architecture,
so that nobody has to say of each rule what it depends on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

from groundplan.resources.architecture import Architecture

if TYPE_CHECKING:
    from groundplan.checks.report import Finding
    from groundplan.checks.rule import Rule

Question: TypeAlias = tuple[Any, ...]
"""What is asked of an architecture, and with what: ``("of", Bucket)``."""
T = TypeVar("T")

RUNS = 4
"""So many runs of a rule are remembered, the first ones: the environment as it is, and what differs most from it."""
_UNTOLD = object()
"""Stands for the answer to a question that has none. A rule that asked one is not remembered."""


class _Watched:
    """Stands for an architecture, and notes what is asked of it and what it says."""

    def __init__(self, whole: Architecture) -> None:
        self._whole = whole
        self.told: dict[Question, object] = {}

    def _ask(self, *question: object) -> Any:
        if question in self.told:
            return self.told[question]
        self.told[question] = _UNTOLD  # and stays so where asking fails
        answer = self.told[question] = _answer(self._whole, question)
        return answer

    def of(self, kind: object) -> object:
        return self._ask("of", kind)

    def find(self, kind: object, name: str, key: str | None = None) -> object:
        return self._ask("find", kind, name, key)

    def at(self, address: str) -> object:
        return self._ask("at", address)

    def made_by(self, make: Callable[[Architecture], T]) -> T:
        made: T = self._ask("made_by", make)
        return made

    def __getitem__(self, ref: object) -> object:
        return self._ask("__getitem__", ref)

    def __contains__(self, ref: object) -> bool:
        return bool(self._ask("__contains__", ref))

    def __iter__(self) -> Iterator[Any]:
        return iter(self.resources)

    def __len__(self) -> int:
        return len(self.resources)

    def __getattr__(self, name: str) -> Any:
        """A field like ``region``. What has methods of its own, like ``standby``, is told as a whole."""
        return self._ask(name)


def _answer(architecture: Architecture, question: Question) -> object:
    name, *given = question
    found = getattr(architecture, name)
    return found(*given) if given else found


class Remembered:
    """What Groundplan's own rules have found in architectures so far, and what each was told on the way."""

    def __init__(self) -> None:
        self._runs: dict[str, list[tuple[dict[Question, object], tuple[Finding, ...]]]] = {}
        self._latest: Architecture | None = None
        self._answers: dict[Question, tuple[object, dict[int, bool]]] = {}
        """What the latest architecture answers, and whether that is the same as earlier answers are, by their ids: the
        runs keep those. Many rules have asked the same."""

    def findings(
        self, rule: Rule, architecture: Architecture, run: Callable[[Rule, Architecture], Iterable[Finding]]
    ) -> tuple[Finding, ...]:
        """What a rule finds: by ``run``, or what it found before where it would be told the same."""
        if self._latest is not architecture:
            self._latest, self._answers = architecture, {}
        runs = self._runs.setdefault(rule.id, [])
        for told, found in runs:
            if self._would_be_told(told):
                return found
        watched = _Watched(architecture)
        found = tuple(run(rule, cast(Architecture, watched)))
        if len(runs) < RUNS and _UNTOLD not in watched.told.values():
            runs.append((watched.told, found))
        return found

    def _would_be_told(self, told: dict[Question, object]) -> bool:
        """Whether the latest architecture says all of that: in the order in which it was asked, since each question may
        follow from the answers before."""
        answers = self._answers
        for question, before in told.items():
            found = answers.get(question)
            if found is None:
                found = answers[question] = self._answer(question), {}
            now, known = found
            if now is before:
                continue
            same = known.get(id(before))
            if same is None:
                same = known[id(before)] = now == before
            if not same:
                return False
        return True

    def _answer(self, question: Question) -> object:
        assert self._latest is not None
        try:
            return _answer(self._latest, question)
        except KeyError:  # it has no such resource
            return _UNTOLD
