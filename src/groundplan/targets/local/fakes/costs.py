"""Cost Explorer's anomaly monitors, subscriptions and cost allocation tags, the update of a budget and its tags, which
moto lacks."""

from __future__ import annotations

import time
import uuid
from typing import Any

from groundplan.targets.local.fakes.service import NOT_MINE, RefusedError, Request, faked

explorer = faked("ce")
budgets = faked("budgets")


def _budget(account: str, name: str) -> Any:
    from moto.budgets.models import budgets_backends

    found = budgets_backends[account]["aws"].budgets[account].get(name)
    if found is None:
        raise RefusedError("NotFoundException", f"Unable to get budget: {name} - the budget doesn't exist.")
    return found


@budgets.operation("CreateBudget")
def create_budget(request: Request) -> Any:
    """Tags that a budget of that name had are gone with it."""
    name = request.parameters["Budget"]["BudgetName"]
    tags = {tag["Key"]: tag["Value"] for tag in request.parameters.get("ResourceTags") or ()}
    try:
        _budget(request.account, name)
    except RefusedError:
        request.table("budget tags")[name] = tags
    return NOT_MINE


@budgets.operation("TagResource")
def tag_budget(request: Request) -> dict[str, Any]:
    _budget_tags(request).update({tag["Key"]: tag["Value"] for tag in request.parameters["ResourceTags"]})
    return {}


@budgets.operation("UntagResource")
def untag_budget(request: Request) -> dict[str, Any]:
    for key in request.parameters["ResourceTagKeys"]:
        _budget_tags(request).pop(key, None)
    return {}


@budgets.operation("ListTagsForResource")
def tags_of_budget(request: Request) -> dict[str, Any]:
    return {"ResourceTags": [{"Key": key, "Value": value} for key, value in _budget_tags(request).items()]}


def _budget_tags(request: Request) -> dict[str, str]:
    name = str(request.parameters["ResourceARN"]).partition(":budget/")[2]
    _budget(request.account, name)
    tags: dict[str, str] = request.table("budget tags").setdefault(name, {})
    return tags


@budgets.operation("UpdateBudget")
def update_budget(request: Request) -> dict[str, Any]:
    account, new = request.parameters["AccountId"], request.parameters["NewBudget"]
    found = _budget(account, new["BudgetName"])
    found.budget = {**new, "TimePeriod": found.budget["TimePeriod"], "LastUpdatedTime": time.time()}
    return {}


def _tags_in_use(account: str) -> set[str]:
    """Keys of tags that stand on anything. Cost Explorer learns of them in about a day; here it knows them at once."""
    from moto.ec2.models import ec2_backends
    from moto.kms.models import kms_backends
    from moto.resourcegroupstaggingapi.models import resourcegroupstaggingapi_backends
    from moto.sns.models import sns_backends
    from moto.sqs.models import sqs_backends

    backends = (ec2_backends, kms_backends, sns_backends, sqs_backends)
    found: set[str] = set()
    for region in {region for each in backends for region in each[account]}:
        # Its pages would stay in the state, which cannot keep them.
        found.update(resourcegroupstaggingapi_backends[account][region]._get_tag_keys_generator())
    return found


@explorer.operation("ListCostAllocationTags")
def list_cost_allocation_tags(request: Request) -> dict[str, Any]:
    wanted, status = request.parameters.get("TagKeys"), request.parameters.get("Status")
    active = request.table("active tags")
    tags = [
        {"TagKey": key, "Type": "UserDefined", "Status": "Active" if active.get(key) else "Inactive"}
        for key in sorted(_tags_in_use(request.account) | set(active))
        if not wanted or key in wanted
    ]
    if request.parameters.get("Type") == "AWSGenerated":
        tags = []
    return {"CostAllocationTags": [tag for tag in tags if status in (None, tag["Status"])]}


@explorer.operation("UpdateCostAllocationTagsStatus")
def update_cost_allocation_tags_status(request: Request) -> dict[str, Any]:
    active = request.table("active tags")
    known = _tags_in_use(request.account) | set(active)
    errors = []
    for tag in request.parameters["CostAllocationTagsStatus"]:
        if tag["TagKey"] in known:
            active[tag["TagKey"]] = tag["Status"] == "Active"
        else:
            errors.append({"TagKey": tag["TagKey"], "Code": "ValidationException", "Message": "Tag keys not found"})
    return {"Errors": errors}


def _register(kind: str) -> None:
    key, name, table = f"{kind}Arn", f"Anomaly{kind}", f"anomaly {kind.lower()}s"

    def one(request: Request) -> dict[str, Any]:
        found: dict[str, Any] | None = request.table(table).get(request.parameters[key])
        if found is None:
            raise RefusedError(f"Unknown{kind}Exception", f"{name} {request.parameters[key]} does not exist")
        return found

    @explorer.operation(f"Create{name}")
    def create(request: Request) -> dict[str, Any]:
        arn = f"arn:aws:ce::{request.account}:anomaly{kind.lower()}/{uuid.uuid4()}"
        request.table(table)[arn] = {**request.parameters[name], key: arn, "AccountId": request.account}
        return {key: arn}

    @explorer.operation(f"Get{name}s")
    def get(request: Request) -> dict[str, Any]:
        wanted = request.parameters.get(f"{key}List")
        return {f"{name}s": [item for arn, item in request.table(table).items() if not wanted or arn in wanted]}

    @explorer.operation(f"Update{name}")
    def update(request: Request) -> dict[str, Any]:
        one(request).update(request.parameters)
        return {key: request.parameters[key]}

    @explorer.operation(f"Delete{name}")
    def delete(request: Request) -> dict[str, Any]:
        one(request)
        del request.table(table)[request.parameters[key]]
        return {}


_register("Monitor")
_register("Subscription")
