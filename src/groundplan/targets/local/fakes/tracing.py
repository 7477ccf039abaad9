"""X-Ray's groups and sampling rules and Managed Grafana's workspaces, which moto lacks."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from groundplan.targets.local.fakes.service import RefusedError, Request, faked

xray = faked("xray")
grafana = faked("grafana")


def _found(request: Request, table: str, name: str, arn: str) -> dict[str, Any]:
    """By name or ARN, as X-Ray's operations take either."""
    for item in request.table(table).values():
        if request.parameters.get(arn) == item[arn] or request.parameters.get(name) == item[name]:
            return dict(item)
    wanted = request.parameters.get(arn) or request.parameters.get(name)
    raise RefusedError("InvalidRequestException", f"{table.capitalize().removesuffix('s')} not found: {wanted}")


@xray.operation("CreateGroup")
def create_group(request: Request) -> dict[str, Any]:
    name = request.parameters["GroupName"]
    request.free("groups", name, "InvalidRequestException")
    kept = {key: value for key, value in request.parameters.items() if key != "Tags"}
    made = {**kept, "GroupARN": request.arn("xray", f"group/{name}/{uuid.uuid4().hex[:32].upper()}")}
    request.table("groups")[name] = made
    _tags(request, made["GroupARN"], request.parameters.get("Tags"))
    return {"Group": made}


@xray.operation("GetGroup")
def get_group(request: Request) -> dict[str, Any]:
    return {"Group": _found(request, "groups", "GroupName", "GroupARN")}


@xray.operation("GetGroups")
def get_groups(request: Request) -> dict[str, Any]:
    return {"Groups": list(request.table("groups").values())}


@xray.operation("UpdateGroup")
def update_group(request: Request) -> dict[str, Any]:
    found = _found(request, "groups", "GroupName", "GroupARN")
    for name in ("FilterExpression", "InsightsConfiguration"):
        if name in request.parameters:
            found[name] = request.parameters[name]
    request.table("groups")[found["GroupName"]] = found
    return {"Group": found}


@xray.operation("DeleteGroup")
def delete_group(request: Request) -> dict[str, Any]:
    del request.table("groups")[_found(request, "groups", "GroupName", "GroupARN")["GroupName"]]
    return {}


@xray.operation("CreateSamplingRule")
def create_rule(request: Request) -> dict[str, Any]:
    given = request.parameters["SamplingRule"]
    request.free("sampling rules", given["RuleName"], "InvalidRequestException")
    made = {**given, "RuleARN": request.arn("xray", f"sampling-rule/{given['RuleName']}")}
    request.table("sampling rules")[given["RuleName"]] = made
    _tags(request, made["RuleARN"], request.parameters.get("Tags"))
    return {"SamplingRuleRecord": _record(made)}


def _record(rule: dict[str, Any]) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {"SamplingRule": rule, "CreatedAt": now, "ModifiedAt": now}


@xray.operation("GetSamplingRules")
def get_rules(request: Request) -> dict[str, Any]:
    return {"SamplingRuleRecords": [_record(rule) for rule in request.table("sampling rules").values()]}


@xray.operation("UpdateSamplingRule")
def update_rule(request: Request) -> dict[str, Any]:
    change = request.parameters["SamplingRuleUpdate"]
    found = _found(replace(request, parameters=change), "sampling rules", "RuleName", "RuleARN")
    made = {**found, **change}
    request.table("sampling rules")[found["RuleName"]] = made
    return {"SamplingRuleRecord": _record(made)}


@xray.operation("DeleteSamplingRule")
def delete_rule(request: Request) -> dict[str, Any]:
    found = _found(request, "sampling rules", "RuleName", "RuleARN")
    del request.table("sampling rules")[found["RuleName"]]
    return {"SamplingRuleRecord": _record(found)}


def _tags(request: Request, arn: str, tags: Any) -> None:
    request.table("tags").setdefault(arn, {}).update({tag["Key"]: tag["Value"] for tag in tags or ()})


