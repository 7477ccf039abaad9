"""What goes together with ``platform: eks``: node groups that exist, and nothing that only ECS knows."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.services import Service
from groundplan.blueprint.tree import Node, Steps
from groundplan.blueprint.validation.base import Finding, check_retention, workloads
from groundplan.errors import suggestion
from groundplan.units import DataSize

SMALLEST_VOLUME = 20
"""GiB, EKS's own default. Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html"""
LARGEST_EBS = 64 * 1024
"""GiB of a gp3 volume. Source: https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html"""
MOST_NODE_GROUPS = 30
"""Source: https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html"""


def check_kubernetes(blueprint: Blueprint, tree: Node) -> Iterator[Finding]:
    """The cluster of ``platform: eks``; without it, what only a cluster has."""
    if blueprint.platform == "ecs":
        yield from _check_not_on_ecs(blueprint)
        return
    yield from _check_cluster(blueprint)
    yield from _check_nodes(blueprint)
    yield from _check_ecs_only(blueprint, tree)
    for name, service in blueprint.services.items():
        at: Steps = ("services", name)
        yield from _check_placement(blueprint, service, at)
        yield from _check_volumes(service, at)


def _check_not_on_ecs(blueprint: Blueprint) -> Iterator[Finding]:
    for name, service in blueprint.services.items():
        if service.volumes:
            yield Finding(
                ("services", name, "volumes"),
                "a task on ECS keeps nothing on disk here; write platform: eks, or keep the data in a bucket or a "
                "database",
                at_key=True,
            )
        if service.nodes is not None:
            yield Finding(
                ("services", name, "nodes"),
                "node groups are EKS's; write platform: eks, or capacity: on ECS",
                at_key=True,
            )


def _check_cluster(blueprint: Blueprint) -> Iterator[Finding]:
    cluster, network, at = blueprint.kubernetes, blueprint.network, ("kubernetes",)
    if len(network.zones) < 2:
        yield Finding(
            ("network", "zones"),
            "an EKS cluster needs subnets in two zones at least; where nodes shall run in one, write the zone at the "
            "node groups",
        )
    if network.nat == "none":
        yield Finding(
            ("network", "nat"),
            "nodes get no public address, and without NAT they would reach neither the registry nor AWS; write "
            "single or per-zone",
        )
    yield from check_retention(cluster.logs, (*at, "logs"))
    for principal in cluster.admins:
        if principal in cluster.viewers:
            yield Finding((*at, "viewers"), f"{principal} is under admins already, who may look at everything")
    for key in ("admins", "viewers"):
        principals = getattr(cluster, key)
        for index, principal in enumerate(principals):
            if principal in principals[:index]:
                yield Finding((*at, key, index), "already stands above")


def _check_nodes(blueprint: Blueprint) -> Iterator[Finding]:
    groups, at = blueprint.kubernetes.nodes, ("kubernetes", "nodes")
    if not groups:
        yield Finding(
            at if "nodes" in blueprint.kubernetes.model_fields_set else ("platform",),
            "a cluster without nodes runs nothing; write kubernetes: {nodes: {general: {instances: [t3.large]}}}",
        )
        return
    if len(groups) > MOST_NODE_GROUPS:
        yield Finding(at, f"EKS takes {MOST_NODE_GROUPS} node groups in a cluster, and these are {len(groups)}")
    if all(group.taints for group in groups.values()):
        yield Finding(
            at,
            "every node group has taints, so that neither CoreDNS nor a service without nodes: could run anywhere; "
            "take them from one group",
        )
    for name, group in groups.items():
        for letter in group.zones or ():
            if letter not in blueprint.network.zones:
                letters = ", ".join(blueprint.network.zones)
                yield Finding((*at, name, "zones"), f"the network has no zone {letter}; it has {letters}")
        if group.volume.gib < SMALLEST_VOLUME:
            yield Finding(
                (*at, name, "volume"), f"a node needs {SMALLEST_VOLUME} GB at least, and this is {group.volume}"
            )
        for index, instance in enumerate(group.instances):
            if instance in group.instances[:index]:
                yield Finding((*at, name, "instances", index), f'"{instance}" already stands above')


def _check_placement(blueprint: Blueprint, service: Service, at: Steps) -> Iterator[Finding]:
    """A service runs on a group that exists, in zones that both have."""
    groups, every = blueprint.kubernetes.nodes, blueprint.network.zones
    if service.nodes is not None and service.nodes not in groups:
        yield Finding(
            (*at, "nodes"), f'there is no node group "{service.nodes}"{suggestion(service.nodes, list(groups))}'
        )
        return
    chosen = [groups[service.nodes]] if service.nodes else [group for group in groups.values() if not group.taints]
    there = {letter for group in chosen for letter in group.zones or every}
    if chosen and not there & set(service.zones or every):
        yield Finding(
            (*at, "zones"),
            f"its nodes are in {', '.join(sorted(there))}, and its pods may run in "
            f"{', '.join(service.zones or every)} only; give them a zone in common",
        )


