"""Cost Explorer's anomaly monitors and subscriptions, and the update of a budget, which moto lacks."""

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
