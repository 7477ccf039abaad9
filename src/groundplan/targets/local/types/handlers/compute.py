"""Lambda code, scaling policies and scheduled actions, ECS services."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Mapping
from typing import Any

from groundplan.targets.local.types.handler import Handler, ResourceState
from groundplan.targets.local.types.registry import handles

_TARGET = ("ResourceId", "ScalableDimension", "ServiceNamespace")


def _code(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Inline source as the archive that the API takes."""
    code = dict(properties["Code"])
    if "ZipFile" not in code:
        return code
    ending = "js" if str(properties.get("Runtime", "")).startswith("nodejs") else "py"
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(zipfile.ZipInfo(f"index.{ending}"), code["ZipFile"])
    return {"ZipFile": archive.getvalue()}


@handles("AWS::Lambda::Function")
class Function(Handler):
    def create_arguments(self, properties: dict[str, Any]) -> dict[str, Any]:
        return super().create_arguments({**properties, "Code": _code(properties)})

    def update(self, state: ResourceState, properties: dict[str, Any], changed: Collection[str]) -> ResourceState:
        if "Code" in changed:
            self.call("update_function_code", {"FunctionName": state.id, **_code(properties)})
        return super().update(state, properties, set(changed) - {"Code"})


@handles("AWS::ApplicationAutoScaling::ScalableTarget")
class ScalableTarget(Handler):
    """Scheduled actions are calls of their own."""

    handles = frozenset({"ScheduledActions"})

    def created(self, state: ResourceState) -> None:
        target = {name: state.properties[name] for name in _TARGET}
        for action in state.properties.get("ScheduledActions") or ():
            self.call("put_scheduled_action", {**target, **action})

    def updated(self, state: ResourceState, old: Mapping[str, Any], changed: Collection[str]) -> None:
        target = {name: state.properties[name] for name in _TARGET}
        names = {action["ScheduledActionName"] for action in state.properties.get("ScheduledActions") or ()}
        for action in old.get("ScheduledActions") or ():
            if action["ScheduledActionName"] not in names:
                self.call("delete_scheduled_action", {**target, "ScheduledActionName": action["ScheduledActionName"]})
        self.created(state)


@handles("AWS::ApplicationAutoScaling::ScalingPolicy")
class ScalingPolicy(Handler):
    """``ScalingTargetId`` is the target's physical id: its three names in one."""

    def create(self, properties: dict[str, Any]) -> ResourceState:
        return super().create(_with_target(properties))

    def update(self, state: ResourceState, properties: dict[str, Any], changed: Collection[str]) -> ResourceState:
        return super().update(state, _with_target(properties), changed)

    def supports(self, name: str) -> bool:
        return name == "ScalingTargetId" or super().supports(name)

    def arguments(self, operation: str, properties: Mapping[str, Any], *, updating: bool = False) -> dict[str, Any]:
        kept = {name: value for name, value in properties.items() if name != "ScalingTargetId"}
        return super().arguments(operation, kept, updating=updating)


def _with_target(properties: dict[str, Any]) -> dict[str, Any]:
    identifier = properties.get("ScalingTargetId")
    if not identifier:
        return properties
    return {**properties, **dict(zip(_TARGET, str(identifier).split("|"), strict=True))}


@handles("AWS::ECS::Service")
class Service(Handler):
    """A service is deleted with its tasks: desired count zero first, as CloudFormation does."""

    def create_arguments(self, properties: dict[str, Any]) -> dict[str, Any]:
        arguments = super().create_arguments(properties)
        if arguments.get("schedulingStrategy", arguments.get("SchedulingStrategy")) != "DAEMON":
            arguments.setdefault("DesiredCount", 1)
        return arguments

    def update_arguments(self, state: ResourceState, properties: dict[str, Any]) -> dict[str, Any]:
        arguments = super().update_arguments(state, properties)
        arguments.pop("Cluster", None)
        return arguments
