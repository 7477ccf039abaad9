"""Tasks and pods: how many run where, what they stand on, and how long it takes until one is replaced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from groundplan.resources.compute import AutoScalingGroup
from groundplan.resources.containers import EcsCapacityProvider, EcsService
from groundplan.resources.edge import TargetGroup
from groundplan.resources.kubernetes import KubernetesCluster, NodeGroup
from groundplan.resources.network import Subnet
from groundplan.resources.scaling import ScalableTarget
from groundplan.resources.values import Ref
from groundplan.resources.workloads import ServiceWorkload
from groundplan.simulation.availability.assembly import NAT, Assembly, Running
from groundplan.simulation.availability.model import Element


@dataclass(frozen=True)
class Timing:
    """Seconds until a failed task is noticed, until another has started, until it gets requests."""

    detect: float
    start: float
    ready: float

    @property
    def replaced(self) -> float:
        """From the failure until another answers."""
        return self.detect + self.start + self.ready


def add_tasks(links: Assembly, service: EcsService) -> tuple[Ref[Subnet], ...]:
    """The tasks of an ECS service as a block; the subnets they stand in."""
    target = next((item for item in links.architecture.of(ScalableTarget) if item.service == service.ref), None)
    count = (target.min_capacity if target else 0) or service.desired_count or 1
    zones = _spread(links.places.zones(service.subnets), count)
    groups = [item.target_group for item in service.load_balancers]
    timing = _timing(links, links.architecture[groups[0]] if groups else None, _own_check(links, service))
    on = [_ecs_node(links, service, number, zone, timing) for number, zone in enumerate(zones)]
    _add(links, service.name, "task", zones, on, timing, service.subnets)
    guarded = bool(service.rollback_alarms) and service.circuit_breaker_rollback
    _release(links, service.name, guarded=guarded)
    on_instances = any(isinstance(share.capacity_provider, Ref) for share in service.capacity_providers)
    several = len(set(zones)) > 1
    links.term(f"tasks of {service.name}", ("ec2_region" if on_instances else "fargate_region") if several else None)
    return service.subnets


def add_pods(links: Assembly, workload: ServiceWorkload) -> tuple[Ref[Subnet], ...]:
    """The pods of a service as a block; the subnets they stand in."""
    name = workload.name.replace("-", "_")
    scaling = workload.autoscaling
    count = (scaling.min if scaling else 0) or workload.replicas or 1
    nodes, subnets = _nodes(links, workload)
    chosen = [nodes[number % len(nodes)] for number in range(count)]
    health, command = workload.health, 90.0
    detect = health.interval * health.unhealthy if health else command
    ready = float(health.interval * health.healthy) if health and workload.target_group else 0.0
    timing = Timing(float(detect), links.rates.seconds("task_start"), ready)
    on = [(node,) for node, _ in chosen]
    _add(links, name, "pod", [zone for _, zone in chosen], on, timing, subnets, moved=_moved(links))
    _release(links, name, guarded=bool(workload.shift and workload.shift.rollback_alarms))
    links.term(f"nodes of {name}", "ec2_region" if len({zone for _, zone in chosen}) > 1 else "ec2_instance")
    cluster = next(iter(links.architecture.of(KubernetesCluster)), None)
    if cluster is not None:
        links.leave_out(
            "EKS control plane", "pods that run go on; while it is away, none is moved, started or taken from service"
        )
    return subnets


def _add(
    links: Assembly,
    name: str,
    kind: str,
    zones: Sequence[str],
    on: Sequence[tuple[Element, ...]],
    timing: Timing,
    subnets: Sequence[Ref[Subnet]],
    moved: float | None = None,
) -> None:
    """So many tasks, of which enough have to run. ``moved``: seconds until those of a lost zone are taken for lost."""
    count = len(zones)
    said = {key.replace("-", "_"): value for key, value in links.rates.reliability.tasks_needed.items()}
    needed = min(said.get(name, max(1, count - 1)), count)
    if name not in said:
        links.notes.append(
            f"{name}: {needed} of {count} {kind}s carry the load. reliability.tasks_needed.{name} replaces it"
        )
    after_zone = (timing.detect if moved is None else moved) + timing.start + timing.ready
    stranded = frozenset(zone for zone in set(zones) if not _replaceable(links, zone, zones, subnets))
    parts = []
    for number, zone in enumerate(zones):
        task = links.element(f"{kind} {name} {number + 1}", "task", timing.replaced)
        place = (links.zone(zone),) if zone in stranded else ()
        parts.append((task, *on[number], *place))
        if count > 1:
            links.gap(task, 1 / count, timing.detect, f"requests to a {kind} that fails, until it is noticed")
    for node in dict.fromkeys(element for elements in on for element in elements):
        lost = sum(node in elements for elements in on)
        if lost < count:
            links.gap(node, lost / count, timing.detect, f"requests to {kind}s on an instance that fails")
    for zone in dict.fromkeys(zones):
        lost = sum(other == zone for other in zones)
        if count - lost >= needed or zone in stranded:
            links.gap(links.zone(zone), lost / count, timing.detect, f"requests to {kind}s in a zone that is gone")
        else:
            what = f"too few {kind}s of {name} left, until those of the zone run in another"
            links.gap(links.zone(zone), 1.0, after_zone, what)
    links.any_of(f"{kind}s of {name}", parts, needed)
    if any(links.places.starts_by_gateway(subnet) for subnet in subnets):
        links.leave_out(NAT, "images come by them when something starts; what runs goes on")
    possible = frozenset(links.places.zones(subnets))
    links.running[name] = Running(name, kind, tuple(zones), needed, after_zone, possible, stranded)


def _replaceable(links: Assembly, zone: str, zones: Sequence[str], subnets: Sequence[Ref[Subnet]]) -> bool:
    """Whether what stood in a zone can start in another: there is one, and images come without the lost zone."""
    for subnet in subnets:
        if links.architecture[subnet].availability_zone == zone:
            continue
        gateway = links.places.starts_by_gateway(subnet)
        if gateway is None or links.places.gateway_zone(gateway) != zone:
            return True
    return False


def _release(links: Assembly, name: str, *, guarded: bool) -> None:
    """A release is the same in both regions."""
    cause = "guarded_deployment" if guarded else "deployment"
    links.series(f"release of {name}", links.everywhere(f"release of {name}", cause))


def _spread(zones: Sequence[str], count: int) -> list[str]:
    return [zones[number % len(zones)] for number in range(count)]


def _timing(links: Assembly, group: TargetGroup | None, own: float) -> Timing:
    start = links.rates.seconds("task_start")
    if group is None:
        return Timing(own, start, 0.0)
    check = group.health_check
    return Timing(
        float(check.interval * check.unhealthy_threshold), start, float(check.interval * check.healthy_threshold)
    )


def _own_check(links: Assembly, service: EcsService) -> float:
    """Seconds until ECS notices by itself that a task does not work."""
    container = links.architecture[service.task_definition].containers[0]
    check = container.health_check
    return float(check.interval * check.retries) if check else links.rates.seconds("task_exit")


def _ecs_node(links: Assembly, service: EcsService, number: int, zone: str, timing: Timing) -> tuple[Element, ...]:
    """What a task stands on: nothing of ours on Fargate, a Spot task that is taken back, or an instance."""
    for share in service.capacity_providers:
        if isinstance(share.capacity_provider, Ref):
            provider = links.architecture[share.capacity_provider]
            assert isinstance(provider, EcsCapacityProvider)
            group = links.architecture[provider.auto_scaling_group]
            assert isinstance(group, AutoScalingGroup)
            count = max(group.min_size, len(links.places.zones(group.subnets)), 1)
            repair = timing.detect + links.rates.seconds("node_replaced") + timing.ready
            name = f"instance {group.name} {number % count + 1}"
            return (links.element(name, "spot" if group.spot else "node", repair),)
    total = sum(share.weight for share in service.capacity_providers)
    spot = sum(share.weight for share in service.capacity_providers if share.capacity_provider == "FARGATE_SPOT")
    base = sum(share.base for share in service.capacity_providers if share.capacity_provider == "FARGATE")
    if not spot or number < base or (number - base) % total < total - spot:
        return ()
    return (links.element(f"Fargate Spot of {service.name} {number + 1}", "spot", timing.start + timing.ready),)


def _nodes(links: Assembly, workload: ServiceWorkload) -> tuple[list[tuple[Element, str]], tuple[Ref[Subnet], ...]]:
    """The fewest nodes that a workload may find, each with its zone: those of its node group, or of all without
    taints."""
    groups = [
        group
        for group in links.architecture.of(NodeGroup)
        if group.address not in links.architecture.in_standby
        and (group.name == workload.node_group if workload.node_group else not group.taints)
    ]
    found: list[tuple[Element, str]] = []
    alone = sum(max(group.min_size, 1) for group in groups) == 1
    for group in groups:
        zones = links.places.zones(group.subnets)
        for number in range(max(group.min_size, 1)):
            # A pod whose only node is gone waits for the next one.
            repair = _moved(links) + links.rates.seconds("task_start")
            repair += links.rates.seconds("node_replaced") if alone else 0.0
            cause = "spot" if group.capacity_type == "SPOT" else "node"
            found.append((links.element(f"node {group.name} {number + 1}", cause, repair), zones[number % len(zones)]))
    return found, tuple(dict.fromkeys(subnet for group in groups for subnet in group.subnets))


def _moved(links: Assembly) -> float:
    """Seconds until Kubernetes takes a node for lost and starts its pods elsewhere."""
    return links.rates.seconds("node_lease") + links.rates.seconds("eviction")
