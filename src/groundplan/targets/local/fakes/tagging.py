"""Tags of what moto tags only when it is made: scalable targets, stages of HTTP APIs, and dashboards and composite
alarms, for which it says that they are not there."""

from __future__ import annotations

from typing import Any

from groundplan.targets.local.fakes.service import NOT_MINE, Request, faked

scaling = faked("application-autoscaling")
cloudwatch = faked("cloudwatch", "monitoring")
apis = faked("apigatewayv2", "apigateway")


@scaling.operation("TagResource")
def tag_target(request: Request) -> dict[str, Any]:
    _tags(request).update(request.parameters["Tags"])
    return {}


@scaling.operation("UntagResource")
def untag_target(request: Request) -> dict[str, Any]:
    for key in request.parameters["TagKeys"]:
        _tags(request).pop(key, None)
    return {}


@scaling.operation("ListTagsForResource")
def tags_of_target(request: Request) -> dict[str, Any]:
    return {"Tags": dict(_tags(request))}


@cloudwatch.operation("TagResource")
def tag_what_is_here(request: Request) -> Any:
    if not _is_here(request):
        return NOT_MINE
    _tags(request).update({tag["Key"]: tag["Value"] for tag in request.parameters["Tags"]})
    return {}


@cloudwatch.operation("UntagResource")
def untag_what_is_here(request: Request) -> Any:
    return untag_target(request) if _is_here(request) else NOT_MINE


@cloudwatch.operation("ListTagsForResource")
def tags_of_what_is_here(request: Request) -> Any:
    if not _is_here(request):
        return NOT_MINE
    return {"Tags": [{"Key": key, "Value": value} for key, value in _tags(request).items()]}


def _is_here(request: Request) -> bool:
    arn = request.parameters["ResourceARN"]
    alarms = request.table("composite alarms").values()
    return ":dashboard/" in arn or any(alarm["AlarmArn"] == arn for alarm in alarms)


def _stage(request: Request) -> Any:
    """The stage that is meant. None: moto knows what it is."""
    from moto.apigatewayv2.models import apigatewayv2_backends

    match str(request.parameters["ResourceArn"]).rpartition("::/")[2].split("/"):
        case ["apis", api, "stages", name]:
            return apigatewayv2_backends[request.account][request.region].get_stage(api, name)
    return None


@apis.operation("TagResource")
def tag_stage(request: Request) -> Any:
    stage = _stage(request)
    if stage is None:
        return NOT_MINE
    stage.tags = {**(stage.tags or {}), **request.parameters["Tags"]}
    return {}


@apis.operation("UntagResource")
def untag_stage(request: Request) -> Any:
    stage = _stage(request)
    if stage is None:
        return NOT_MINE
    stage.tags = {key: value for key, value in (stage.tags or {}).items() if key not in request.parameters["TagKeys"]}
    return {}


@apis.operation("GetTags")
def tags_of_stage(request: Request) -> Any:
    stage = _stage(request)
    return NOT_MINE if stage is None else {"Tags": stage.tags or {}}


def _tags(request: Request) -> dict[str, str]:
    tags: dict[str, str] = request.table("tags").setdefault(request.parameters["ResourceARN"], {})
    return tags
