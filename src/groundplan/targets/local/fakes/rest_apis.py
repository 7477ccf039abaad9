"""What moto lacks of REST APIs (API Gateway v1): changes by patch operations, tags of everything that has tags."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from botocore.model import ListShape, MapShape, Shape, StructureShape

from groundplan.targets.local.fakes.service import NOT_MINE, RefusedError, Request, faked

apis = faked("apigateway")

METHOD_SETTINGS = {
    "metrics/enabled": "metricsEnabled",
    "logging/loglevel": "loggingLevel",
    "logging/dataTrace": "dataTraceEnabled",
    "throttling/burstLimit": "throttlingBurstLimit",
    "throttling/rateLimit": "throttlingRateLimit",
    "caching/enabled": "cachingEnabled",
    "caching/ttlInSeconds": "cacheTtlInSeconds",
    "caching/dataEncrypted": "cacheDataEncrypted",
    "caching/requireAuthorizationForCacheControl": "requireAuthorizationForCacheControl",
    "caching/unauthorizedCacheControlHeaderStrategy": "unauthorizedCacheControlHeaderStrategy",
}
"""Patch paths of a method's settings and their names.

Source: https://docs.aws.amazon.com/apigateway/latest/api/API_MethodSetting.html
"""


def keep(thing: Any, document: Mapping[str, Any]) -> None:
    """Writes members of the API's document into moto's object; those that it has no attribute for stand beside."""
    for name, value in document.items():
        attribute = name if name in vars(thing) else re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()
        if attribute in vars(thing):
            setattr(thing, attribute, value)
        else:
            vars(thing).setdefault("further", {})[name] = value


def document(thing: Any) -> dict[str, Any]:
    """The API's document of one of moto's objects."""
    shown: dict[str, Any] = thing.to_dict() if hasattr(thing, "to_dict") else thing.to_json()
    return {name: value for name, value in shown.items() if value is not None}


def _backend(request: Request) -> Any:
    from moto.apigateway.models import apigateway_backends

    return apigateway_backends[request.account][request.region]


def _output(operation: str) -> StructureShape:
    from moto.core.utils import get_service_model

    shape = get_service_model("apigateway").operation_model(operation).output_shape
    assert isinstance(shape, StructureShape)
    return shape


def _patched(thing: Any, operations: list[dict[str, Any]], operation: str) -> dict[str, Any]:
    """Applies patch operations to one of moto's objects; the new document."""
    changed = document(thing)
    before = set(changed)
    for each in operations:
        _patch(changed, each, _output(operation))
    keep(thing, {**dict.fromkeys(before - changed.keys()), **changed})
    return changed


def _patch(whole: dict[str, Any], operation: Mapping[str, Any], shape: Shape) -> None:
    """One operation on a document.

    Source: https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
    """
    verb, path, value = operation["op"], str(operation["path"]), operation.get("value")
    steps = [step.replace("~1", "/").replace("~0", "~") for step in path.strip("/").split("/")]
    holder: Any = whole
    for number, step in enumerate(steps[:-1]):
        inner = _inner(shape, step)
        if inner is None or (isinstance(inner, ListShape) and number < len(steps) - 2):
            raise _invalid(path)
        holder = holder.setdefault(step, [] if isinstance(inner, ListShape) else {})
        shape = inner
    last, inner = steps[-1], _inner(shape, steps[-1])
    if isinstance(holder, list):
        _patch_list(holder, verb, last, value)
    elif inner is None:
        raise _invalid(path)
    elif isinstance(inner, ListShape) and verb in ("add", "remove") and value is not None:
        _patch_list(holder.setdefault(last, []), verb, value, value)
    elif verb == "remove":
        holder.pop(last, None)
    elif isinstance(inner, StructureShape | MapShape):
        raise _invalid(path)
    elif verb in ("add", "replace"):
        holder[last] = _typed(value, inner)
    else:
        raise RefusedError("BadRequestException", f"Invalid patch operation specified. Must be one of: [{verb}]")


def _patch_list(items: list[Any], verb: str, item: str, value: Any) -> None:
    if verb == "remove":
        if item in items:
            items.remove(item)
    elif verb == "replace" and item in items and value:
        items[items.index(item)] = value
    elif item not in items:
        items.append(item)


def _inner(shape: Shape, step: str) -> Shape | None:
    if isinstance(shape, StructureShape):
        return shape.members.get(step)
    if isinstance(shape, MapShape):
        return shape.value
    return shape.member if isinstance(shape, ListShape) else None


