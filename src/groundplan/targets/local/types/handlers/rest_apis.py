"""REST APIs (API Gateway v1): what exists is changed by patch operations; methods are several calls."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, ClassVar

from groundplan.targets.local.fakes.rest_apis import METHOD_SETTINGS
from groundplan.targets.local.types.handler import Handler, ResourceState
from groundplan.targets.local.types.readback import differences
from groundplan.targets.local.types.registry import handles
from groundplan.targets.local.types.rows import all_rows

Operations = Iterator[dict[str, str]]


class Patched(Handler):
    """Created by a call with most of the properties, changed by patch operations.

    Source: https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
    """

    patched: ClassVar[frozenset[str]] = frozenset()
    """Properties that the creating call lacks: patch operations set them."""
    renamed_in_place = True

    def supports(self, name: str) -> bool:
        return name in self.patched or super().supports(name)

    def create_arguments(self, properties: dict[str, Any]) -> dict[str, Any]:
        return super().create_arguments({name: properties[name] for name in properties.keys() - self.patched})

    def wanted(self, properties: Mapping[str, Any]) -> dict[str, Any]:
        """The API's document that the properties ask for, tags and what names the resource left out."""
        apart = {self.tag_property, *self.patched}
        asked = {name: value for name, value in properties.items() if name not in apart}
        found = self.converted(self.row.create, super().create_arguments(asked))
        assert self.row.update
        return {name: value for name, value in found.items() if name not in self.row.update.arguments}

    def operations(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, str]]:
        """What leads from one document to the other."""
        return [each for name in sorted({*old, *new}) for each in _steps(f"/{name}", old.get(name), new.get(name))]

    def created(self, state: ResourceState) -> None:
        given = {name: value for name, value in state.properties.items() if name not in self.patched}
        self.patch(state, self.operations(self.wanted(given), self.wanted(state.properties)))

    def patch(self, state: ResourceState, operations: list[dict[str, str]]) -> None:
        assert self.row.update
        if operations:
            target = self.values(state).evaluate(self.row.update.arguments)
            self.call(self.row.update.operation, {**target, "patchOperations": operations})

    def update_arguments(self, state: ResourceState, properties: dict[str, Any]) -> dict[str, Any]:
        assert self.row.update
        operations = self.operations(self.wanted(state.properties), self.wanted(properties))
        return {**self.values(state).evaluate(self.row.update.arguments), "patchOperations": operations}

    def _refuse_what_cannot_change(self, names: Collection[str]) -> None:
        """What AWS's schema does not forbid can be patched."""

    def verify(self, state: ResourceState, asked: Mapping[str, Any]) -> None:
        super().verify(state, self.wanted(state.properties))


def _steps(path: str, old: Any, new: Any) -> Operations:
    if old == new:
        return
    if new is None:
        yield {"op": "remove", "path": path}
    elif isinstance(new, Mapping):
        before = old if isinstance(old, Mapping) else {}
        for name in sorted({*before, *new}):
            yield from _steps(f"{path}/{_escaped(name)}", before.get(name), new.get(name))
    elif isinstance(new, list):
        for item in old or ():
            if item not in new:
                yield {"op": "remove", "path": f"{path}/{_escaped(item)}"}
        for item in new:
            if item not in (old or ()):
                yield {"op": "add", "path": f"{path}/{_escaped(item)}"}
    else:
        yield {"op": "replace", "path": path, "value": str(new).lower() if isinstance(new, bool) else str(new)}


def _escaped(step: object) -> str:
    return str(step).replace("~", "~0").replace("/", "~1")


@handles("AWS::ApiGateway::RestApi")
class RestApi(Patched):
    def supports(self, name: str) -> bool:
        return name != "CloneFrom" and super().supports(name)  # moto takes it and clones nothing


@handles("AWS::ApiGateway::Account")
class Account(Patched):
    """The one setting of an account's region. Deleting the resource leaves it, as AWS does."""

    patched = frozenset({"CloudWatchRoleArn"})

    def wanted(self, properties: Mapping[str, Any]) -> dict[str, Any]:
        role = properties.get("CloudWatchRoleArn")
        return {"cloudwatchRoleArn": role} if role else {}