@xray.operation("TagResource")
def tag(request: Request) -> dict[str, Any]:
    _tags(request, request.parameters["ResourceARN"], request.parameters["Tags"])
    return {}


@xray.operation("UntagResource")
def untag(request: Request) -> dict[str, Any]:
    for key in request.parameters["TagKeys"]:
        request.table("tags").get(request.parameters["ResourceARN"], {}).pop(key, None)
    return {}


@xray.operation("ListTagsForResource")
def list_tags(request: Request) -> dict[str, Any]:
    tags = request.table("tags").get(request.parameters["ResourceARN"], {})
    return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}


_SHOWN_AS = {
    "workspaceName": "name", "workspaceDescription": "description", "workspaceDataSources": "dataSources",
    "workspaceNotificationDestinations": "notificationDestinations", "workspaceRoleArn": "workspaceRoleArn",
    "workspaceOrganizationalUnits": "organizationalUnits",
}  # fmt: skip
"""Grafana's parameters by the name under which a workspace shows them, where the two differ."""


def _workspace(parameters: dict[str, Any]) -> dict[str, Any]:
    apart = ("workspaceId", "clientToken", "authenticationProviders", "removeVpcConfiguration")
    return {_SHOWN_AS.get(name, name): value for name, value in parameters.items() if name not in apart}


@grafana.operation("CreateWorkspace")
def create_workspace(request: Request) -> dict[str, Any]:
    identifier, now = f"g-{uuid.uuid4().hex[:10]}", datetime.now(UTC)
    made = {
        "dataSources": [], "grafanaVersion": "10.4", **_workspace(request.parameters), "id": identifier,
        "authentication": {"providers": request.parameters["authenticationProviders"]}, "status": "ACTIVE",
        "endpoint": f"{identifier}.grafana-workspace.{request.region}.amazonaws.com", "created": now, "modified": now,
    }  # fmt: skip
    request.table("workspaces")[identifier] = made
    return {"workspace": made}


@grafana.operation("DescribeWorkspace")
def describe_workspace(request: Request) -> dict[str, Any]:
    return {"workspace": request.one("workspaces", request.parameters["workspaceId"])}


@grafana.operation("ListWorkspaces")
def list_workspaces(request: Request) -> dict[str, Any]:
    return {"workspaces": list(request.table("workspaces").values())}


@grafana.operation("UpdateWorkspace")
def update_workspace(request: Request) -> dict[str, Any]:
    found = request.one("workspaces", request.parameters["workspaceId"])
    found.update(_workspace(request.parameters), modified=datetime.now(UTC))
    return {"workspace": found}


@grafana.operation("UpdateWorkspaceAuthentication")
def update_authentication(request: Request) -> dict[str, Any]:
    found = request.one("workspaces", request.parameters["workspaceId"])
    found["authentication"] = {"providers": request.parameters["authenticationProviders"]}
    return {"authentication": found["authentication"]}


@grafana.operation("DeleteWorkspace")
def delete_workspace(request: Request) -> dict[str, Any]:
    found = request.one("workspaces", request.parameters["workspaceId"])
    del request.table("workspaces")[found["id"]]
    return {"workspace": {**found, "status": "DELETING"}}


@grafana.operation("TagResource")
def tag_workspace(request: Request) -> dict[str, Any]:
    found = request.one("workspaces", str(request.parameters["resourceArn"]).rsplit("/", 1)[-1])
    found["tags"] = {**(found.get("tags") or {}), **request.parameters["tags"]}
    return {}


@grafana.operation("UntagResource")
def untag_workspace(request: Request) -> dict[str, Any]:
    found = request.one("workspaces", str(request.parameters["resourceArn"]).rsplit("/", 1)[-1])
    for key in request.parameters["tagKeys"]:
        found.get("tags", {}).pop(key, None)
    return {}
