"""What a deployment may lose: only what a person has named."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from groundplan.errors import DeploymentError, InputError, Problem, suggestion
from groundplan.operations.change_sets import StackChange
from groundplan.operations.changes import Change, Plan

Option = Literal["--allow-replace", "--allow-unprotect"]
_WORDS: Mapping[str, str] = {
    "replace": "would be replaced",
    "may replace": "may be replaced",
    "delete": "would be deleted",
}


@dataclass(frozen=True)
class Allowed:
    """What a person has named, by address as a plan shows it."""

    replace: frozenset[str] = frozenset()
    """May be replaced or deleted although it holds data."""
    unprotect: frozenset[str] = frozenset()
    """May lose its protection."""


@dataclass(frozen=True)
class Refusal:
    """A change that nobody has allowed."""

    change: Change
    option: Option

    @property
    def resource(self) -> str:
        """The address to name."""
        return self.change.resource

    @property
    def told(self) -> str:
        """What would happen, and what is lost by it."""
        change = self.change
        if self.option == "--allow-unprotect":
            return f"{change.resource} ({change.type}) would lose its protection: {', '.join(change.unprotects)}"
        return f"{change.resource} ({change.type}) {_WORDS[change.action]}: {change.why}. Lost is {change.loses}"


def refusals(plan: Plan, allowed: Allowed) -> tuple[Refusal, ...]:
    """What a plan has that nobody has allowed."""
    lost = [Refusal(item, "--allow-replace") for item in plan.dangerous if item.resource not in allowed.replace]
    # What goes with a yes needs no second one for what protected it.
    bare = [
        Refusal(item, "--allow-unprotect")
        for item in plan.unprotecting
        if item.resource not in allowed.unprotect and not (item.endangers and item.resource in allowed.replace)
    ]
    return (*lost, *bare)


def check_names(plan: Plan, allowed: Allowed, known: Collection[str]) -> None:
    """Raises InputError for a name that stands for nothing: neither for a change, nor for a resource of the blueprint.

    ``known``: addresses of the blueprint. One that is known and loses nothing is no mistake: what was allowed may have
    been done by an earlier deployment that broke off later.
    """
    everything = {*known, *(change.resource for change in plan.changes)}
    asked: list[tuple[Option, frozenset[str], tuple[Change, ...]]] = [
        ("--allow-replace", allowed.replace, plan.dangerous),
        ("--allow-unprotect", allowed.unprotect, plan.unprotecting),
    ]
    problems = [
        Problem(f'{option} {name}: there is no resource "{name}"{_nearest(name, changes, everything)}')
        for option, names, changes in asked
        for name in sorted(names - everything)
    ]
    if problems:
        raise InputError(problems)


def _nearest(name: str, changes: Sequence[Change], everything: Collection[str]) -> str:
    """What was meant: first of what may be named, then of all there is."""
    meant = suggestion(name, (change.resource for change in changes))
    return meant if "did you mean" in meant else suggestion(name, everything) or meant


def require(plan: Plan, allowed: Allowed, known: Collection[str]) -> None:
    """Raises InputError where the plan loses data or protection that nobody has allowed to be lost."""
    check_names(plan, allowed, known)
    refused = refusals(plan, allowed)
    if refused:
        raise InputError("\n".join(_told(refused)))


def _told(refused: Sequence[Refusal]) -> Iterator[str]:
    yield "refused, and nothing was touched: what holds data or is protected is lost only if it is named"
    for one in refused:
        yield f"  {one.told}"
    yield f"To have it all the same: {options_of(refused)}"


def options_of(refused: Sequence[Refusal]) -> str:
    """What to add to the command so that nothing is refused."""
    return " ".join(dict.fromkeys(f"{one.option} {shlex.quote(one.resource)}" for one in refused))


@dataclass(frozen=True)
class Guard:
    """Looks at what a stack is about to do, moments before it does it: a plan knows only what could be known then."""

    may_go: frozenset[str]
    """Addresses of what holds data and may be replaced or deleted."""

    @classmethod
    def of(cls, plan: Plan, allowed: Allowed) -> Guard:
        """What a plan says that goes, once it is required, and what is allowed beyond it."""
        return cls(frozenset({*(change.resource for change in plan.apart), *allowed.replace}))

    def check(self, stack: str, changes: Sequence[StackChange], known: Mapping[tuple[str, str], str]) -> None:
        """Raises DeploymentError where something would go that the plan did not say."""
        from groundplan.operations.plan import as_changes

        lost = [
            item for item in as_changes(stack, changes, known) if item.loses_data and item.resource not in self.may_go
        ]
        if lost:
            told = "; ".join(Refusal(item, "--allow-replace").told for item in lost)
            names = options_of([Refusal(item, "--allow-replace") for item in lost])
            raise DeploymentError(
                f"{stack}: stopped before it was changed, since the plan could not know it yet: {told}. "
                f"To have it all the same: {names}"
            )
