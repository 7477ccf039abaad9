"""Who may do what on what, by which statement, and because of what in the blueprint."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from groundplan.access.clauses import Clause
from groundplan.access.evaluation import Decision, names
from groundplan.access.index import Access, Touched
from groundplan.access.patterns import match_action
from groundplan.catalog import iam
from groundplan.record import Record, dataclass
from groundplan.resources.base import Resource
from groundplan.resources.policies import Cause
from groundplan.resources.security import Role

EVERYTHING = "everything"
"""The level of a statement that allows every action."""
ORDER = (EVERYTHING, "Permissions management", "Write", "Tagging", "Read", "List")
"""Levels, what can do most harm first."""


@dataclass(frozen=True)
class Permission(Record):
    """One thing that somebody may do."""

    principal: str
    """Address of the role, or a service like ``cloudfront.amazonaws.com``."""
    action: str
    level: str
    target: str
    """Address of the resource; an ARN or ``*`` where it is none of the architecture's."""
    part: str
    """The ARN that is asked for: the resource's own, or of what is in it."""
    decision: Decision

    @property
    def by(self) -> tuple[str, ...]:
        """The statements that give it."""
        return tuple(dict.fromkeys(clause.called for clause in self.decision.by))

    @property
    def because(self) -> tuple[Cause, ...]:
        """What the blueprint asks for, that the statements are there for."""
        return tuple(dict.fromkeys(cause for clause in self.decision.by for cause in clause.because))

    @property
    def only_if(self) -> tuple[str, ...]:
        """What has to hold."""
        denied = (f"not denied by {clause.called}" for clause in self.decision.unless)
        return (*map(str, self.decision.conditions), *denied)


def of_role(access: Access, role: Role) -> tuple[Permission, ...]:
    """Everything that a role may do."""
    caller = access.caller(role)
    stated = list(access.identity(role))
    for clauses in access.resource_clauses.values():
        stated += (item for item in clauses if item.sort == "resource" and names(item, caller) == "caller")
    found: dict[tuple[str, str], Permission] = {}
    for action, touched in _asked(access, stated):
        key = (action if isinstance(action, str) else str(action), touched.arn)
        if key not in found:
            decision = access.asked(role, key[0], touched)
            if decision.is_possible:
                found[key] = _permission(role.address, action, touched, decision)
    return _in_order(found.values())


def of_services(access: Access) -> tuple[Permission, ...]:
    """What policies of resources give to AWS services, other accounts and everyone, and who may take which role."""
    found: list[Permission] = []
    for ref, clauses in access.resource_clauses.items():
        resource = access.architecture[ref]
        for clause in clauses:
            if clause.effect == "Allow":
                found += _given(access, resource, clause)
    return _in_order(found)


def _given(access: Access, resource: Resource, clause: Clause) -> Iterator[Permission]:
    arn = access.arns.of(resource)
    for kind, identifier in clause.principals:
        for action in _expanded(clause.actions):
            decision = Decision("conditional" if clause.conditions else "allowed", "the resource's policy names it",
                                (clause,), clause.conditions)  # fmt: skip
            who = "everyone" if identifier == "*" or kind == "*" else identifier
            for pattern in clause.resources or (arn,):
                part = arn if pattern == "*" else pattern
                yield _permission(who, action, Touched(resource, part), decision)


def _permission(who: str, action: iam.Action | str, touched: Touched, decision: Decision) -> Permission:
    known = action if isinstance(action, iam.Action) else None
    return Permission(
        principal=who,
        action=str(action),
        level=known.level if known else EVERYTHING,
        target=touched.resource.address if touched.resource else touched.arn,
        part=touched.arn,
        decision=decision,
    )


def _asked(access: Access, clauses: Iterable[Clause]) -> Iterator[tuple[iam.Action | str, Touched]]:
    """What is worth asking about: what the statements speak of."""
    for clause in clauses:
        if clause.effect == "Deny":
            continue
        actions = ("*",) if clause.not_actions else clause.actions
        resources = ("*",) if clause.not_resources else clause.resources
        for action in _expanded(actions):
            for pattern in resources:
                known = action if isinstance(action, iam.Action) else None
                touched = access.touched(pattern, known) if known or pattern != "*" else (Touched(None, pattern),)
                for item in touched:
                    yield action, item


def _expanded(actions: Iterable[str]) -> Iterator[iam.Action | str]:
    """Every action that is meant. ``*`` and ``kms:*`` stay as they are, and what IAM does not know is nothing."""
    for pattern in actions:
        if pattern == "*" or pattern.endswith(":*"):
            yield pattern
        else:
            yield from iam.expand(pattern)


def _in_order(found: Iterable[Permission]) -> tuple[Permission, ...]:
    rank = {level: number for number, level in enumerate(ORDER)}

    def place(item: Permission) -> tuple[str, str, int, str, str]:
        return item.principal, item.target, rank[item.level], item.action, item.part

    return tuple(sorted(found, key=place))


def with_action(found: Iterable[Permission], pattern: str) -> tuple[Permission, ...]:
    """Those for an action, which may be a pattern."""
    return tuple(
        item
        for item in found
        if item.action == "*" or match_action(item.action, pattern) or match_action(pattern, item.action)
    )


def everything(access: Access) -> tuple[Permission, ...]:
    """Everything that anybody may do."""
    return tuple(item for role in access.roles for item in of_role(access, role)) + of_services(access)
