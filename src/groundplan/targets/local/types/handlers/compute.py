"""Lambda code, scaling policies and scheduled actions, ECS services."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Mapping
from typing import Any

from groundplan.targets.local import rollouts
from groundplan.targets.local.types.errors import ResourceError
from groundplan.targets.local.types.handler import Handler, ResourceState, tag_map
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


@handles("AWS::EC2::LaunchTemplate")
class LaunchTemplate(Handler):
    """Its own tags stand in one of its specifications, and change in place.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ec2-launchtemplate-launchtemplatetagspecification.html
    """

    def tags_in(self, properties: Mapping[str, Any]) -> dict[str, str]:
        own = (
            item.get("Tags")
            for item in properties.get("TagSpecifications") or ()
            if item.get("ResourceType") == "launch-template"
        )
        return {key: value for tags in own for key, value in tag_map(tags).items()}


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

    def created(self, state: ResourceState) -> None:
        self._wait(state)

    def updated(self, state: ResourceState, old: Mapping[str, Any], changed: Collection[str]) -> None:
        if "TaskDefinition" in changed:
            self._wait(state)

    def _wait(self, state: ResourceState) -> None:
        """CloudFormation waits until the service is stable, and fails with a deployment that ECS gives up."""
        from moto.ecs.models import ecs_backends

        backend: Any = ecs_backends[self.surroundings.account][self.surroundings.region]
        wanted = backend.describe_task_definition(state.properties["TaskDefinition"]).arn
        for service in backend.services.values():
            if service.arn == state.id and (why := rollouts.settle(service, wanted)):
                raise ResourceError(
                    "Resource handler returned message: \"Error occurred during operation 'ECS Deployment Circuit "
                    f"Breaker was triggered'. {why}\" (HandlerErrorCode: GeneralServiceException)"
                )


@handles("AWS::ECS::CapacityProvider")
class CapacityProvider(Handler):
    """The group of instances stays; how it is managed changes."""

    def update_arguments(self, state: ResourceState, properties: dict[str, Any]) -> dict[str, Any]:
        group = dict(properties.get("AutoScalingGroupProvider") or {})
        group.pop("AutoScalingGroupArn", None)
        kept = {name: value for name, value in properties.items() if name != "AutoScalingGroupProvider"}
        return super().update_arguments(state, {**kept, **({"AutoScalingGroupProvider": group} if group else {})})


@handles("AWS::AutoScaling::AutoScalingGroup")
class AutoScalingGroup(Handler):
    """Subnets are one text; metrics and target groups have calls of their own."""

    handles = frozenset({"MetricsCollection"})

    def create_arguments(self, properties: dict[str, Any]) -> dict[str, Any]:
        return super().create_arguments(_with_subnets(properties))

    def update_arguments(self, state: ResourceState, properties: dict[str, Any]) -> dict[str, Any]:
        return super().update_arguments(state, _with_subnets(properties))

    def created(self, state: ResourceState) -> None:
        for item in state.properties.get("MetricsCollection") or ():
            arguments = {"AutoScalingGroupName": state.id, "Granularity": item["Granularity"]}
            if item.get("Metrics"):
                arguments["Metrics"] = item["Metrics"]
            self.call("enable_metrics_collection", arguments)

    def update(self, state: ResourceState, properties: dict[str, Any], changed: Collection[str]) -> ResourceState:
        if "TargetGroupARNs" in changed:
            new, old = (set(source.get("TargetGroupARNs") or ()) for source in (properties, state.properties))
            for operation, arns in (
                ("attach_load_balancer_target_groups", new - old),
                ("detach_load_balancer_target_groups", old - new),
            ):
                if arns:
                    self.call(operation, {"AutoScalingGroupName": state.id, "TargetGroupARNs": sorted(arns)})
        return super().update(state, properties, set(changed) - {"TargetGroupARNs"})

    def updated(self, state: ResourceState, old: Mapping[str, Any], changed: Collection[str]) -> None:
        if "MetricsCollection" in changed:
            self.call("disable_metrics_collection", {"AutoScalingGroupName": state.id})
            self.created(state)

    def set_tags(self, state: ResourceState, old: Mapping[str, Any]) -> None:
        """Tags of a group say themselves which group they are of."""
        group = {"ResourceId": state.id, "ResourceType": "auto-scaling-group"}
        wanted = {tag["Key"]: tag for tag in state.properties.get("Tags") or ()}
        gone = [tag["Key"] for tag in old.get("Tags") or () if tag["Key"] not in wanted]
        if gone:
            self.call("delete_tags", {"Tags": [{**group, "Key": key} for key in gone]})
        if wanted:
            self.call("create_or_update_tags", {"Tags": [{**group, **tag} for tag in wanted.values()]})


def _with_subnets(properties: Mapping[str, Any]) -> dict[str, Any]:
    subnets = properties.get("VPCZoneIdentifier")
    return {**properties, "VPCZoneIdentifier": ",".join(subnets)} if isinstance(subnets, list) else dict(properties)


@handles("AWS::EC2::Instance")
class Instance(Handler):
    """A profile is named, not described; volumes and interfaces are written as the API takes them."""

    def create_arguments(self, properties: dict[str, Any]) -> dict[str, Any]:
        arguments = super().create_arguments(properties)
        if "IamInstanceProfile" in arguments:
            arguments["IamInstanceProfile"] = {"Name": arguments["IamInstanceProfile"]}
        if "AvailabilityZone" in properties:
            arguments["Placement"] = {"AvailabilityZone": properties["AvailabilityZone"]}
        return arguments

    def supports(self, name: str) -> bool:
        return name == "AvailabilityZone" or super().supports(name)

    def arguments(self, operation: str, properties: Mapping[str, Any], *, updating: bool = False) -> dict[str, Any]:
        kept = {name: value for name, value in properties.items() if name != "AvailabilityZone"}
        return super().arguments(operation, kept, updating=updating)