@handles("AWS::ApiGateway::Stage")
class Stage(Patched):
    """Settings of methods, access logs and the client certificate come after the creation."""

    patched = frozenset({"MethodSettings", "AccessLogSetting", "ClientCertificateId"})

    def wanted(self, properties: Mapping[str, Any]) -> dict[str, Any]:
        return {**super().wanted(properties), **_stage_settings(properties)}

    def operations(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, str]]:
        apart = "methodSettings"
        rest = [{name: value for name, value in document.items() if name != apart} for document in (old, new)]
        return [*super().operations(*rest), *_method_steps(old.get(apart) or {}, new.get(apart) or {})]


def _stage_settings(properties: Mapping[str, Any]) -> dict[str, Any]:
    """What a stage's properties say in the words of the API, as far as only patch operations set it."""
    found: dict[str, Any] = {}
    logs = properties.get("AccessLogSetting")
    if logs:
        found["accessLogSettings"] = {_lowered(name): value for name, value in logs.items()}
    if properties.get("ClientCertificateId"):
        found["clientCertificateId"] = properties["ClientCertificateId"]
    methods: dict[str, dict[str, Any]] = {}
    for item in properties.get("MethodSettings") or ():
        place = str(item.get("ResourcePath", "/*"))
        key = f"{'*' if place == '/*' else _escaped(place)}/{item.get('HttpMethod', '*')}"
        settings = {name: value for name, value in item.items() if name not in ("ResourcePath", "HttpMethod")}
        methods.setdefault(key, {}).update({_lowered(name): each for name, each in settings.items()})
    return {**found, "methodSettings": methods} if methods else found


_SETTING_PATHS = {name: path for path, name in METHOD_SETTINGS.items()}


def _method_steps(old: Mapping[str, Mapping[str, Any]], new: Mapping[str, Mapping[str, Any]]) -> Operations:
    """A method whose settings lose one starts from the defaults again."""
    for key in sorted(old):
        if old[key].keys() - new.get(key, {}).keys():
            yield {"op": "remove", "path": f"/{key}"}
    for key, settings in sorted(new.items()):
        before = old.get(key, {})
        for name, value in sorted(settings.items()):
            if before.keys() - settings.keys() or before.get(name) != value:
                yield from _steps(f"/{key}/{_SETTING_PATHS[name]}", None, value)


@handles("AWS::ApiGateway::Deployment")
class Deployment(Patched):
    """A deployment may make a stage, or move the one that is there to itself, and describe it."""

    patched = frozenset({"StageDescription"})

    def wanted(self, properties: Mapping[str, Any]) -> dict[str, Any]:
        return {"description": properties["Description"]} if properties.get("Description") else {}

    def created(self, state: ResourceState) -> None:
        self._describe_stage(state, {})

    def updated(self, state: ResourceState, old: Mapping[str, Any], changed: Collection[str]) -> None:
        if "StageName" in changed:
            self._delete_stage(state.id, old)
            if state.properties.get("StageName"):
                target = {"restApiId": state.properties["RestApiId"], "stageName": state.properties["StageName"]}
                self.call("create_stage", {**target, "deploymentId": state.id})
        if "StageName" in changed or "StageDescription" in changed:
            self._describe_stage(state, old if old.get("StageName") == state.properties.get("StageName") else {})

    def remove(self, state: ResourceState, snapshot: str | None) -> None:
        self._delete_stage(state.id, state.properties)
        super().remove(state, snapshot)

    def _delete_stage(self, deployment: str, properties: Mapping[str, Any]) -> None:
        """The stage that the deployment made, unless it was moved to another deployment meanwhile."""
        name = properties.get("StageName")
        if not name:
            return
        target = {"restApiId": properties["RestApiId"]}
        stages = self.call("get_stages", {**target, "deploymentId": deployment})["item"]
        if any(stage["stageName"] == name and stage["deploymentId"] == deployment for stage in stages):
            self.call("delete_stage", {**target, "stageName": name})

    def _describe_stage(self, state: ResourceState, old: Mapping[str, Any]) -> None:
        name = state.properties.get("StageName")
        if not name:
            return
        stage = Stage(all_rows()["AWS::ApiGateway::Stage"], self.surroundings)
        api = state.properties["RestApiId"]
        before, now = (_described(api, each.get("StageDescription") or {}) for each in (old, state.properties))
        described = ResourceState(str(name), now)
        stage.patch(described, stage.operations(stage.wanted(before), stage.wanted(now)))
        stage.set_tags(described, before)
        described.description = stage.describe(described)
        stage.verify(described, {})


