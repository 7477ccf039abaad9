"""What keeps a released image through deployments of the infrastructure.

The tag of an image is an input that counts when a service or job is made. From then on the stack keeps the value that
it has, so that a plan finds nothing to change however often images are released; and where a deployment changes the
task definition or the service anyway, it is given the tag that runs at that moment.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

from groundplan.errors import DeploymentError, EnvironmentalError
from groundplan.operations.events import Report
from groundplan.operations.release import revisions, rollout
from groundplan.operations.release.revisions import Revision
from groundplan.operations.release.workloads import Workload, workloads
from groundplan.resources.architecture import Architecture
from groundplan.resources.base import Resource
from groundplan.resources.values import InputValue, Ref
from groundplan.targets.connection import Connection

if TYPE_CHECKING:
    from groundplan.engines.cloudformation import Rendering, Stack

_PATIENCE = 1800.0
"""Seconds that a service may take to run again what it ran before."""
_TASK_DEFINITION = "AWS::ECS::TaskDefinition"
_TAG = re.compile(r":\$\{(\w+)\}$")


def running_tags(connection: Connection, architecture: Architecture) -> dict[str, str]:
    """The tag of the image that each service and job runs, by the name of its input (``api_image_tag``).

    What is not deployed is left out.
    """
    return tags_of(connection, (item for item in workloads(architecture) if not item.standby))


def as_deployed(stack: Stack, deployed: Mapping[str, str]) -> dict[str, str]:
    """The values that a stack has of its parameters for tags of images. ``deployed``: those of all its parameters."""
    return {name: deployed[name] for name in _parameters(stack) if name in deployed}


def as_running(
    connection: Connection, architecture: Architecture, rendering: Rendering, stack: Stack, changed: Iterable[str]
) -> dict[str, str]:
    """The parameters for tags of images that a deployment of a stack is about to use, with what runs at the moment.

    ``changed``: the logical ids of what it changes. Others are left out: they are none of its business.
    """
    named = _parameters(stack)
    tags = tags_of(connection, _touched(architecture, rendering, stack, changed)) if named else {}
    return {name: tags[source] for name, source in named.items() if source in tags}


def released(
    connection: Connection, architecture: Architecture, rendering: Rendering, stack: Stack, changed: Iterable[str]
) -> list[tuple[Workload, Revision]]:
    """Services that a deployment of a stack is about to change, and that run what was released to them."""
    found = []
    for item in _touched(architecture, rendering, stack, changed):
        if item.service is None:
            continue
        with suppress(revisions.NotDeployedError):
            runs = revisions.running(connection, item)
            if runs.is_release:
                found.append((item, runs))
    return found


def restore(connection: Connection, before: Iterable[tuple[Workload, Revision]], report: Report) -> None:
    """Let services run again what they ran before a stack was rolled back: CloudFormation has put them on its own
    last revision, which has an image of before the release."""
    for item, revision in before:
        try:
            if revisions.running(connection, item).arn == revision.arn:
                continue
            report(f"{item.told}: the rollback of the stack took {revision.tag} away; bringing it back")
            arn = rollout.begin(connection, item, revision.arn)
            end = rollout.watch(connection, item, arn, report, seconds=_PATIENCE)
        except (DeploymentError, EnvironmentalError) as error:
            report(f"warning: {item.told}: {error}; groundplan release {item.name} {revision.tag} brings it back")
            continue
        if not end.succeeded:
            report(f"warning: {item.told}: {revision.tag} was not taken over: {end.why or end.status}")


def _touched(
    architecture: Architecture, rendering: Rendering, stack: Stack, changed: Iterable[str]
) -> Iterator[Workload]:
    """The services and jobs that have their task definition or themselves among the logical ids of a stack."""
    ids = set(changed)
    for item in workloads(architecture):
        refs: list[Ref[Resource]] = [item.definition.ref, *([item.service.ref] if item.service else [])]
        places = [place for ref in refs for place in rendering.locations.get(ref, ())]
        if any(place.stack == stack.name and place.logical_id in ids for place in places):
            yield item


def moved_by_releases(kind: str, path: str, expected: str, actual: str) -> bool:
    """Whether a difference from what was deployed is what releases are for, and no drift.

    ``kind``: the CloudFormation type. ``expected``, ``actual``: the values as CloudFormation's drift detection has
    them: another revision of the same task definition, other weights of the same target groups.
    """
    if kind == "AWS::ECS::Service" and path == "TaskDefinition":
        return expected.rpartition(":")[0] == actual.rpartition(":")[0]
    if kind == "AWS::ElasticLoadBalancingV2::ListenerRule" and path.startswith("Actions"):
        return path.endswith("/Weight") or _without_weights(expected) == _without_weights(actual)
    return False


def _without_weights(actions: str) -> object:
    try:
        return json.loads(actions, object_hook=_unweighted)
    except ValueError:
        return actions


def _unweighted(found: dict[str, object]) -> dict[str, object]:
    """An action without what ECS moves, and without what AWS adds to every action."""
    sticky = found.get("TargetGroupStickinessConfig")
    plain = {"Weight"} | (
        {"TargetGroupStickinessConfig"} if sticky in ({"Enabled": False}, {"Enabled": "false"}) else set()
    )
    return {name: value for name, value in found.items() if name not in plain}


def _parameters(stack: Stack) -> dict[str, str]:
    """Parameters of a stack that end the images of task definitions, with the inputs that they have values from."""
    resources = cast("Mapping[str, Mapping[str, Any]]", stack.template["Resources"])
    used = {
        found[1]
        for resource in resources.values()
        if resource["Type"] == _TASK_DEFINITION
        for container in resource["Properties"]["ContainerDefinitions"]
        if isinstance(container["Image"], Mapping) and (found := _TAG.search(str(container["Image"].get("Fn::Sub"))))
    }
    return {
        name: source.name
        for name, source in stack.parameters.items()
        if isinstance(source, InputValue) and name in used
    }


def tags_of(connection: Connection, several: Iterable[Workload]) -> dict[str, str]:
    """The tags that some of the services and jobs run, by their inputs. What is not deployed is left out."""
    found: dict[str, str] = {}
    for item in several:
        try:
            tag = revisions.running(connection, item).tag
        except revisions.NotDeployedError:
            continue
        if not tag.startswith("sha256:"):  # somebody's own doing; a template names images by their tags
            found[item.input] = tag
    return found
