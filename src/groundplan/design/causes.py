"""Why a statement of a policy is there: the places of the blueprint that asked for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from groundplan.record import replace
from groundplan.resources.base import Resource
from groundplan.resources.messaging import QueuePolicy
from groundplan.resources.monitoring import TopicPolicy
from groundplan.resources.network import VpcEndpoint
from groundplan.resources.policies import Cause, PolicyDocument, Statement
from groundplan.resources.security import Key, ManagedPolicy, Role
from groundplan.resources.storage import BucketPolicy

R = TypeVar("R", bound=Resource)

POLICIES: dict[type[Resource], tuple[str, ...]] = {
    BucketPolicy: ("policy",),
    Key: ("policy",),
    ManagedPolicy: ("document",),
    QueuePolicy: ("policy",),
    Role: ("trust",),
    TopicPolicy: ("policy",),
    VpcEndpoint: ("policy",),
}
"""The fields that hold a policy document; a role has those of its inline policies beside them."""


def documents_of(resource: Resource) -> Iterator[PolicyDocument]:
    """The policy documents that a resource has."""
    for name in POLICIES.get(type(resource), ()):
        document = getattr(resource, name)
        if document is not None:
            yield document
    if isinstance(resource, Role):
        yield from (policy.document for policy in resource.inline_policies)


def caused(statements: Iterable[Statement], *causes: Cause) -> tuple[Statement, ...]:
    """The statements, with a cause where they have none."""
    return tuple(statement if statement.because else replace(statement, because=causes) for statement in statements)


def with_cause(resource: R, *causes: Cause) -> R:
    """The resource, with a cause for every statement of its policies that has none."""
    changes: dict[str, Any] = {}
    for name in POLICIES.get(type(resource), ()):
        document = getattr(resource, name)
        if document is not None:
            changes[name] = PolicyDocument(caused(document.statements, *causes))
    if isinstance(resource, Role):
        changes["inline_policies"] = tuple(
            replace(policy, document=PolicyDocument(caused(policy.document.statements, *causes)))
            for policy in resource.inline_policies
        )
    return replace(resource, **changes) if changes else resource
