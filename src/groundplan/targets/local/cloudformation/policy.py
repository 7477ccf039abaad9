"""Stack policies: what an update may touch.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from groundplan.targets.local.cloudformation.errors import StackError


def read_stack_policy(text: str) -> str:
    """The text of a policy. Raises StackError where it is none."""
    try:
        statements = json.loads(text)["Statement"]
        fine = isinstance(statements, list) and all({"Effect", "Action"} <= set(item) for item in statements)
    except (ValueError, KeyError, TypeError):
        fine = False
    if not fine:
        raise StackError("Error validating stack policy: Invalid stack policy")
    return text


def check_stack_policy(text: str, changes: Sequence[Mapping[str, Any]]) -> None:
    """Raises StackError for the first change that the policy does not allow; what it does not name is denied."""
    statements = json.loads(text)["Statement"]
    for change in changes:
        action = _action(change)
        if not action:
            continue
        resource = f"LogicalResourceId/{change['LogicalResourceId']}"
        hits = [item for item in statements if _hits(item, action, resource)]
        denied = any(item["Effect"] == "Deny" for item in hits)
        if denied or not any(item["Effect"] == "Allow" for item in hits):
            raise StackError(f"Action denied by stack policy: {action} on resource [{resource}]")


def _action(change: Mapping[str, Any]) -> str:
    match change["Action"]:
        case "Modify":
            return "Update:Replace" if change.get("Replacement") == "True" else "Update:Modify"
        case "Remove":
            return "Update:Delete"
    return ""


def _hits(statement: Mapping[str, Any], action: str, resource: str) -> bool:
    actions, resources = (
        [item] if isinstance(item, str) else list(item)
        for item in (statement["Action"], statement.get("Resource", "*"))
    )
    return any(fnmatchcase(action, item) for item in actions) and any(fnmatchcase(resource, item) for item in resources)
