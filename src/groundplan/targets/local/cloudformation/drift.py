"""Drift: what exists against what the stack says, as far as the APIs read it back."""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import ClientError

from groundplan.targets.local.cloudformation.engine_types import handler_of
from groundplan.targets.local.cloudformation.stacks import Stack, StackResource, now
from groundplan.targets.local.types.errors import ResourceError
from groundplan.targets.local.types.handler import Surroundings
from groundplan.targets.local.types.paths import member
from groundplan.targets.local.types.readback import differences


def detect_drift(stack: Stack, surroundings: Surroundings) -> list[dict[str, Any]]:
    """One entry per resource, in the form of the API's ``StackResourceDrift``."""
    return [resource_drift(stack, record, surroundings) for record in stack.resources.values()]


def resource_drift(stack: Stack, record: StackResource, surroundings: Surroundings) -> dict[str, Any]:
    """The entry of one resource."""
    handler = handler_of(record.type, surroundings)
    status, found = "NOT_CHECKED", list[dict[str, str]]()
    live: dict[str, Any] = {}
    if handler.row.read:
        try:
            live = handler.describe(record.state)
        except (ClientError, ResourceError):
            status = "DELETED"
        else:
            found = _differences(record, live, handler.row.rename)
            status = "MODIFIED" if found else "IN_SYNC"
    shown = {name: member(live, name) for name in record.properties if member(live, name) is not None}
    return {
        "StackId": stack.id, "LogicalResourceId": record.logical_id, "PhysicalResourceId": record.state.id,
        "ResourceType": record.type, "StackResourceDriftStatus": status, "PropertyDifferences": found,
        "ExpectedProperties": json.dumps(record.properties, default=str),
        "ActualProperties": json.dumps(shown, default=str), "Timestamp": now(),
    }  # fmt: skip


def _differences(record: StackResource, live: dict[str, Any], renames: Any) -> list[dict[str, str]]:
    """Plain values that the API shows under the property's name and that were the same at the creation."""
    found: list[dict[str, str]] = []
    for name, expected in record.properties.items():
        echoed = renames.get(name, name)
        actual, at_first = member(live, echoed), member(record.state.description, echoed)
        if (actual is None and at_first is None) or "{{resolve:" in str(expected):
            continue
        # What never was as it is written cannot be judged: a certificate's options, which tell how its validation goes.
        if next(differences(expected, at_first, name), None):
            continue
        if actual != at_first and next(differences(expected, actual, name), None):
            found.append({"PropertyPath": f"/{name}", "ExpectedValue": _text(expected),
                          "ActualValue": _text(actual), "DifferenceType": "NOT_EQUAL"})  # fmt: skip
    return found


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str)


def drifted(stack: Stack, record: StackResource, surroundings: Surroundings) -> frozenset[str] | None:
    """The properties of a resource that are not as the stack has made them. None: it is gone."""
    found = resource_drift(stack, record, surroundings)
    if found["StackResourceDriftStatus"] == "DELETED":
        return None
    return frozenset(item["PropertyPath"].removeprefix("/") for item in found["PropertyDifferences"])


def with_drift(stack: Stack, changes: list[dict[str, Any]], surroundings: Surroundings) -> list[dict[str, Any]]:
    """A change set's changes with those that take back what was changed by hand; what the template changes in any case
    stays as it is there.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/drift-aware-change-sets.html
    """
    known = {change["LogicalResourceId"] for change in changes}
    back: list[dict[str, Any]] = []
    for name, record in stack.resources.items():
        if name in known:
            continue
        found = resource_drift(stack, record, surroundings)
        shared = {"LogicalResourceId": name, "PhysicalResourceId": record.state.id, "ResourceType": record.type}
        status = found["StackResourceDriftStatus"]
        if status == "DELETED":
            back.append({"Action": "Add", **shared, "Scope": [], "Details": [], "ResourceDriftStatus": status})
        elif status == "MODIFIED":
            details = [
                {"Target": {"Attribute": "Properties", "Name": item["PropertyPath"].removeprefix("/"),
                            "RequiresRecreation": "Never", "Path": f"/Properties{item['PropertyPath']}",
                            "BeforeValue": item["ActualValue"], "AfterValue": item["ExpectedValue"],
                            "BeforeValueFrom": "ACTUAL_STATE", "AfterValueFrom": "TEMPLATE"},
                 "Evaluation": "Static", "ChangeSource": "NoModification"}
                for item in found["PropertyDifferences"]
            ]  # fmt: skip
            back.append({"Action": "Modify", **shared, "Replacement": "False", "Scope": ["Properties"],
                         "Details": details, "ResourceDriftStatus": status})  # fmt: skip
    return [*back, *changes]
