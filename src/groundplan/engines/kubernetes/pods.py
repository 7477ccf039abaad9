"""Pods: one hardened container with what it knows, asks for and is checked by."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from math import ceil

from groundplan.engines.kubernetes import colours
from groundplan.engines.kubernetes.colours import Colour, called
from groundplan.engines.kubernetes.context import NAME, Context
from groundplan.engines.kubernetes.model import Late, Manifest, Value, plain
from groundplan.resources.containers import Container
from groundplan.resources.kubernetes import NodeTaint
from groundplan.resources.workloads import Pod, PodVolume, ServiceWorkload, Workload

USER = 1000
"""User and group of every container: not root, and a number, because the kubelet has to see that it is not root."""
NODE_GROUP = "node-group"
"""The label of nodes that says the name of their group, as the design gives it."""
CONFIGURATION = "groundplan/configuration"
"""The annotation that changes with a workload's variables, so that its pods are replaced then."""
STARTUP_PERIOD = 5
"""Seconds between two looks at a container that starts."""
DRAIN = 15
"""Seconds that a stopping pod still answers before it is told to end: as long as load balancer and kube-proxy take to
send it nothing more.
Source: https://docs.aws.amazon.com/eks/latest/best-practices/load-balancing.html"""
EFFECTS = {"NO_SCHEDULE": "NoSchedule", "PREFER_NO_SCHEDULE": "PreferNoSchedule", "NO_EXECUTE": "NoExecute"}

_CONTAINER_SECURITY: Mapping[str, Value] = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
}


def selector(workload: Workload, colour: Colour | None = None) -> dict[str, Value]:
    """What finds the pods of a workload, or those of one colour."""
    found: dict[str, Value] = {NAME: workload.name}
    return {**found, colours.LABEL: colour} if colour else found


def configuration(context: Context, workload: Workload, colour: Colour | None = None) -> Manifest | None:
    """Variables that are no secret; None where there are none. Each colour has its own: they may be of two versions."""
    if not workload.pod.environment:
        return None
    data = {name: context.value(value) for name, value in workload.pod.environment.items()}
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": context.metadata(called(workload, colour), workload, colour),
        "data": data,
    }


def secret_name(workload: Workload, container: Pod | Container) -> str:
    """The Secret with the variables of a container that are secret."""
    return workload.name if container is workload.pod else f"{workload.name}-{container.name}"


def template(context: Context, workload: Workload, colour: Colour | None = None) -> dict[str, Value]:
    """The pods of a workload."""
    annotations: dict[str, Value] = {CONFIGURATION: _checksum(context, workload)}
    return {
        "metadata": {"labels": context.labels(workload, colour), "annotations": annotations},
        "spec": _spec(context, workload, colour),
    }


def _spec(context: Context, workload: Workload, colour: Colour | None) -> dict[str, Value]:
    pod, service = workload.pod, workload if isinstance(workload, ServiceWorkload) else None
    spec: dict[str, Value] = {
        "serviceAccountName": workload.name,
        # Rights at AWS come with a token of their own; nothing here talks to Kubernetes.
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": USER,
            "runAsGroup": USER,
            "fsGroup": USER,
            "fsGroupChangePolicy": "OnRootMismatch",
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "nodeSelector": _node_selector(pod, service),
    }
    if pod.zones:
        zones: dict[str, Value] = {"key": "topology.kubernetes.io/zone", "operator": "In", "values": list(pod.zones)}
        terms: list[Value] = [{"matchExpressions": [zones]}]
        spec["affinity"] = {
            "nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}
        }
    if service:
        if service.taints:
            spec["tolerations"] = [_toleration(taint) for taint in service.taints]
        spec["topologySpreadConstraints"] = _spread(workload, colour)
        spec["terminationGracePeriodSeconds"] = DRAIN + max(service.deregistration, 30)
    if pod.init_containers:
        spec["initContainers"] = [_init_container(context, workload, item) for item in pod.init_containers]
    spec["containers"] = [_container(context, workload, colour)]
    volumes = _volumes(workload)
    if volumes:
        spec["volumes"] = volumes
    return spec


def _node_selector(pod: Pod, service: ServiceWorkload | None) -> dict[str, Value]:
    chosen: dict[str, Value] = {"kubernetes.io/os": "linux", "kubernetes.io/arch": pod.cpu_architecture}
    if service and service.node_group:
        chosen[NODE_GROUP] = service.node_group
    return chosen


def _toleration(taint: NodeTaint) -> dict[str, Value]:
    found: dict[str, Value] = {"key": taint.key, "effect": EFFECTS[taint.effect]}
    return {**found, "operator": "Equal", "value": taint.value} if taint.value else {**found, "operator": "Exists"}


def _spread(workload: Workload, colour: Colour | None) -> list[Value]:
    """Over zones as a rule, over nodes where there is room. A zone that is gone counts no more: it has no nodes.

    Source: https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
    """
    return [
        {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": otherwise,
            "nodeTaintsPolicy": "Honor",
            "labelSelector": {"matchLabels": selector(workload, colour)},
        }
        for key, otherwise in (
            ("topology.kubernetes.io/zone", "DoNotSchedule"),
            ("kubernetes.io/hostname", "ScheduleAnyway"),
        )
    ]


