"""Cost Explorer's anomaly monitors, subscriptions and cost allocation tags, and the update of a budget, which moto
lacks."""

from __future__ import annotations

import time
import uuid
from typing import Any

from groundplan.targets.local.fakes.service import RefusedError, Request, faked

explorer = faked("ce")
budgets = faked("budgets")


@budgets.operation("UpdateBudget")
def update_budget(request: Request) -> dict[str, Any]:
    from moto.budgets.models import budgets_backends

    account, new = request.parameters["AccountId"], request.parameters["NewBudget"]
    found = budgets_backends[account]["aws"].budgets[account].get(new["BudgetName"])
    if found is None:
        raise RefusedError(
            "NotFoundException", f"Unable to get budget: {new['BudgetName']} - the budget doesn't exist."
        )
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
