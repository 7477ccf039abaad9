"""What an environment has cost this month, out of Cost Explorer, by the tags that Groundplan sets.

Each request to Cost Explorer costs 0.01 USD; a comparison needs two, and one more for every 5,000 usage types.
Source: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetCostAndUsage.html
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from groundplan.cost.actual import Spending, Spent
from groundplan.errors import EnvironmentalError
from groundplan.operations.direct.step import COST_EXPLORER
from groundplan.targets.connection import Connection, explained
from groundplan.targets.refusals import refusal

if TYPE_CHECKING:
    from mypy_boto3_ce import CostExplorerClient
    from mypy_boto3_ce.type_defs import ExpressionTypeDef, GetCostAndUsageRequestTypeDef

_METRIC = "UnblendedCost"
_NOT_USAGE = ("Credit", "Refund", "Tax")
"""Kinds of record that no estimate has."""
_NO_DATA = "DataUnavailableException"
_NO_ACCESS = "AccessDeniedException"


def month_to_date(connection: Connection, marks: Mapping[str, str], today: date) -> Spending:
    """What everything with the tags ``marks`` has cost from the first of the month to yesterday, and AWS's forecast.

    On the first of a month nothing is billed yet: the whole month before is read, which needs no forecast.

    Raises EnvironmentalError: no credentials, Cost Explorer not activated or without data, tags that are not active.
    """
    start = today.replace(day=1)
    whole_month = start == today
    if whole_month:
        start = (start - timedelta(days=1)).replace(day=1)
    client = connection.cost_explorer(COST_EXPLORER)
    chosen = _filter(marks)
    items = _billed(client, start, today, chosen)
    if not items:
        raise EnvironmentalError(_nothing(client, marks, start, today))
    return Spending(start, today, items, Decimal(0) if whole_month else _forecast(client, today, chosen))


def _filter(marks: Mapping[str, str]) -> ExpressionTypeDef:
    return {
        "And": [
            *({"Tags": {"Key": key, "Values": [value], "MatchOptions": ["EQUALS"]}} for key, value in marks.items()),
            {"Not": {"Dimensions": {"Key": "RECORD_TYPE", "Values": list(_NOT_USAGE)}}},
        ]
    }


def _billed(client: CostExplorerClient, start: date, end: date, chosen: ExpressionTypeDef) -> tuple[Spent, ...]:
    from botocore.exceptions import ClientError

    request: GetCostAndUsageRequestTypeDef = {
        "TimePeriod": {"Start": start.isoformat(), "End": end.isoformat()},
        "Granularity": "MONTHLY",
        "Metrics": [_METRIC],
        "GroupBy": [{"Type": "DIMENSION", "Key": "SERVICE"}, {"Type": "DIMENSION", "Key": "USAGE_TYPE"}],
        "Filter": chosen,
    }
    spent: list[Spent] = []
    with explained("Reading what was spent"):
        while True:
            try:
                answer = client.get_cost_and_usage(**request)
            except ClientError as error:
                raise _refused(error) from error
            for group in (group for period in answer["ResultsByTime"] for group in period.get("Groups", [])):
                service, usage_type = group["Keys"]
                amount = group["Metrics"][_METRIC]
                if amount["Unit"] != "USD":
                    raise EnvironmentalError(f"AWS bills this account in {amount['Unit']}; estimates are in USD")
                spent.append(Spent(service, usage_type, Decimal(amount["Amount"])))
            if not answer.get("NextPageToken"):
                return tuple(spent)
            request["NextPageToken"] = answer["NextPageToken"]


def _refused(error: Exception) -> Exception:
    """What Cost Explorer says no to, with what helps. Anything else is left to ``explained``."""
    details = refusal(error)
    message = details.get("Message", "")
    if details.get("Code") == _NO_DATA:
        return EnvironmentalError(
            f"Cost Explorer has no data yet ({message}). It shows costs about a day after it was activated, and a "
            "resource's about a day after it was made"
        )
    if details.get("Code") == _NO_ACCESS:
        return EnvironmentalError(
            f"Cost Explorer refuses ({message}). Activate it in the management account's Billing console, allow IAM "
            "access to billing there, and give this role ce:GetCostAndUsage and ce:GetCostForecast"
        )
    return error


def _forecast(client: CostExplorerClient, today: date, chosen: ExpressionTypeDef) -> Decimal | None:
    """AWS's own, from today to the end of the month; None where it has too little to go by."""
    from botocore.exceptions import ClientError

    end = (today.replace(day=28) + timedelta(days=4)).replace(day=1)
    with explained("Reading the forecast"):
        try:
            answer = client.get_cost_forecast(
                TimePeriod={"Start": today.isoformat(), "End": end.isoformat()},
                Metric="UNBLENDED_COST",
                Granularity="MONTHLY",
                Filter=chosen,
            )
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") == _NO_DATA:
                return None
            raise _refused(error) from error
    return Decimal(answer["Total"]["Amount"])


def _nothing(client: CostExplorerClient, marks: Mapping[str, str], start: date, end: date) -> str:
    """Why the bill has nothing of an environment."""
    from botocore.exceptions import ClientError

    tags = ", ".join(f"{key}={value}" for key, value in marks.items())
    said = f"AWS has billed nothing with the tags {tags} from {start} to {end}"
    statuses: dict[str, str] = {}
    with explained("Reading the cost allocation tags"), suppress(ClientError):
        answer = client.list_cost_allocation_tags(TagKeys=list(marks), Type="UserDefined")
        statuses = {tag["TagKey"]: tag["Status"] for tag in answer["CostAllocationTags"]}
    inactive = [key for key in marks if statuses.get(key) != "Active"]
    if not inactive:
        return f"{said}. Is the environment deployed, and for more than a day?"
    return (
        f"{said}. {', '.join(inactive)} {'is' if len(inactive) == 1 else 'are'} not active as cost allocation tags: "
        "activate them in the management account (account: {cost_tags: true} does), and wait a day"
    )
