"""What commands do in the cluster of an environment: find the way to it, apply what runs there, and clear up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from groundplan.cli.options import confirm
from groundplan.cli.output import Progress, say

if TYPE_CHECKING:
    from kubernetes.client import ApiClient

    from groundplan.engines.kubernetes import System, Wanted
    from groundplan.operations.kubernetes import Cluster
    from groundplan.resources.architecture import Architecture
    from groundplan.targets.connection import Connection


@dataclass(frozen=True)
class Ready:
    """What is applied, and what stands in its way."""

    system: System
    values: Mapping[str, str]
    lacking: Sequence[Wanted]
    topic: str | None

    @property
    def objects(self) -> list[dict[str, object]]:
        """The manifests, with nothing left open."""
        return self.system.filled(self.values)


def prepared(architecture: Architecture, outputs: Mapping[str, str], tags: Sequence[str]) -> Ready:
    """What is applied with these outputs and tags of images."""
    from groundplan.engines.kubernetes import system_of
    from groundplan.engines.kubernetes.deployed import missing
    from groundplan.operations import kubernetes

    system = system_of(architecture)
    given = kubernetes.parse_tags(architecture, tags, outputs)
    values = kubernetes.known_values(system, outputs, given)
    return Ready(system, values, missing(system.wanted, values), outputs.get("alarm_topic"))


def apply_to(
    architecture: Architecture, cluster: Cluster, ready: Ready, *, yes: bool, prune: bool, delete_data: bool
) -> str:
    """Apply everything. Gives what became of it."""
    from groundplan.operations import kubernetes

    version, objects = cluster.version(), ready.objects
    confirm(f"Apply {len(objects)} objects to {cluster.context} (Kubernetes {version})?", yes=yes)
    with Progress() as report:
        kubernetes.install(architecture, cluster, ready.topic, report)
        with cluster.client() as api:
            applied = kubernetes.apply(api, objects, report, standing=ready.system.standing(ready.values))
    for each in ready.system.turns:
        say(
            f"{each.service}: the idle colour has what was applied; groundplan kubernetes switch {each.service} "
            f"-e {architecture.environment} starts it and moves the requests"
        )
    with cluster.client() as api:
        gone = _prune(api, objects, yes=yes, wanted=prune, delete_data=delete_data)
    deleted = f", {gone} deleted" if gone else ""
    return f"{cluster.context}: {sum(item.changed for item in applied)} of {len(applied)} objects changed{deleted}"


def _prune(
    api: ApiClient, objects: Sequence[Mapping[str, object]], *, yes: bool, wanted: bool, delete_data: bool
) -> int:
    """Tell what is left over, and delete it where that is wanted. Gives how many objects went."""
    from groundplan.operations import kubernetes

    found = kubernetes.leftovers(api, objects)
    going = [item for item in found if delete_data or not item.is_data] if wanted else []
    for item in found:
        data = ", with what is on it" if item.is_data else ""
        if item in going:
            say(f"  {item}: no longer in the blueprint, and goes{data}")
        else:
            way = "--prune --delete-data deletes it" + data if item.is_data else "--prune deletes it"
            say(f"  {item}: no longer in the blueprint, and stays; {way}")
    if not going:
        return 0
    confirm(f"Delete {len(going)} objects?", yes=yes)
    with Progress() as report:
        kubernetes.prune(api, going, report)
    return len(going)


def known_outputs(
    whole: Architecture, architecture: Architecture, connection: Connection, file: Path | None
) -> dict[str, str]:
    """What the stacks of the environment say, or Terraform's outputs; nothing where it is not deployed.

    Which colour of a service has the requests is no output: the load balancer says it.
    """
    from groundplan.operations.kubernetes import live_colours, of_standby, terraform_outputs

    found = terraform_outputs(file) if file is not None else _stack_outputs(whole, connection)
    said = found if architecture is whole else of_standby(found)
    return {**said, **live_colours(connection, architecture)}


def _stack_outputs(architecture: Architecture, connection: Connection) -> dict[str, str]:
    from groundplan.engines import cloudformation
    from groundplan.operations.stacks import collected_outputs, look_at

    stacks = cloudformation.render(architecture).stacks
    found = {stack.name: look_at(connection, stack.name, stack.region).outputs for stack in stacks}
    return collected_outputs(architecture, found)


def cluster_of(architecture: Architecture, connection: Connection, context: str | None) -> Cluster:
    """The way to the environment's cluster. Raises EnvironmentalError where there is none."""
    from groundplan.errors import EnvironmentalError, InputError
    from groundplan.operations import kubernetes
    from groundplan.resources.kubernetes import KubernetesCluster

    if connection.target == "local":
        if context is None:
            raise EnvironmentalError(
                "does not answer: the local AWS has the cluster as AWS describes it, and no Kubernetes. A cluster of "
                "your own (kind, k3d, minikube) can stand in for it: --context NAME"
            )
        return kubernetes.chosen(context)
    if context is not None:
        raise InputError("--context is for --target local; on AWS the cluster is the one that was deployed")
    name = architecture.of(KubernetesCluster)[0].cluster_name
    return kubernetes.reach(connection, name, architecture.region)


def after_deploy(
    architecture: Architecture, connection: Connection, outputs: Mapping[str, str], tags: Sequence[str], *, yes: bool
) -> None:
    """Apply what runs in the cluster, where it answers and nothing is missing; else say what is left to do."""
    from groundplan.engines.kubernetes.context import Context as Rendered
    from groundplan.engines.kubernetes.context import has_cluster
    from groundplan.engines.kubernetes.helm import chosen_charts
    from groundplan.errors import DeploymentError, EnvironmentalError
    from groundplan.operations.kubernetes import live_colours, live_tags

    if not has_cluster(architecture):
        return
    if architecture.standby is not None:
        say(
            f"the cluster of the standby in {architecture.standby.region} has the same to be applied: "
            f"groundplan kubernetes apply -e {architecture.environment} --standby"
        )
    known = {**outputs, **live_colours(connection, architecture)}
    cluster, unreachable = None, ""
    if connection.target != "local":
        try:
            cluster = cluster_of(architecture, connection, None)
            cluster.version()
            with cluster.client() as api:
                known |= live_tags(api, architecture)
        except (EnvironmentalError, DeploymentError) as error:
            unreachable = str(error)
    ready = prepared(architecture, known, tags)
    charts = len(chosen_charts(Rendered(architecture)))
    left = f"{len(ready.system.objects)} objects of Kubernetes and {charts} Helm charts are not applied"
    if connection.target == "local":
        say(
            f"{left}: no Kubernetes answers in the local AWS. groundplan render --engine kubernetes --out DIR writes "
            "them, groundplan kubernetes fill --out DIR puts in what this deployment says"
        )
        return
    again = f"groundplan kubernetes apply -e {architecture.environment}"
    if ready.lacking:
        say(
            f"{left}: {', '.join(item.key for item in ready.lacking)} is missing. To apply them: {again} --tag NAME=TAG"
        )
        return
    if cluster is None or unreachable:
        say(f"{left}: {unreachable}. To apply them: {again}")
        return
    say(apply_to(architecture, cluster, ready, yes=yes, prune=False, delete_data=False))
