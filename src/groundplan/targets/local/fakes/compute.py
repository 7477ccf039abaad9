"""What moto lacks of Auto Scaling groups and HTTP API stages: metrics switched off, notifications, changed stages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from groundplan.targets.local.fakes.service import RefusedError, Request, faked

scaling = faked("autoscaling")
apis = faked("apigatewayv2", "apigateway")


def _group(request: Request) -> Any:
    from moto.autoscaling.models import autoscaling_backends

    name = request.parameters["AutoScalingGroupName"]
    found = autoscaling_backends[request.account][request.region].autoscaling_groups.get(name)
    if found is None:
        raise RefusedError("ValidationError", "AutoScalingGroup name not found - null")
    return found


@scaling.operation("DisableMetricsCollection")
def disable_metrics(request: Request) -> dict[str, Any]:
    gone = request.parameters.get("Metrics")
    group = _group(request)
    group.metrics = [name for name in group.metrics if name not in gone] if gone else []
    return {}


@apis.operation("UpdateStage")
def update_stage(request: Request) -> dict[str, Any]:
    from moto.apigatewayv2.models import apigatewayv2_backends

    given = request.parameters
    stage = apigatewayv2_backends[request.account][request.region].get_stage(given["ApiId"], given["StageName"])
    for name, attribute in (
        ("DefaultRouteSettings", "default_route_settings"), ("RouteSettings", "route_settings"),
        ("AccessLogSettings", "access_log_settings"), ("AutoDeploy", "auto_deploy"), ("Description", "description"),
        ("StageVariables", "stage_variables"), ("ClientCertificateId", "client_certificate_id"),
    ):  # fmt: skip
        if name in given:
            setattr(stage, attribute, _as_json(given[name]))
    stage.updated = datetime.now()
    return {"StageName": stage.name, "ApiGatewayManaged": False, **given}


def _as_json(value: Any) -> Any:
    """moto keeps a stage's settings in the spelling of the wire."""
    if isinstance(value, dict):
        return {f"{name[0].lower()}{name[1:]}": _as_json(item) for name, item in value.items()}
    return value
