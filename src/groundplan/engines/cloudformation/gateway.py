"""Amazon API Gateway in CloudFormation."""

from __future__ import annotations

from groundplan.engines.cloudformation.rows import RETURNED, Row, present
from groundplan.resources import Architecture
from groundplan.resources.gateway import RestApi, RestApiDeployment, RestApiMethod, RestApiResource, RestApiStage


def _api(_: RestApi, __: Architecture) -> dict[str, object]:
    return {"EndpointConfiguration": {"Types": ["REGIONAL"]}}


def _resource(resource: RestApiResource, _: Architecture) -> dict[str, object]:
    return {"ParentId": resource.rest_api.attribute("root_resource_id")}


def _method(method: RestApiMethod, _: Architecture) -> dict[str, object]:
    names = method.path_parameters
    return present(
        ResourceId=method.resource or method.rest_api.attribute("root_resource_id"),
        HttpMethod="ANY",
        AuthorizationType="NONE",
        RequestParameters={f"method.request.path.{name}": True for name in names} or None,
        Integration=present(
            Type="HTTP_PROXY",
            IntegrationHttpMethod="ANY",
            Uri=method.uri,
            TimeoutInMillis=method.timeout,
            RequestParameters={f"integration.request.path.{name}": f"method.request.path.{name}" for name in names}
            or None,
        ),
    )


def _deployment(deployment: RestApiDeployment, _: Architecture) -> dict[str, object]:
    return {"Description": deployment.definition}


def _version(deployment: RestApiDeployment) -> str:
    return deployment.definition


def _stage(stage: RestApiStage, _: Architecture) -> dict[str, object]:
    limits = {"ThrottlingRateLimit": stage.throttling_rate, "ThrottlingBurstLimit": stage.throttling_burst}
    logs = stage.log_group
    return present(
        MethodSettings=[{"ResourcePath": "/*", "HttpMethod": "*", **limits}],
        AccessLogSetting={"DestinationArn": logs.arn, "Format": stage.log_format} if logs else None,
    )


ROWS = (
    Row(
        RestApi,
        "AWS::ApiGateway::RestApi",
        attributes={"id": RETURNED, "root_resource_id": "RootResourceId"},
        rename={"api_name": "Name"},
        write=_api,
    ),
    Row(
        RestApiResource,
        "AWS::ApiGateway::Resource",
        attributes={"id": RETURNED},
        write=_resource,
    ),
    Row(
        RestApiMethod,
        "AWS::ApiGateway::Method",
        attributes={"id": RETURNED},
        write=_method,
        written=frozenset({"resource", "uri", "path_parameters", "timeout"}),
    ),
    Row(
        RestApiDeployment,
        "AWS::ApiGateway::Deployment",
        attributes={"id": RETURNED},
        write=_deployment,
        written=frozenset({"definition"}),
        version=_version,
    ),
    Row(
        RestApiStage,
        "AWS::ApiGateway::Stage",
        attributes={"id": RETURNED},
        write=_stage,
        written=frozenset({"throttling_rate", "throttling_burst", "log_group", "log_format"}),
    ),
)
