"""Statements in plain text, whether they stand in an architecture or in a managed policy of AWS."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from groundplan.access.arns import Arns
from groundplan.access.conditions import Restriction
from groundplan.access.patterns import covers, is_pattern, match_action
from groundplan.access.truth import Truth
from groundplan.catalog.iam import ManagedPolicy
from groundplan.resources.base import Resource
from groundplan.resources.policies import Cause, PolicyDocument, Statement
from groundplan.resources.values import Textual

Sort = Literal["identity", "resource", "trust"]
"""Whose policy it is: of who asks, of what is asked for, or of a role that is to be taken."""


@dataclass(frozen=True, eq=False)
class Clause:
    """One statement of a policy."""

    holder: Resource
    """The role, key or policy of a bucket, queue or topic that has it."""
    sort: Sort
    policy: str
    """Name of the policy; empty for the only one of a key or bucket."""
    sid: str
    effect: Literal["Allow", "Deny"]
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    principals: tuple[tuple[str, str], ...] = ()
    """Type and identifier; empty in an identity policy."""
    conditions: tuple[Restriction, ...] = ()
    because: tuple[Cause, ...] = ()
    not_actions: bool = False
    """Whether it is about everything but ``actions``."""
    not_resources: bool = False
    managed: bool = False
    """Whether AWS writes it."""

    @cached_property
    def _named(self) -> frozenset[str]:
        return frozenset(action.lower() for action in self.actions)

    @cached_property
    def _patterns(self) -> Mapping[str, tuple[str, ...]]:
        """The actions with wildcards, by what stands before the colon."""
        found: dict[str, list[str]] = {}
        for action in self._named:
            if is_pattern(action):
                found.setdefault(action.partition(":")[0], []).append(action)
        return {service: tuple(patterns) for service, patterns in found.items()}

    def has_action(self, action: str) -> Truth:
        """Whether an action is among those that it names. DEPENDS: a part of what is asked about, as of ``s3:*``."""
        action = action.lower()
        if action in self._named:
            return Truth.TRUE
        if is_pattern(action):
            return max((match_action(item, action) for item in self._named), default=Truth.FALSE)
        service = action.partition(":")[0]
        patterns = (*self._patterns.get(service, ()), *self._patterns.get("*", ()))
        return Truth.TRUE if any(covers(item, action) for item in patterns) else Truth.FALSE

    @property
    def names_actions(self) -> Iterator[str]:
        """The actions without wildcards that it is about, in lower case."""
        if not self.not_actions:
            yield from (action for action in self._named if not is_pattern(action))

    @property
    def names_services(self) -> Iterator[str]:
        """The services of whose actions it may be about others than :attr:`names_actions`; ``*``: of all."""
        yield from ("*",) if self.not_actions else self._patterns

    @property
    def called(self) -> str:
        """``role.api_task, policy x, statement ObjectsMedia``."""
        where = [self.holder.address]
        if self.policy:
            where.append(self.policy)
        elif self.sort == "trust":
            where.append("trust")
        return ", ".join((*where, self.sid)) if self.sid else ", ".join(where)


class Statements:
    """The statements of a policy, found by what is asked: most of a managed policy is about something else."""

    def __init__(self, clauses: Iterable[Clause]) -> None:
        self.clauses = tuple(clauses)
        self._by_action: dict[str, list[int]] = {}
        self._by_service: dict[str, list[int]] = {}
        for place, clause in enumerate(self.clauses):
            for action in clause.names_actions:
                self._by_action.setdefault(action, []).append(place)
            for service in clause.names_services:
                self._by_service.setdefault(service, []).append(place)

    def about(self, action: str) -> tuple[Clause, ...]:
        """Those that can be about an action, in their order."""
        action = action.lower()
        if is_pattern(action):
            return self.clauses
        service = action.partition(":")[0]
        lists = (self._by_action.get(action), self._by_service.get(service), self._by_service.get("*"))
        return tuple(self.clauses[place] for place in sorted({place for found in lists if found for place in found}))


def of_document(
    document: PolicyDocument, holder: Resource, sort: Sort, arns: Arns, *, policy: str = ""
) -> tuple[Clause, ...]:
    """The statements of a policy in an architecture."""
    return tuple(_of_statement(statement, holder, sort, arns, policy) for statement in document.statements)


def _of_statement(statement: Statement, holder: Resource, sort: Sort, arns: Arns, policy: str) -> Clause:
    def plain(values: Iterable[Textual]) -> tuple[str, ...]:
        return tuple(arns.text(value, holder) for value in values)

    return Clause(
        holder=holder,
        sort=sort,
        policy=policy,
        sid=statement.sid,
        effect=statement.effect,
        actions=statement.actions,
        resources=plain(statement.resources),
        principals=tuple((who.type, name) for who in statement.principals for name in plain(who.identifiers)),
        conditions=tuple(Restriction(item.operator, item.key, plain(item.values)) for item in statement.conditions),
        because=statement.because,
    )


def of_managed(policy: ManagedPolicy, holder: Resource, because: tuple[Cause, ...]) -> Iterator[Clause]:
    """The statements of a managed policy, as a role has them."""
    for written in policy.statements:
        yield Clause(
            holder=holder,
            sort="identity",
            policy=policy.name,
            sid=written.get("Sid", ""),
            effect=written["Effect"],
            actions=_listed(written.get("Action") or written["NotAction"]),
            resources=_listed(written.get("Resource") or written["NotResource"]),
            conditions=tuple(_tests(written.get("Condition", {}))),
            because=because,
            not_actions="NotAction" in written,
            not_resources="NotResource" in written,
            managed=True,
        )


def _tests(conditions: Mapping[str, Mapping[str, Any]]) -> Iterator[Restriction]:
    for operator, keys in conditions.items():
        for key, values in keys.items():
            yield Restriction(operator, key, _listed(values))


def _listed(value: Any) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list) else (str(value),)