def _typed(value: Any, shape: Shape) -> Any:
    """Values of patch operations are text; the document has the model's types."""
    try:
        match shape.type_name:
            case "boolean":
                return str(value).lower() == "true"
            case "integer" | "long":
                return None if value in (None, "") else int(value)
            case "double" | "float":
                return float(value)
    except (TypeError, ValueError):
        raise RefusedError("BadRequestException", f"Invalid number in patch operation: {value}") from None
    return value


def _invalid(path: str) -> RefusedError:
    return RefusedError("BadRequestException", f"Invalid patch path {path}")


@apis.operation("UpdateRestApi")
def update_rest_api(request: Request) -> dict[str, Any]:
    api = _backend(request).get_rest_api(request.parameters["restApiId"])
    return _patched(api, request.parameters.get("patchOperations") or [], "GetRestApi")


@apis.operation("CreateDeployment")
def create_deployment(request: Request) -> dict[str, Any]:
    """A stage that exists is moved to the new deployment and keeps its settings, or gets it as its canary."""
    given = request.parameters
    api, name = _backend(request).get_rest_api(given["restApiId"]), given.get("stageName")
    stage = api.stages.get(name)
    made = _backend(request).create_deployment(
        given["restApiId"], name, given.get("description") or "", given.get("variables") or {}
    )
    canary = given.get("canarySettings")
    if stage is not None:
        api.stages[name] = stage
        stage.variables = {**stage.variables, **(given.get("variables") or {})}
        if not canary:
            stage.deployment_id = made.id
    if name:
        taken = ("cacheClusterEnabled", "cacheClusterSize", "tracingEnabled")
        settings: dict[str, Any] = {key: given[key] for key in taken if key in given}
        if given.get("stageDescription"):
            settings["description"] = given["stageDescription"]
        if canary:
            settings["canarySettings"] = {**canary, "deploymentId": made.id}
        keep(api.stages[name], settings)
    return document(made)


@apis.operation("UpdateDeployment")
def update_deployment(request: Request) -> dict[str, Any]:
    return _patched(_deployment(request), request.parameters.get("patchOperations") or [], "GetDeployment")


@apis.operation("DeleteDeployment")
def delete_deployment(request: Request) -> dict[str, Any]:
    api = _backend(request).get_rest_api(request.parameters["restApiId"])
    deployment = _deployment(request)
    if any(stage.deployment_id == deployment.id for stage in api.stages.values()):
        raise RefusedError("BadRequestException", "Active stages pointing to this deployment must be moved or deleted")
    del api.deployments[deployment.id]
    return {}


@apis.operation("GetDeployment")
def get_deployment(request: Request) -> dict[str, Any]:
    return document(_deployment(request))


def _deployment(request: Request) -> Any:
    api = _backend(request).get_rest_api(request.parameters["restApiId"])
    found = api.deployments.get(request.parameters["deploymentId"])
    if found is None:
        raise RefusedError("NotFoundException", "Invalid Deployment identifier specified")
    return found


@apis.operation("UpdateStage")
def update_stage(request: Request) -> dict[str, Any]:
    given = request.parameters
    stage = _backend(request).get_stage(given["restApiId"], given["stageName"])
    api = _backend(request).get_rest_api(given["restApiId"])
    operations = [_settings_operation(each) for each in given.get("patchOperations") or []]
    for each in operations:
        if each["path"] == "/deploymentId" and each.get("value") not in api.deployments:
            raise RefusedError("BadRequestException", "Invalid deployment identifier specified")
        if _logs(each) and not _backend(request).account.cloudwatch_role_arn:
            raise RefusedError(
                "BadRequestException", "CloudWatch Logs role ARN must be set in account settings to enable logging"
            )
    return _patched(stage, operations, "GetStage")


def _logs(operation: Mapping[str, Any]) -> bool:
    """Whether an operation makes a stage write logs.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
    """
    path, value = operation["path"], str(operation.get("value") or "")
    to_logs = path == "/accessLogSettings/destinationArn" and ":firehose:" not in value
    return operation["op"] != "remove" and (to_logs or (path.endswith("/loggingLevel") and value != "OFF"))


