"""Amazon API Gateway in Terraform."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.engines.terraform.context import Context, label
from groundplan.engines.terraform.hcl import Block, Expression
from groundplan.engines.terraform.rows import Row
from groundplan.resources.gateway import RestApi, RestApiDeployment, RestApiMethod, RestApiResource, RestApiStage

FILE = "api_gateway.tf"
INTEGRATION = "aws_api_gateway_integration"


def _regional(_: RestApi, context: Context) -> Iterator[Block]:
    yield context.block("endpoint_configuration", {"types": ["REGIONAL"]})


def _resource(resource: RestApiResource, context: Context) -> dict[str, object]:
    return {"parent_id": context.value(resource.rest_api.attribute("root_resource_id"))}


def _method(method: RestApiMethod, context: Context) -> dict[str, object]:
    return {
        "resource_id": _place(method, context),
        "http_method": "ANY",
        "authorization": "NONE",
        "request_parameters": {f"method.request.path.{name}": True for name in method.path_parameters},
    }


def _place(method: RestApiMethod, context: Context) -> object:
    return context.value(method.resource or method.rest_api.attribute("root_resource_id"))


def _integration(method: RestApiMethod, context: Context) -> Iterator[Block]:
    own = context.address(method.ref)
    values = {
        "rest_api_id": context.refer(method.rest_api),
        "resource_id": Expression(f"{own}.resource_id"),
        "http_method": Expression(f"{own}.http_method"),
        "type": "HTTP_PROXY",
        "integration_http_method": "ANY",
        "uri": method.uri,
        "timeout_milliseconds": method.timeout,
        "request_parameters": {
            f"integration.request.path.{name}": f"method.request.path.{name}" for name in method.path_parameters
        },
    }
    yield context.resource(INTEGRATION, label(method.ref), *context.arguments(values))


def _deployment(deployment: RestApiDeployment, _: Context) -> dict[str, object]:
    return {"description": deployment.definition, "triggers": {"definition": deployment.definition}}


def _access_logs(stage: RestApiStage, context: Context) -> Iterator[Block]:
    if stage.log_group:
        logs = {"destination_arn": context.refer(stage.log_group), "format": stage.log_format}
        yield context.block("access_log_settings", logs)


def _limits(stage: RestApiStage, context: Context) -> Iterator[Block]:
    own = context.address(stage.ref)
    place = {"rest_api_id": context.refer(stage.rest_api), "stage_name": Expression(f"{own}.stage_name")}
    limits = {"throttling_rate_limit": stage.throttling_rate, "throttling_burst_limit": stage.throttling_burst}
    yield context.resource(
        "aws_api_gateway_method_settings",
        label(stage.ref),
        *context.arguments({**place, "method_path": "*/*"}),
        context.block("settings", limits),
    )


ROWS = (
    Row(
        RestApi,
        "aws_api_gateway_rest_api",
        FILE,
        attributes={"id": "id", "root_resource_id": "root_resource_id"},
        rename={"api_name": "name"},
        blocks=_regional,
    ),
    Row(
        RestApiResource,
        "aws_api_gateway_resource",
        FILE,
        attributes={"id": "id"},
        arguments=_resource,
        section=1,
    ),
    Row(
        RestApiMethod,
        "aws_api_gateway_method",
        FILE,
        attributes={"id": "id"},
        arguments=_method,
        beside=_integration,
        written=frozenset({"resource", "uri", "path_parameters", "timeout"}),
        ready=frozenset({INTEGRATION}),
        section=2,
    ),
    Row(
        RestApiDeployment,
        "aws_api_gateway_deployment",
        FILE,
        attributes={"id": "id"},
        arguments=_deployment,
        written=frozenset({"definition"}),
        # A stage lets go of its deployment only when it has the next one.
        create_before_destroy=True,
        section=3,
    ),
    Row(
        RestApiStage,
        "aws_api_gateway_stage",
        FILE,
        attributes={"id": "id"},
        blocks=_access_logs,
        beside=_limits,
        written=frozenset({"throttling_rate", "throttling_burst", "log_group", "log_format"}),
        section=4,
    ),
)