def _check_volumes(service: Service, at: Steps) -> Iterator[Finding]:
    paths: dict[str, str] = {}
    for name, volume in service.volumes.items():
        path = volume.path.rstrip("/") or "/"
        place: Steps = (*at, "volumes", name)
        if path == "/":
            yield Finding((*place, "path"), "a volume over / would hide the image itself; write a directory below it")
        other = next((known for known in paths if _inside(path, known) or _inside(known, path)), None)
        if other is not None:
            yield Finding(
                (*place, "path"), f"{volume.path} and {other} of the volume {paths[other]} lie within each other"
            )
        paths.setdefault(path, name)
        if volume.size < DataSize(1024):
            yield Finding((*place, "size"), f"a volume has 1 GB at least, and this is {volume.size}")
        elif not volume.shared and volume.size.gib > LARGEST_EBS:
            yield Finding((*place, "size"), f"an EBS volume has {LARGEST_EBS} GB at most, and this is {volume.size}")


def _inside(path: str, other: str) -> bool:
    return path == other or path.startswith(f"{other.rstrip('/')}/")


def _check_ecs_only(blueprint: Blueprint, tree: Node) -> Iterator[Finding]:
    """What a person wrote that no cluster of Kubernetes does; defaults and profiles say nothing of it."""

    def written(path: Steps) -> bool:
        node = tree.find(path)
        return node is not None and not node.layer.startswith(("profile", "default"))

    for name in blueprint.capacity:
        yield Finding(
            ("capacity", name), "EC2 capacity is ECS's; on EKS write node groups under kubernetes.nodes", at_key=True
        )
    for family, name, workload in workloads(blueprint):
        at: Steps = (family, name)
        if written((*at, "capacity")):
            yield Finding(
                (*at, "capacity"),
                "Fargate and EC2 capacity are ECS's; on EKS pods run on node groups, and a service chooses one "
                "by nodes:",
                at_key=True,
            )
        if workload.execute_command:
            yield Finding(
                (*at, "execute_command"),
                "aws ecs execute-command is ECS's; on EKS who is under kubernetes.admins writes kubectl exec",
                at_key=True,
            )
        if workload.logs.routes:
            yield Finding(
                (*at, "logs", "routes"),
                "log routes are sorted by a sidecar of ECS tasks; on EKS all that a pod prints goes to one group",
                at_key=True,
            )
    for name, service in blueprint.services.items():
        yield from _check_service(service, ("services", name))


def _check_shift(service: Service, at: Steps) -> Iterator[Finding]:
    """Two Deployments take turns behind the load balancer, which counts requests in whole percents."""
    deployment = service.deployment
    if service.public is None or service.port is None:
        yield Finding(
            (*at, "deployment", "strategy"),
            f"{deployment.strategy} moves requests of the load balancer from pods to pods, and on EKS none arrive at "
            "a service that is not public; write rolling or leave it out",
        )
    for name, volume in service.volumes.items():
        if not volume.shared:
            yield Finding(
                (*at, "volumes", name),
                f"pods with a volume of their own cannot be doubled as {deployment.strategy} needs it; write "
                "shared: true, or strategy: rolling",
            )
    if deployment.strategy in ("canary", "linear") and deployment.step.percent % 1:
        yield Finding(
            (*at, "deployment", "step"),
            f"on EKS requests move in whole percents, the weights of a rule, and this is {deployment.step}",
        )


def _check_service(service: Service, at: Steps) -> Iterator[Finding]:
    deployment, scaling = service.deployment, service.scaling
    if deployment.shifts:
        yield from _check_shift(service, at)
    elif deployment.alarms:
        yield Finding(
            (*at, "deployment", "alarms"),
            "on EKS a rolling deployment stops at pods that are not ready, and goes no further; alarms roll back "
            "blue-green, canary and linear ones",
        )
    if scaling is None:
        return
    if scaling.method == "step":
        yield Finding(
            (*at, "scaling", "method"),
            "steps are ECS's; on EKS a HorizontalPodAutoscaler holds the target, so write target-tracking or leave it "
            "out",
        )
    for key in ("requests", "backlog"):
        if getattr(scaling, key) is not None:
            yield Finding(
                (*at, "scaling", key),
                f"a HorizontalPodAutoscaler knows CPU and memory, and {key} only with an adapter that is not "
                "installed; write cpu: or memory:",
            )
