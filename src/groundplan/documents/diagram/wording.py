"""What stands in the box of a resource: its size and kind, in a line or two."""

from __future__ import annotations

from groundplan.documents.diagram.parts import counted
from groundplan.reachability.places import Place
from groundplan.resources.architecture import Architecture
from groundplan.resources.compute import AutoScalingGroup
from groundplan.resources.containers import EcsService, TaskDefinition
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance, Table
from groundplan.resources.edge import Listener, LoadBalancer
from groundplan.resources.files import FileSystem
from groundplan.resources.kubernetes import KubernetesCluster, NodeGroup
from groundplan.resources.messaging import Queue
from groundplan.resources.scaling import ScalableTarget
from groundplan.resources.schedules import Schedule
from groundplan.resources.storage import Bucket
from groundplan.resources.workloads import JobWorkload, ServiceWorkload

ENGINES = {
    "postgres": "PostgreSQL", "mysql": "MySQL", "mariadb": "MariaDB", "redis": "Redis", "valkey": "Valkey",
}  # fmt: skip


def between(least: int, most: int) -> str:
    """``3``, or ``2–20``."""
    return f"{least}" if least == most else f"{least}–{most}"


def size(cpu: int, memory: int) -> str:
    """Of a task or pod, out of CPU units and MiB: ``0.5 vCPU, 1 GiB``."""
    amount = f"{memory / 1024:g} GiB" if memory >= 1024 else f"{memory} MiB"
    return f"{cpu / 1024:g} vCPU, {amount}"


def of_place(architecture: Architecture, place: Place) -> tuple[str, ...]:
    """What is told of something in a network."""
    resource, pod = place.resource, place.pod
    if isinstance(pod, ServiceWorkload):
        scaling = pod.autoscaling
        pods = between(scaling.min, scaling.max) if scaling else str(pod.replicas)
        return f"EKS · {pods} pods", f"{pod.pod.cpu / 1000:g} vCPU, {pod.pod.memory} MiB each"
    if isinstance(pod, JobWorkload):
        return "EKS job", pod.schedule
    if isinstance(resource, EcsService):
        return _service(architecture, resource, place)
    if isinstance(resource, Schedule):
        assert place.tasks is not None
        return "ECS scheduled task", f"{resource.schedule_expression}, {size(place.tasks.cpu, place.tasks.memory)}"
    if isinstance(resource, LoadBalancer):
        return ("Application Load Balancer", "to the internet" if resource.scheme == "internet-facing" else "internal")
    if isinstance(resource, CacheReplicationGroup):
        return cache(resource)
    if isinstance(resource, FileSystem):
        return "EFS file system", "encrypted" if resource.encrypted else "not encrypted"
    if isinstance(resource, AutoScalingGroup):
        kind = architecture[resource.launch_template].instance_type
        spot = ", spot" if resource.spot else ""
        return "EC2 Auto Scaling group", f"{between(resource.min_size, resource.max_size)} × {kind}{spot}"
    if isinstance(resource, KubernetesCluster):
        public = "public and private endpoint" if resource.endpoint_public_access else "private endpoint"
        return f"Kubernetes {resource.version}", public
    return ()


def _service(architecture: Architecture, service: EcsService, place: Place) -> tuple[str, ...]:
    target = next((item for item in architecture.of(ScalableTarget) if item.service == service.ref), None)
    tasks = f"{service.desired_count}"
    if target and (target.min_capacity, target.max_capacity) != (service.desired_count, service.desired_count):
        tasks += f" ({between(target.min_capacity, target.max_capacity)})"
    assert isinstance(place.tasks, TaskDefinition)
    on = "EC2" if place.hosts else "Fargate"
    noun = "task" if tasks == "1" else "tasks"
    return f"ECS on {on} · {tasks} {noun}", f"{size(place.tasks.cpu, place.tasks.memory)} each"


def nodes(group: NodeGroup) -> str:
    """How many of which: ``3–12 × t3.large``."""
    spot = " spot" if group.capacity_type == "SPOT" else ""
    return f"{between(group.min_size, group.max_size)} × {group.instance_types[0]}{spot}"


def database(architecture: Architecture, instance: DatabaseInstance) -> tuple[str, ...]:
    """Engine and version, class and storage."""
    origin = instance
    while origin.source is not None:
        origin = architecture[origin.source]
    engine = ENGINES.get(origin.engine or "", origin.engine or "")
    storage = instance.allocated_storage or origin.allocated_storage
    return f"RDS {engine} {origin.engine_version or ''}".strip(), f"{instance.instance_class}, {storage} GB"


def cache(group: CacheReplicationGroup) -> tuple[str, ...]:
    """Engine and version, nodes."""
    nodes = group.num_cache_clusters or (group.num_node_groups or 1) * (1 + (group.replicas_per_node_group or 0))
    failover = ", failover" if group.automatic_failover_enabled else ""
    return f"ElastiCache {ENGINES[group.engine]} {group.engine_version}", f"{nodes} × {group.node_type}{failover}"


def bucket(item: Bucket) -> tuple[str, ...]:
    """How it is encrypted, and whether versions are kept."""
    return (f"S3 · {'KMS' if item.kms_key else 'S3 key'}{', versions' if item.versioning else ''}",)


def queue(item: Queue, dead_letters: int) -> tuple[str, ...]:
    """Its kind, and whether what fails is kept."""
    kind = "SQS FIFO" if item.fifo_queue else "SQS"
    return (f"{kind} · {counted(dead_letters, 'dead-letter queue')}" if dead_letters else kind,)


def table(item: Table) -> tuple[str, ...]:
    """Its key."""
    return (f"DynamoDB · by {item.hash_key}",)


def listeners(architecture: Architecture, balancer: LoadBalancer) -> str:
    """``HTTPS 443, HTTP 80``."""
    found = sorted(
        ((item.protocol, item.port) for item in architecture.of(Listener) if item.load_balancer == balancer.ref),
        reverse=True,
    )
    return ", ".join(f"{protocol} {port}" for protocol, port in found)