def _settings_operation(operation: dict[str, Any]) -> dict[str, Any]:
    """``/{resource}/{method}/logging/loglevel`` in words of the stage's document."""
    resource, _, rest = operation["path"].strip("/").partition("/")
    method, _, setting = rest.partition("/")
    if not method or resource in ("variables", "canarySettings", "accessLogSettings"):
        return operation
    key = f"{resource}/{method}".replace("~", "~0").replace("/", "~1")
    if setting not in METHOD_SETTINGS and (setting or operation["op"] != "remove"):
        raise _invalid(operation["path"])
    path = f"/methodSettings/{key}/{METHOD_SETTINGS[setting]}" if setting else f"/methodSettings/{key}"
    return {**operation, "path": path}


@apis.operation("CreateUsagePlan")
def create_usage_plan(request: Request) -> object:
    """Refuses unknown stages; the rest is moto's."""
    for stage in request.parameters.get("apiStages") or ():
        _backend(request).get_stage(stage["apiId"], stage["stage"])
    return NOT_MINE


@apis.operation("DeleteUsagePlan")
def delete_usage_plan(request: Request) -> object:
    plan = _backend(request).get_usage_plan(request.parameters["usagePlanId"])
    if plan.api_stages:
        raise RefusedError("BadRequestException", f"Cannot delete usage plan {plan.id}: it has associated API stages")
    return NOT_MINE


@apis.operation("UpdateUsagePlan")
def update_usage_plan(request: Request) -> dict[str, Any]:
    plan = _backend(request).get_usage_plan(request.parameters["usagePlanId"])
    rest: list[dict[str, Any]] = []
    for each in request.parameters.get("patchOperations") or []:
        if each["path"].startswith("/apiStages"):
            _patch_stages(plan, each, request)
        else:
            rest.append(each)
    return _patched(plan, rest, "GetUsagePlan")


def _patch_stages(plan: Any, operation: Mapping[str, Any], request: Request) -> None:
    """Stages of a usage plan are named ``{api}:{stage}``, and each may have limits of its methods."""
    _, _, path = operation["path"].partition("/apiStages")
    name, _, inner = path.strip("/").partition("/")
    api, _, stage = str(name or operation.get("value") or "").partition(":")
    found = next((each for each in plan.api_stages if (each["apiId"], each["stage"]) == (api, stage)), None)
    if not name and operation["op"] == "add":
        _backend(request).get_stage(api, stage)  # refuses unknown ones
        if found is None:
            plan.api_stages.append({"apiId": api, "stage": stage})
    elif found is None:
        raise RefusedError("NotFoundException", "Usage Plan does not have the specified stage")
    elif not inner:
        plan.api_stages.remove(found)
    else:
        stages = _output("GetUsagePlan").members["apiStages"]
        assert isinstance(stages, ListShape)
        kind, _, rest = inner.partition("/")
        method, _, limit = rest.rpartition("/")
        path = f"/{kind}/{method.replace('/', '~1')}/{limit}" if method else f"/{inner}"
        _patch(found, {**operation, "path": path}, stages.member)


@apis.operation("UpdateAccount")
def update_account(request: Request) -> dict[str, Any]:
    return _patched(_backend(request).account, request.parameters.get("patchOperations") or [], "GetAccount")


def _tagged(request: Request) -> Any:
    """What an ARN names: ``/restapis/{id}``, ``/restapis/{id}/stages/{name}``, ``/usageplans/{id}``, …"""
    backend = _backend(request)
    match unquote(str(request.parameters["resourceArn"])).partition("::/")[2].split("/"):
        case ["restapis", api]:
            return backend.get_rest_api(api)
        case ["restapis", api, "stages", stage]:
            return backend.get_stage(api, stage)
        case ["usageplans", plan]:
            return backend.get_usage_plan(plan)
        case ["apikeys", key]:
            return backend.get_api_key(key)
        case ["vpclinks", link]:
            return backend.get_vpc_link(link)
        case ["domainnames", name]:
            return backend.get_domain_name(name)
    raise RefusedError("NotFoundException", "Invalid ARN specified in the request")


@apis.operation("TagResource")
def tag_resource(request: Request) -> dict[str, Any]:
    thing = _tagged(request)
    thing.tags = {**(thing.tags or {}), **request.parameters["tags"]}
    return {}


@apis.operation("UntagResource")
def untag_resource(request: Request) -> dict[str, Any]:
    thing = _tagged(request)
    gone = request.parameters["tagKeys"]
    thing.tags = {key: value for key, value in (thing.tags or {}).items() if key not in gone}
    return {}


@apis.operation("GetTags")
def get_tags(request: Request) -> dict[str, Any]:
    return {"tags": _tagged(request).tags or {}}
