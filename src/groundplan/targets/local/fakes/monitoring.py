"""CloudWatch composite alarms, which moto cannot make."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from groundplan.targets.local.fakes.service import NOT_MINE, Request, faked

cloudwatch = faked("cloudwatch", "monitoring")


@cloudwatch.operation("PutCompositeAlarm")
def put(request: Request) -> dict[str, Any]:
    name = request.parameters["AlarmName"]
    now = datetime.now(UTC)
    arn = request.arn("cloudwatch", f"alarm:{name}")
    if name not in request.table("composite alarms"):  # an update leaves tags as they are
        tags = {tag["Key"]: tag["Value"] for tag in request.parameters.get("Tags") or ()}
        request.table("tags")[arn] = tags
    request.table("composite alarms")[name] = {
        "ActionsEnabled": True,
        **request.parameters,
        "AlarmArn": arn,
        "AlarmConfigurationUpdatedTimestamp": now,
        "StateUpdatedTimestamp": now,
        "StateReason": "Unchecked: Initial alarm creation",
        "StateValue": "INSUFFICIENT_DATA",
    }
    return {}


@cloudwatch.operation("DescribeAlarms")
def describe(request: Request) -> Any:
    if request.parameters.get("AlarmTypes") != ["CompositeAlarm"]:
        return NOT_MINE
    names = request.parameters.get("AlarmNames") or []
    prefix = request.parameters.get("AlarmNamePrefix") or ""
    found = [
        alarm
        for name, alarm in request.table("composite alarms").items()
        if (not names or name in names) and name.startswith(prefix)
    ]
    return {"CompositeAlarms": found, "MetricAlarms": []}


@cloudwatch.operation("DeleteAlarms")
def delete(request: Request) -> Any:
    alarms = request.table("composite alarms")
    mine = [name for name in request.parameters["AlarmNames"] if name in alarms]
    for name in mine:
        del alarms[name]
    return {} if mine and len(mine) == len(request.parameters["AlarmNames"]) else NOT_MINE


@cloudwatch.operation("EnableAlarmActions")
def enable(request: Request) -> Any:
    return _switch(request, on=True)


@cloudwatch.operation("DisableAlarmActions")
def disable(request: Request) -> Any:
    return _switch(request, on=False)


def _switch(request: Request, *, on: bool) -> Any:
    """Composite alarms here; moto knows the others of the same call."""
    alarms = request.table("composite alarms")
    for name in request.parameters["AlarmNames"]:
        if name in alarms:
            alarms[name] = {**alarms[name], "ActionsEnabled": on}
    return NOT_MINE
