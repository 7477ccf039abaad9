"""REST APIs (API Gateway v1): forgotten settings, two resources at one place."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from groundplan.targets.local.corrections.once import once
from groundplan.targets.local.fakes.rest_apis import document, keep


@once
def rest_api_echoes() -> None:
    """moto forgets settings of REST APIs, stages and integrations, such as canaries; AWS reads them back."""
    from moto.apigateway import models
    from moto.apigateway.responses import APIGatewayResponse

    for cls, shows in (
        (models.RestAPI, "to_dict"), (models.Stage, "to_json"), (models.Integration, "to_json"),
        (models.Account, "to_json"),
    ):  # fmt: skip
        setattr(cls, shows, _showing_all(getattr(cls, shows)))

    def api(self: Any, answer: dict[str, Any]) -> Any:
        return self.backend.get_rest_api(answer["id"])

    def stage(self: Any, answer: dict[str, Any]) -> Any:
        return self.backend.get_stage(self.path.split("/")[2], answer["stageName"])

    def integration(self: Any, _: dict[str, Any]) -> Any:
        _, _, api_id, _, resource, _, method, *_ = self.path.split("/")
        return self.backend.get_integration(api_id, resource, method)

    for name, made in (("create_rest_api", api), ("create_stage", stage), ("put_integration", integration)):
        setattr(APIGatewayResponse, name, _remembering(getattr(APIGatewayResponse, name), made))


def _showing_all(shows: Callable[[Any], dict[str, Any]]) -> Callable[[Any], dict[str, Any]]:
    @wraps(shows)
    def show(self: Any) -> dict[str, Any]:
        shown = {**shows(self), **vars(self).get("further", {})}
        size = getattr(self, "cache_cluster_size", None)  # a stage keeps it while its cache is off
        return {**shown, "cacheClusterSize": size} if size else shown

    return show


def _remembering(original: Callable[[Any], Any], made: Callable[[Any, dict[str, Any]], Any]) -> Callable[[Any], Any]:
    @wraps(original)
    def call(self: Any) -> Any:
        status, headers, body = original(self)
        if status >= 300:
            return status, headers, body
        thing = made(self, json.loads(body))
        keep(thing, json.loads(self.body or "{}"))
        return status, headers, json.dumps(document(thing))

    return call


@once
def one_resource_per_path() -> None:
    """moto makes two resources of one path in a REST API; AWS refuses the second (ConflictException)."""
    from moto.apigateway.exceptions import ConflictException
    from moto.apigateway.models import RestAPI

    original = RestAPI.add_child

    @wraps(original)
    def add_child(self: Any, path: str, parent_id: str | None = None) -> Any:
        if any(each.parent_id == parent_id and each.path_part == path for each in self.resources.values()):
            raise ConflictException(f"Another resource with the same parent already has this name: {path}")
        return original(self, path, parent_id)

    setattr(RestAPI, "add_child", add_child)  # noqa: B010 - mypy forbids assigning to a method
