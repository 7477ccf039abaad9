"""What a role may do, as far as its own policies say: enough to find a right that is missing altogether.

Conditions are taken to hold and denials are left out, so that a right is called missing only where no statement could
give it. Roles with managed policies of their own account are not judged: their contents are not known here.
"""

from __future__ import annotations

import re
from functools import lru_cache

from groundplan.checks.wording import spelled
from groundplan.resources.parameters import SecureParameter
from groundplan.resources.policies import Statement
from groundplan.resources.security import Key, Role, Secret
from groundplan.resources.values import Attribute, Ref, Text, Textual

KNOWN_MANAGED = ("service-role/AmazonECSTaskExecutionRolePolicy", "service-role/AmazonRDSEnhancedMonitoringRole")
"""Managed policies of AWS that give neither rights on secrets nor on keys nor on buckets."""

_ACCOUNT = ("arn:{partition}:iam::{account_id}", "arn:aws:iam::{account_id}")


@lru_cache(maxsize=1024)
def _pattern(written: str) -> re.Pattern[str]:
    """IAM's wildcards: ``*`` for any text, ``?`` for one character. Actions are compared without case."""
    parts = (".*" if part == "*" else "." if part == "?" else re.escape(part) for part in re.split(r"([*?])", written))
    return re.compile("".join(parts), re.IGNORECASE)


def matches(written: str, name: str) -> bool:
    """Whether a name is one that a policy writes, with or without IAM's wildcards.

    Nearly all names differ in front of the first wildcard, and comparing is far cheaper than matching.
    """
    front = written.partition("*")[0].partition("?")[0]
    if not name.casefold().startswith(front.casefold()):
        return False
    return len(front) == len(name) if front == written else _pattern(written).fullmatch(name) is not None


def is_known(role: Role) -> bool:
    """Whether all that the role may do stands in this architecture."""
    return all(spelled(arn).endswith(KNOWN_MANAGED) for arn in role.managed_policy_arns)


def reach(role: Role, action: str) -> tuple[str, ...]:
    """What the statements of a role allow an action on, as the policies write it."""
    return tuple(
        spelled(resource)
        for policy in role.inline_policies
        for statement in policy.document.statements
        if statement.effect == "Allow" and any(matches(allowed, action) for allowed in statement.actions)
        for resource in statement.resources
    )


def allows(role: Role, action: str, *names: str) -> bool:
    """Whether a statement of the role allows an action on a resource that is called one of ``names``."""
    return any(
        _speaks(statement, action, names) for policy in role.inline_policies for statement in policy.document.statements
    )


def may_use_key(role: Role, key: Key, action: str) -> bool:
    """Whether the role may use a key: by its own policies, or because the key's policy names it or everyone."""
    callers = {"*", spelled(role.ref.arn), *(f"{start}:role/{role.role_name}" for start in _ACCOUNT)}
    return allows(role, action, spelled(key.ref.arn)) or any(
        _speaks(statement, action, (spelled(key.ref.arn), "*"))
        and any(callers.intersection(map(spelled, principal.identifiers)) for principal in statement.principals)
        for statement in key.policy.statements
    )


def _speaks(statement: Statement, action: str, names: tuple[str, ...]) -> bool:
    return (
        statement.effect == "Allow"
        and any(matches(allowed, action) for allowed in statement.actions)
        and any(matches(spelled(resource), name) for resource in statement.resources for name in names)
    )


def names_of_secret(secret: Secret, region: str) -> tuple[str, ...]:
    """How policies can call a secret: by reference, or by a pattern of its ARN, which ends in six random characters."""
    tail = f"secret:{secret.secret_name}-AbCdEf"
    account = "{account_id}"
    return (
        spelled(secret.ref.arn),
        f"arn:{{partition}}:secretsmanager:{{region}}:{account}:{tail}",
        f"arn:{{partition}}:secretsmanager:{region}:{account}:{tail}",
        f"arn:aws:secretsmanager:{region}:{account}:{tail}",
    )


def names_of_parameter(parameter: SecureParameter, region: str) -> tuple[str, ...]:
    """How policies can call a parameter: by reference, or by its ARN."""
    tail = f"{{account_id}}:parameter{parameter.parameter_name}"
    return (
        spelled(parameter.ref.arn),
        f"arn:{{partition}}:ssm:{{region}}:{tail}",
        f"arn:{{partition}}:ssm:{region}:{tail}",
        f"arn:aws:ssm:{region}:{tail}",
    )


def secret_behind(value: Textual) -> Ref[Secret] | Ref[SecureParameter] | None:
    """The secret or parameter whose ARN a container's ``valueFrom`` is, with or without a ``:json-key::``; None for
    another ARN."""
    parts = value.parts if isinstance(value, Text) else (value,)
    for part in parts:
        if isinstance(part, Attribute) and part.name == "arn":
            if issubclass(part.ref.kind, Secret):
                return Ref(Secret, part.ref.name, part.ref.key)
            if issubclass(part.ref.kind, SecureParameter):
                return Ref(SecureParameter, part.ref.name, part.ref.key)
    return None