def _container(context: Context, workload: Workload, colour: Colour | None) -> dict[str, Value]:
    pod, service = workload.pod, workload if isinstance(workload, ServiceWorkload) else None
    image = context.image(pod.image, workload.name, colour)
    container: dict[str, Value] = {"name": workload.name, "image": image}
    if pod.command:
        container["args"] = list(pod.command)
    if service and service.port:
        container["ports"] = [{"name": "http", "containerPort": service.port}]
    sources: list[Value] = []
    if pod.environment:
        sources.append({"configMapRef": {"name": called(workload, colour)}})
    if pod.secrets:
        sources.append({"secretRef": {"name": secret_name(workload, pod)}})
    if sources:
        container["envFrom"] = sources
    # No CPU limit: it would hold a pod back while its node is idle. Memory cannot be given back, so it has one.
    container["resources"] = {
        "requests": {"cpu": f"{ceil(pod.cpu * 1000 / 1024)}m", "memory": f"{pod.memory}Mi"},
        "limits": {"memory": f"{pod.memory}Mi"},
    }
    if service:
        container.update(_probes(service))
    container["securityContext"] = {**_CONTAINER_SECURITY, "readOnlyRootFilesystem": pod.read_only}
    mounts: list[Value] = [{"name": item.name, "mountPath": item.path} for item in _volumes_of(workload)]
    if pod.read_only:
        mounts.append({"name": _TEMPORARY, "mountPath": "/tmp"})  # noqa: S108 - a mount of the pod's own
    if mounts:
        container["volumeMounts"] = mounts
    return container


def _probes(service: ServiceWorkload) -> dict[str, Value]:
    """Alive by the service's own command where it has one, else by HTTP; ready by HTTP, as the load balancer asks."""
    probes: dict[str, Value] = {}
    health, command = service.health, _command(service.health_command)
    if health:
        request: dict[str, Value] = {"httpGet": {"path": health.path, "port": "http"}}
        alive: dict[str, Value] = {"exec": {"command": command}} if command else request
        timing: dict[str, Value] = {"periodSeconds": health.interval, "timeoutSeconds": health.timeout}
        probes["startupProbe"] = {
            **alive,
            "periodSeconds": STARTUP_PERIOD,
            "timeoutSeconds": health.timeout,
            # The time to start, and behind it as many tries as a running container has.
            "failureThreshold": ceil(health.start / STARTUP_PERIOD) + health.retries,
        }
        probes["livenessProbe"] = {**alive, **timing, "failureThreshold": health.retries}
        probes["readinessProbe"] = {
            **request, **timing, "successThreshold": health.healthy, "failureThreshold": health.unhealthy,
        }  # fmt: skip
        probes["lifecycle"] = {"preStop": {"sleep": {"seconds": DRAIN}}}
    elif command:
        probes["livenessProbe"] = {"exec": {"command": command}, "periodSeconds": 30, "timeoutSeconds": 5}
    return probes


def _command(written: tuple[str, ...]) -> list[Value]:
    """A health check of ECS as a command: ``CMD-SHELL`` is run by a shell.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
    """
    if not written:
        return []
    first, *rest = written
    if first == "CMD-SHELL":
        return ["/bin/sh", "-c", " ".join(rest)]
    return list(rest) if first == "CMD" else list(written)


_TEMPORARY = "temporary"


def _volumes_of(workload: Workload) -> tuple[PodVolume, ...]:
    return workload.volumes if isinstance(workload, ServiceWorkload) else ()


def _volumes(workload: Workload) -> list[Value]:
    """What all pods share, and a place for temporary files. Volumes of single pods come from a StatefulSet's claims."""
    shared: list[Value] = [
        {"name": item.name, "persistentVolumeClaim": {"claimName": claim_name(workload, item)}}
        for item in _volumes_of(workload)
        if item.file_system
    ]
    return [*shared, {"name": _TEMPORARY, "emptyDir": {}}] if workload.pod.read_only else shared


def claim_name(workload: Workload, volume: PodVolume) -> str:
    """The claim of a volume that all pods share."""
    return f"{workload.name}-{volume.name}"


def _init_container(context: Context, workload: Workload, container: Container) -> dict[str, Value]:
    """What a task of ECS runs beside the application before it starts."""
    rendered: dict[str, Value] = {"name": container.name, "image": context.value(container.image)}
    if container.entry_point:
        rendered["command"] = list(container.entry_point)
    if container.command:
        rendered["args"] = list(container.command)
    if container.environment:
        rendered["env"] = [
            {"name": name, "value": context.value(value)} for name, value in container.environment.items()
        ]
    if container.secrets:
        rendered["envFrom"] = [{"secretRef": {"name": secret_name(workload, container)}}]
    rendered["resources"] = {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "128Mi"}}
    rendered["securityContext"] = {
        **_CONTAINER_SECURITY, "readOnlyRootFilesystem": container.readonly_root_filesystem,
    }  # fmt: skip
    return rendered


def _checksum(context: Context, workload: Workload) -> str | Late:
    """What stands for all variables, so that other values of a deployment replace pods as well."""
    known: dict[str, object] = {}
    keys: set[str] = set()
    for name, value in workload.pod.environment.items():
        found = context.value(value)
        known[name] = plain(found)
        keys |= set(found.keys) if isinstance(found, Late) else set()
    checksum = sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()[:16]
    if not keys:
        return checksum
    what = f"Checksum of what {workload.name} is told; fill writes it, and pods start anew where it changes"
    key = f"{workload.name.replace('-', '_')}_configuration"
    return context.late(key, what, checksum, tuple(sorted(keys)))
