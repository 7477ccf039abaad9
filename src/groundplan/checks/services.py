"""Which AWS services a policy lets act."""

from __future__ import annotations

from groundplan.checks.rights import matches
from groundplan.checks.wording import spelled
from groundplan.resources.policies import PolicyDocument


def allows_service(policy: PolicyDocument, service: str, action: str) -> bool:
    """Whether a statement lets a service do an action, whatever its conditions.

    ``service`` is what its principal begins with, like ``logs.`` for ``logs.eu-west-1.amazonaws.com``.
    """
    return any(
        statement.effect == "Allow"
        and any(matches(allowed, action) for allowed in statement.actions)
        and any(
            principal.type == "Service" and spelled(identifier).startswith(service)
            for principal in statement.principals
            for identifier in principal.identifiers
        )
        for statement in policy.statements
    )
