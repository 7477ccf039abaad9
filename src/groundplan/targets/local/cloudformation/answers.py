"""What requests give, and what answers show, in the form of the API."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from groundplan.targets.local.cloudformation import parameters as template_parameters
from groundplan.targets.local.cloudformation.errors import StackError
from groundplan.targets.local.cloudformation.stacks import Stack, StackResource

PAGE = 100
"""Items per page, as AWS cuts them."""
Item = TypeVar("Item")


def given_parameters(parameters: Sequence[Mapping[str, Any]]) -> template_parameters.Given:
    """Parameters as a request gives them."""
    return {
        item["ParameterKey"]: template_parameters.PREVIOUS
        if item.get("UsePreviousValue")
        else str(item.get("ParameterValue", ""))
        for item in parameters
    }


def given_tags(tags: Sequence[Mapping[str, str]] | None) -> dict[str, str] | None:
    """Tags by key, or None where the request has none."""
    return None if tags is None else {tag["Key"]: tag["Value"] for tag in tags}


def tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags in the API's form."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def page(items: Sequence[Item], token: str | None) -> tuple[Sequence[Item], str | None]:
    """One page of a list, and the token of the next one. Raises StackError for a token that nobody gave."""
    if token and not (token.isascii() and token.isdigit() and int(token) <= len(items)):
        raise StackError(f"The NextToken {token} is not valid")
    start = int(token or 0)
    end = start + PAGE
    return items[start:end], str(end) if end < len(items) else None


def without_values(change: Mapping[str, Any]) -> dict[str, Any]:
    """A ``ResourceChange`` without the values before and after."""
    details = [
        {**detail, "Target": {k: v for k, v in detail["Target"].items() if k not in ("BeforeValue", "AfterValue")}}
        for detail in change["Details"]
    ]
    return {**change, "Details": details}


def stack_answer(stack: Stack) -> dict[str, Any]:
    """A stack in the API's form."""
    template = stack.template
    return {
        "StackId": stack.id, "StackName": stack.name, "ChangeSetId": stack.change_set or None,
        "Description": (template.description if template else "") or None,
        "TemplateDescription": (template.description if template else "") or None,
        "Parameters": template_parameters.shown(template.parameters if template else {}, stack.raw_parameters),
        "CreationTime": stack.created, "LastUpdatedTime": stack.updated, "StackStatus": stack.shown_status,
        "StackStatusReason": stack.reason or None, "Outputs": stack.outputs, "Tags": tag_list(stack.tags),
        "EnableTerminationProtection": stack.protected, "Capabilities": stack.capabilities,
        "ParentId": stack.parent or None, "RootId": stack.root or None,
        "DisableRollback": stack.disable_rollback, "DriftInformation": {"StackDriftStatus": stack.drift},
    }  # fmt: skip


def resource_answer(stack: Stack, record: StackResource) -> dict[str, Any]:
    """A resource in the API's form."""
    return {
        "StackName": stack.name, "StackId": stack.id, "LogicalResourceId": record.logical_id,
        "PhysicalResourceId": record.state.id, "ResourceType": record.type, "Timestamp": record.changed,
        "LastUpdatedTimestamp": record.changed, "ResourceStatus": record.status,
        "DriftInformation": {"StackResourceDriftStatus": "NOT_CHECKED"}, "Metadata": json.dumps({}),
    }  # fmt: skip
