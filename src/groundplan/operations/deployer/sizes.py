"""Statements, divided among as few managed policies as they fit into.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from groundplan.operations.deployer.scopes import resolved
from groundplan.resources.policies import PolicyDocument, Statement
from groundplan.resources.values import Text

MOST_CHARACTERS = 6144
"""Of a managed policy, without white space."""
MOST_POLICIES = 10
"""On a role."""


def characters(document: PolicyDocument) -> int:
    """How many a policy has in AWS, at most: without white space."""
    return len(compact(document).replace(" ", ""))


def compact(document: PolicyDocument) -> str:
    """A policy in one line, with the longest that partition and account can be."""
    return json.dumps(document.json(), separators=(",", ":"), default=_resolved)


def _resolved(value: object) -> str:
    assert isinstance(value, Text)
    return resolved(value)


def divided(statements: Sequence[Statement], most: int = MOST_CHARACTERS) -> tuple[PolicyDocument, ...]:
    """The statements in order, as many in a policy as fit. What is too long for one is divided by its actions, then by
    its resources. Raises ValueError where one action for one resource is too long."""
    documents: list[PolicyDocument] = []
    for part in (part for statement in statements for part in _parts(statement, most)):
        grown = PolicyDocument((*documents[-1].statements, part)) if documents else None
        if grown is not None and characters(grown) <= most:
            documents[-1] = grown
        else:
            documents.append(PolicyDocument((part,)))
    return tuple(documents)


def _parts(statement: Statement, most: int) -> Sequence[Statement]:
    """The statement, or as few equal parts of it as fit: of its actions, where one of them fits, else of its
    resources."""
    if _fits(statement, most):
        return (statement,)
    actions, resources = statement.actions, statement.resources
    for number in range(2, len(actions) + 1):
        size = -(-len(actions) // number)
        parts = [replace(statement, actions=actions[at : at + size]) for at in range(0, len(actions), size)]
        if all(_fits(part, most) for part in parts):
            return _numbered(parts, statement.sid)
    if len(resources) == 1:
        raise ValueError(f"the statement {statement.sid} does not fit into a policy")
    middle = len(resources) // 2
    halves = (replace(statement, resources=part) for part in (resources[:middle], resources[middle:]))
    return _numbered([part for half in halves for part in _parts(half, most)], statement.sid)


def _fits(statement: Statement, most: int) -> bool:
    # Room for the number that a part has behind its name.
    return characters(PolicyDocument((replace(statement, sid=f"{statement.sid}Part000"),))) <= most


def _numbered(parts: Sequence[Statement], sid: str) -> list[Statement]:
    return [replace(part, sid=f"{sid}Part{number}") for number, part in enumerate(parts, 1)]
