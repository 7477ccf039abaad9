"""What rules about rights share: the statements of an architecture, and how a message names one."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.access import access_of
from groundplan.access.clauses import Clause
from groundplan.access.index import fits
from groundplan.catalog import iam
from groundplan.resources.architecture import Architecture


def clauses(architecture: Architecture) -> tuple[Clause, ...]:
    """Every statement that stands in the architecture itself, those that deny included."""
    return access_of(architecture).clauses


def place(clause: Clause) -> str:
    """``policy x, statement Look``: where in its resource a statement stands."""
    parts = [f"policy {clause.policy}"] if clause.policy else ["its trust policy"] if clause.sort == "trust" else []
    parts += [f"statement {clause.sid}"] if clause.sid else []
    return ", ".join(parts) or "a statement"


def is_every(action: str) -> bool:
    """Whether it is all actions, or all of a service."""
    return action == "*" or action.endswith(":*")


def can_be_for(action: iam.Action, resource: str) -> bool:
    """Whether a resource as a statement writes it is of a type that an action takes."""
    if resource == "*" or not resource.startswith("arn:"):
        return True
    if not action.types:
        return resource.removeprefix("arn:").strip(":*") == ""
    return any(fits(kind, resource) for kind in type_arns(action))


def type_arns(action: iam.Action) -> Iterator[str]:
    """The ARNs of the resource types that an action takes, with wildcards."""
    service = iam.service(action.service)
    if service is not None:
        yield from (service.arns[kind] for kind in action.types if kind in service.arns)