def _described(api: str, description: Mapping[str, Any]) -> dict[str, Any]:
    """A stage's properties; settings that are written outside of ``MethodSettings`` are those of all methods."""
    plain = {name: value for name, value in description.items() if _lowered(name) not in _SETTING_PATHS}
    general = {name: value for name, value in description.items() if _lowered(name) in _SETTING_PATHS}
    if general:
        every = {"ResourcePath": "/*", "HttpMethod": "*", **general}
        plain["MethodSettings"] = [every, *(plain.get("MethodSettings") or ())]
    return {"RestApiId": api, **plain}


def _lowered(name: str) -> str:
    return f"{name[0].lower()}{name[1:]}"


@handles("AWS::ApiGateway::UsagePlan")
class UsagePlan(Patched):
    """Its stages are named by the API and the stage, and may have limits of their methods."""

    def operations(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, str]]:
        rest = [{name: value for name, value in document.items() if name != "apiStages"} for document in (old, new)]
        before, now = (
            {f"{each['apiId']}:{each['stage']}": each.get("throttle") or {} for each in document.get("apiStages") or ()}
            for document in (old, new)
        )
        found = super().operations(*rest)
        for name in sorted(before.keys() | now.keys()):
            if name in before and before[name] != now.get(name):
                found.append({"op": "remove", "path": "/apiStages", "value": name})
            if name in now and before.get(name) != now[name]:
                found.append({"op": "add", "path": "/apiStages", "value": name})
                for method, limits in sorted(now[name].items()):
                    place, _, verb = method.rpartition("/")
                    path = f"/apiStages/{name}/throttle/{_escaped(place)}/{verb}"
                    found += _steps(path, {}, limits)
        return found

    def remove(self, state: ResourceState, snapshot: str | None) -> None:
        """The stages are taken out first: AWS deletes no plan that has some."""
        self.patch(state, self.operations(self.wanted(state.properties), {}))
        super().remove(state, snapshot)


@handles("AWS::ApiGateway::Method")
class Method(Handler):
    """A method, its integration and the responses of both; a change makes them anew."""

    handles = frozenset({"Integration", "MethodResponses"})

    def created(self, state: ResourceState) -> None:
        method = self._place(state.properties)
        for response in state.properties.get("MethodResponses") or ():
            self.call("put_method_response", {**method, **response})
        integration = state.properties.get("Integration")
        if integration:
            own = {name: value for name, value in integration.items() if name != "IntegrationResponses"}
            self.call("put_integration", {**method, **own})
            for response in integration.get("IntegrationResponses") or ():
                self.call("put_integration_response", {**method, **response})

    def update(self, state: ResourceState, properties: dict[str, Any], changed: Collection[str]) -> ResourceState:
        return super().update(state, properties, {*changed, "AuthorizationType"})

    def update_arguments(self, state: ResourceState, properties: dict[str, Any]) -> dict[str, Any]:
        self.call("delete_method", self._place(properties))
        return self.create_arguments(properties)

    def updated(self, state: ResourceState, old: Mapping[str, Any], changed: Collection[str]) -> None:
        self.created(state)

    def verify(self, state: ResourceState, asked: Mapping[str, Any]) -> None:
        super().verify(state, asked)
        shown, method = state.description, self._place(state.properties)
        for response in state.properties.get("MethodResponses") or ():
            wanted = self._without_place("put_method_response", {**method, **response})
            self._raise_first(differences(wanted, (shown.get("methodResponses") or {}).get(wanted["statusCode"]),
                                          "MethodResponses"))  # fmt: skip
        integration = dict(state.properties.get("Integration") or {})
        responses = integration.pop("IntegrationResponses", None) or ()
        if not integration:
            return
        wanted = self._without_place("put_integration", {**method, **integration})
        if "integrationHttpMethod" in wanted:
            wanted["httpMethod"] = wanted.pop("integrationHttpMethod")
        echoed = shown.get("methodIntegration") or {}
        self._raise_first(differences(wanted, echoed, "Integration"))
        for response in responses:
            wanted = self._without_place("put_integration_response", {**method, **response})
            self._raise_first(differences(wanted, (echoed.get("integrationResponses") or {}).get(wanted["statusCode"]),
                                          "Integration.IntegrationResponses"))  # fmt: skip

    def _place(self, properties: Mapping[str, Any]) -> dict[str, Any]:
        return {"restApiId": properties["RestApiId"], "resourceId": properties["ResourceId"],
                "httpMethod": properties["HttpMethod"]}  # fmt: skip

    def _without_place(self, operation: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        found = self.converted(operation, arguments)
        return {name: value for name, value in found.items() if name not in ("restApiId", "resourceId", "httpMethod")}
