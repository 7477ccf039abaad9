"""Faults that can be planted in any architecture that has the kind of resource they need."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import FunctionType
from typing import TypeVar

from tests.checks.planting import with_fields

from groundplan.checks.rule import WHOLE_ARCHITECTURE
from groundplan.resources import Architecture, Resource
from groundplan.resources.containers import Container, TaskDefinition
from groundplan.resources.policies import InlinePolicy, PolicyDocument, Statement
from groundplan.resources.security import Role
from groundplan.resources.values import Textual

R = TypeVar("R", bound=Resource)
Plant = Callable[[Architecture, frozenset[str]], Architecture | None]


@dataclass(frozen=True)
class Mutation:
    """A fault that one rule has to find, alone."""

    rule: str
    plant: Plant
    """Takes an architecture and the addresses of which the rule already speaks there, and leaves those alone. None:
    there is nothing in it that could have the fault."""
    also: Mapping[str, str] = field(default_factory=dict)
    """Rules that rightly speak of the same fault as well, and why they do."""


def anything(architecture: Architecture, resource: Resource) -> bool:
    """The first resource of the kind will do."""
    return True


def plant(
    rule: str,
    kind: type[R],
    fault: Callable[[Architecture, R], Architecture | None],
    *,
    where: Callable[[Architecture, R], bool] = anything,
    also: Mapping[str, str] | None = None,
) -> Mutation:
    """The fault is whatever a function makes of the first resource of a kind that it can be planted in."""

    def planted(architecture: Architecture, spoken_of: frozenset[str]) -> Architecture | None:
        if WHOLE_ARCHITECTURE in spoken_of:
            return None
        for resource in architecture.of(kind):
            if resource.address not in spoken_of and where(architecture, resource):
                changed = fault(architecture, resource)
                if changed is not None:
                    return changed
        return None

    return Mutation(rule, planted, also or {})


def change(
    rule: str,
    kind: type[R],
    *,
    where: Callable[[Architecture, R], bool] = anything,
    also: Mapping[str, str] | None = None,
    **fields: object,
) -> Mutation:
    """The fault is other values of fields. A function as a value is asked for it: ``(architecture, resource)``."""

    def changed(architecture: Architecture, resource: R) -> Architecture:
        values = {
            name: value(architecture, resource) if isinstance(value, FunctionType) else value
            for name, value in fields.items()
        }
        return architecture.changed(resource, **values)

    return plant(rule, kind, changed, where=where, also=also)


def container(
    rule: str,
    *,
    where: Callable[[Architecture, TaskDefinition], bool] = anything,
    also: Mapping[str, str] | None = None,
    **fields: object,
) -> Mutation:
    """The fault is in the first container of a task. A function as a value is asked for it: ``(container)``."""

    def changed(architecture: Architecture, task: TaskDefinition) -> Architecture:
        first = task.containers[0]
        values = {name: value(first) if isinstance(value, FunctionType) else value for name, value in fields.items()}
        mended: Container = with_fields(first, values)
        return architecture.changed(task, containers=(mended, *task.containers[1:]))

    return plant(rule, TaskDefinition, changed, where=where, also=also)


def remove(
    rule: str,
    kind: type[R],
    *,
    where: Callable[[Architecture, R], bool] = anything,
    also: Mapping[str, str] | None = None,
) -> Mutation:
    """The fault is that a resource is missing, and what cannot be without it."""

    def removed(architecture: Architecture, resource: R) -> Architecture:
        return without(architecture, resource)

    return plant(rule, kind, removed, where=where, also=also)


def added(
    rule: str,
    kind: type[R],
    new: Callable[[Architecture, R], Resource],
    *,
    where: Callable[[Architecture, R], bool] = anything,
    also: Mapping[str, str] | None = None,
) -> Mutation:
    """The fault is one more resource, made after one that is there."""

    def more(architecture: Architecture, resource: R) -> Architecture:
        return with_more(architecture, new(architecture, resource))

    return plant(rule, kind, more, where=where, also=also)


def twin(rule: str, kind: type[R], *, also: Mapping[str, str] | None = None, **fields: object) -> Mutation:
    """The fault is a copy of a resource, called ``planted``, with other fields."""

    def copied(architecture: Architecture, resource: R) -> Resource:
        return with_fields(resource, {"name": "planted", **fields})

    return added(rule, kind, copied, also=also)


def with_more(architecture: Architecture, *resources: Resource) -> Architecture:
    """The architecture with more resources."""
    return architecture.with_resources((*architecture.resources, *resources))


def without(architecture: Architecture, *resources: Resource) -> Architecture:
    """The architecture without some resources and without all that refers to them."""
    gone = {resource.address for resource in resources}
    queue = list(resources)
    while queue:
        for user in architecture.dependents.get(queue.pop().ref, ()):
            if user.address not in gone:
                gone.add(user.address)
                queue.append(user)
    return architecture.with_resources(item for item in architecture.resources if item.address not in gone)


def with_statement(role: Role, *actions: str, on: Textual) -> tuple[InlinePolicy, ...]:
    """The policies of a role, and one more."""
    more = InlinePolicy("planted", PolicyDocument((Statement(actions=actions, resources=(on,)),)))
    return (*role.inline_policies, more)


def without_action(role: Role, action: str) -> tuple[InlinePolicy, ...]:
    """The policies of a role without an action."""

    def left(document: PolicyDocument) -> Iterator[Statement]:
        for statement in document.statements:
            actions = tuple(allowed for allowed in statement.actions if allowed != action)
            if actions:
                yield replace(statement, actions=actions)

    return tuple(
        InlinePolicy(policy.policy_name, PolicyDocument(tuple(left(policy.document))))
        for policy in role.inline_policies
    )


def without_plain_http_denied(policy: PolicyDocument) -> PolicyDocument:
    """A policy that lets requests without TLS pass."""
    return PolicyDocument(
        tuple(
            statement
            for statement in policy.statements
            if not any(condition.key.lower() == "aws:securetransport" for condition in statement.conditions)
        )
    )
