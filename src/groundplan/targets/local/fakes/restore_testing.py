"""Restore testing of AWS Backup, which moto lacks: plans and what they restore. No test ever runs here."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from groundplan.targets.local.fakes.backup import plan_backend
from groundplan.targets.local.fakes.service import RefusedError, Request, faked

backup = faked("backup")
PLANS, SELECTIONS = "restore testing plans", "restore testing selections"
MOST_ARNS = 30
"""Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_RestoreTestingSelectionForCreate.html"""


def _named(name: str) -> str:
    """Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_RestoreTestingPlanForCreate.html"""
    if not re.fullmatch(r"[A-Za-z0-9_]{1,50}", name):
        raise RefusedError(
            "InvalidParameterValueException", f"{name!r}: only alphanumeric characters and underscores, at most 50"
        )
    return name


def _plan(request: Request) -> dict[str, Any]:
    return request.one(PLANS, request.parameters["RestoreTestingPlanName"])


def _told(plan: dict[str, Any]) -> dict[str, Any]:
    names = ("CreationTime", "UpdateTime", "RestoreTestingPlanArn", "RestoreTestingPlanName")
    return {name: plan[name] for name in names if name in plan}


@backup.operation("CreateRestoreTestingPlan")
def create_plan(request: Request) -> dict[str, Any]:
    asked = request.parameters["RestoreTestingPlan"]
    name = _named(asked["RestoreTestingPlanName"])
    request.free(PLANS, name, "AlreadyExistsException")
    arn = request.arn("backup", f"restore-testing-plan:{name}-{len(request.table(PLANS)):08x}")
    made = {"StartWindowHours": 24, **asked, "CreationTime": datetime.now(UTC), "RestoreTestingPlanArn": arn}
    made["RecoveryPointSelection"] = {"SelectionWindowDays": 30, **asked["RecoveryPointSelection"]}
    request.table(PLANS)[name] = made
    plan_backend(request).tag_resource(arn, request.parameters.get("Tags") or {})
    return _told(made)


@backup.operation("GetRestoreTestingPlan")
def get_plan(request: Request) -> dict[str, Any]:
    return {"RestoreTestingPlan": _plan(request)}


@backup.operation("ListRestoreTestingPlans")
def list_plans(request: Request) -> dict[str, Any]:
    return {"RestoreTestingPlans": list(request.table(PLANS).values())}


@backup.operation("UpdateRestoreTestingPlan")
def update_plan(request: Request) -> dict[str, Any]:
    plan, asked = _plan(request), request.parameters["RestoreTestingPlan"]
    points = {**plan["RecoveryPointSelection"], **asked.get("RecoveryPointSelection", {})}
    plan.update({**asked, "RecoveryPointSelection": points, "UpdateTime": datetime.now(UTC)})
    return _told(plan)


@backup.operation("DeleteRestoreTestingPlan")
def delete_plan(request: Request) -> dict[str, Any]:
    name = _plan(request)["RestoreTestingPlanName"]
    if any(key.startswith(f"{name}/") for key in request.table(SELECTIONS)):
        raise RefusedError("InvalidRequestException", f"Restore testing plan {name} still has selections")
    del request.table(PLANS)[name]
    return {}


def _key(request: Request) -> str:
    _plan(request)
    return f"{request.parameters['RestoreTestingPlanName']}/{request.parameters['RestoreTestingSelectionName']}"


def _check(selection: dict[str, Any]) -> None:
    arns, conditions = selection.get("ProtectedResourceArns") or [], selection.get("ProtectedResourceConditions") or {}
    if not arns and not conditions:
        raise RefusedError(
            "InvalidParameterValueException", "Give ProtectedResourceArns or ProtectedResourceConditions"
        )
    if len(arns) > MOST_ARNS:
        raise RefusedError("InvalidParameterValueException", f"At most {MOST_ARNS} resources can be selected by ARN")


@backup.operation("CreateRestoreTestingSelection")
def create_selection(request: Request) -> dict[str, Any]:
    plan, asked = _plan(request), request.parameters["RestoreTestingSelection"]
    key = f"{plan['RestoreTestingPlanName']}/{_named(asked['RestoreTestingSelectionName'])}"
    request.free(SELECTIONS, key, "AlreadyExistsException")
    _check(asked)
    made = {**asked, "CreationTime": datetime.now(UTC), "RestoreTestingPlanName": plan["RestoreTestingPlanName"]}
    request.table(SELECTIONS)[key] = made
    return {
        "CreationTime": made["CreationTime"],
        "RestoreTestingPlanArn": plan["RestoreTestingPlanArn"],
        "RestoreTestingPlanName": made["RestoreTestingPlanName"],
        "RestoreTestingSelectionName": made["RestoreTestingSelectionName"],
    }


@backup.operation("GetRestoreTestingSelection")
def get_selection(request: Request) -> dict[str, Any]:
    return {"RestoreTestingSelection": request.one(SELECTIONS, _key(request))}


@backup.operation("ListRestoreTestingSelections")
def list_selections(request: Request) -> dict[str, Any]:
    name = _plan(request)["RestoreTestingPlanName"]
    found = request.table(SELECTIONS).values()
    return {"RestoreTestingSelections": [item for item in found if item["RestoreTestingPlanName"] == name]}


@backup.operation("UpdateRestoreTestingSelection")
def update_selection(request: Request) -> dict[str, Any]:
    selection = request.one(SELECTIONS, _key(request))
    changed = {**selection, **request.parameters["RestoreTestingSelection"]}
    _check(changed)
    selection.update(changed)
    now = datetime.now(UTC)
    return {
        "CreationTime": selection["CreationTime"],
        "UpdateTime": now,
        "RestoreTestingPlanArn": _plan(request)["RestoreTestingPlanArn"],
        "RestoreTestingPlanName": selection["RestoreTestingPlanName"],
        "RestoreTestingSelectionName": selection["RestoreTestingSelectionName"],
    }


@backup.operation("DeleteRestoreTestingSelection")
def delete_selection(request: Request) -> dict[str, Any]:
    key = _key(request)
    request.one(SELECTIONS, key)
    del request.table(SELECTIONS)[key]
    return {}
