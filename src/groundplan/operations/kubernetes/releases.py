"""Another image for pods: applied to the Deployment, or to the idle colour, which then gets the requests."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from groundplan.engines.kubernetes import System, system_of
from groundplan.engines.kubernetes.colours import Colour, called, colour_of, tag_name, turns, variants
from groundplan.engines.kubernetes.context import NAME
from groundplan.engines.kubernetes.deployed import missing
from groundplan.errors import DeploymentError, InputError
from groundplan.operations.events import Report
from groundplan.operations.kubernetes.apply import apply, said
from groundplan.operations.kubernetes.dynamic import dynamic_client
from groundplan.operations.kubernetes.switch import Pace, switch
from groundplan.operations.kubernetes.values import known_values, parse_tags
from groundplan.resources import Architecture
from groundplan.resources.workloads import ServiceWorkload, Workload
from groundplan.targets.connection import Connection

if TYPE_CHECKING:
    from kubernetes.client import ApiClient
    from kubernetes.dynamic import DynamicClient


@dataclass(frozen=True)
class PodRelease:
    """What a release did to a service or job in a cluster."""

    name: str
    strategy: str
    before: str
    """Tag of the image that ran; empty where nothing did."""
    now: str
    changed: bool
    seconds: float


def live_tags(api: ApiClient, architecture: Architecture) -> dict[str, str]:
    """The tags of the images that the cluster has, by their names in ``deployed.env``; of each colour its own.

    Whoever applies the manifests again gives them, so that a change of something else undoes no release. Raises
    DeploymentError where the cluster does not say.
    """
    client = dynamic_client(api)
    found: dict[str, str] = {}
    for workload in architecture.workloads:
        for colour in _variants(workload):
            tag = _tag(client, workload, colour)
            if tag:
                found[tag_name(workload.pod.image.tag_name, colour)] = tag
    return found


def _variants(workload: Workload) -> Iterator[Colour | None]:
    if isinstance(workload, ServiceWorkload):
        yield from variants(workload)
    else:
        yield None


def _tag(client: DynamicClient, workload: Workload, colour: Colour | None) -> str:
    from kubernetes.client import ApiException
    from kubernetes.dynamic.exceptions import NotFoundError

    service = isinstance(workload, ServiceWorkload)
    kind, version = ("Deployment", "apps/v1") if service else ("CronJob", "batch/v1")
    name = called(workload, colour)
    try:
        resource = client.resources.get(api_version=version, kind=kind)
        spec: dict[str, Any] = resource.get(name=name, namespace=workload.namespace).to_dict()["spec"]
    except NotFoundError:
        return ""
    except ApiException as error:
        raise DeploymentError(f"{kind} {name}: {said(error)}") from error
    pod = spec if service else spec["jobTemplate"]["spec"]
    return str(pod["template"]["spec"]["containers"][0]["image"]).rpartition("/")[2].partition(":")[2]


def release(
    connection: Connection,
    architecture: Architecture,
    api: ApiClient,
    workload: Workload,
    tag: str,
    outputs: Mapping[str, str],
    report: Report,
    *,
    pace: Pace | None = None,
) -> PodRelease:
    """Let pods run another image. ``outputs``: what the deployment and the cluster say, with the live colours.

    Raises DeploymentError where it failed, with the reason and what runs now; InputError where values are missing.
    """
    began, pace = time.monotonic(), pace or Pace()
    system, each = system_of(architecture), turns(workload)
    values = {**outputs, **live_tags(api, architecture)}
    image = workload.pod.image
    before = values.get(tag_name(image.tag_name, colour_of(values.get(each.key)) if each else None), "")
    shift = workload.shift if isinstance(workload, ServiceWorkload) else None
    strategy = shift.strategy.lower().replace("_", "-") if shift else "rolling"
    if before == tag:
        report(f"{workload.name}: runs {tag} already")
        return PodRelease(workload.name, strategy, before, tag, changed=False, seconds=time.monotonic() - began)
    try:
        _apply(architecture, system, api, workload, tag, values, report, pace)
    except DeploymentError as error:
        if each or not before:
            raise
        report(f"{workload.name}: {error}; rolling back")
        try:
            _apply(architecture, system, api, workload, before, values, report, pace)
        except DeploymentError as worse:
            raise DeploymentError(f"{error}. Going back to {before} failed as well: {worse}") from error
        raise DeploymentError(f"{error}. Rolled back: {before} runs as before") from error
    if isinstance(workload, ServiceWorkload) and each:
        switch(connection, architecture, api, workload, report, pace=pace)
    report(f"{workload.name}: runs {tag}")
    return PodRelease(workload.name, strategy, before, tag, changed=True, seconds=time.monotonic() - began)


def _apply(
    architecture: Architecture,
    system: System,
    api: ApiClient,
    workload: Workload,
    tag: str,
    values: Mapping[str, str],
    report: Report,
    pace: Pace,
) -> None:
    """Apply what belongs to one service or job, with a tag."""
    known = known_values(system, values, parse_tags(architecture, [f"{workload.name}={tag}"], values))
    lacking = missing(system.wanted, known)
    if lacking:
        raise InputError(
            f"{workload.name} cannot be released, because values are missing: "
            f"{', '.join(item.key for item in lacking)}; groundplan kubernetes status lists them"
        )
    objects = [item for item in system.filled(known) if _belongs(item, workload)]
    apply(api, objects, report, standing=system.standing(known), wait=pace.start, poll=min(2.0, pace.poll))


def _belongs(manifest: Mapping[str, Any], workload: Workload) -> bool:
    labels = manifest["metadata"].get("labels") or {}
    return bool(labels.get(NAME) == workload.name)
