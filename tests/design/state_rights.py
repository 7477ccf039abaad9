"""What the role that keeps a state may do: the part of IAM's logic that its policies use.

The bucket is called ``BUCKET``, the key ``KEY``, the lock table ``TABLE``.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping

from groundplan.resources.security import Role
from groundplan.resources.values import Attribute, Pseudo, Text, Textual


def spelled(value: Textual) -> str:
    """A value as AWS would have it, with 123456789012 as the account."""
    parts = value.parts if isinstance(value, Text) else (value,)
    return "".join(map(_part, parts))


def _part(part: object) -> str:
    match part:
        case str():
            return part
        case Pseudo.PARTITION:
            return "aws"
        case Pseudo.ACCOUNT_ID:
            return "123456789012"
        case Attribute(ref, "arn"):
            return {"Bucket": "arn:aws:s3:::BUCKET", "Key": "KEY", "Table": "TABLE"}[ref.kind.__name__]
    raise AssertionError(f"what is {part!r}?")


def allowed(role: Role, action: str, resource: str, context: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether the role's own policies allow a call: the part of IAM's logic that they use."""
    return any(
        statement.effect == "Allow"
        and any(fnmatch.fnmatchcase(action, pattern) for pattern in statement.actions)
        and resource in map(spelled, statement.resources)
        and all(
            _holds(condition.operator, context.get(condition.key), condition.values)
            for condition in statement.conditions
        )
        for policy in role.inline_policies
        for statement in policy.document.statements
    )


def _holds(operator: str, given: tuple[str, ...] | None, values: tuple[Textual, ...]) -> bool:
    wanted = {spelled(value) for value in values}
    match operator:
        case "StringEquals":
            return given is not None and len(given) == 1 and given[0] in wanted
        case "ForAllValues:StringEquals":
            return set(given or ()) <= wanted
    raise AssertionError(f"what is {operator}?")
