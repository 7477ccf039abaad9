"""Tags of what moto tags only when it is made: scalable targets, and dashboards, for which it says that they are not
there."""

from __future__ import annotations

from typing import Any

from groundplan.targets.local.fakes.service import NOT_MINE, Request, faked

scaling = faked("application-autoscaling")
cloudwatch = faked("cloudwatch", "monitoring")


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
def tag_dashboard(request: Request) -> Any:
    if not _is_dashboard(request):
        return NOT_MINE
    _tags(request).update({tag["Key"]: tag["Value"] for tag in request.parameters["Tags"]})
    return {}


@cloudwatch.operation("UntagResource")
def untag_dashboard(request: Request) -> Any:
    return untag_target(request) if _is_dashboard(request) else NOT_MINE


@cloudwatch.operation("ListTagsForResource")
def tags_of_dashboard(request: Request) -> Any:
    if not _is_dashboard(request):
        return NOT_MINE
    return {"Tags": [{"Key": key, "Value": value} for key, value in _tags(request).items()]}


def _is_dashboard(request: Request) -> bool:
    return ":dashboard/" in request.parameters["ResourceARN"]


def _tags(request: Request) -> dict[str, str]:
    tags: dict[str, str] = request.table("tags").setdefault(request.parameters["ResourceARN"], {})
    return tags
