"""What runs: the services of an architecture, on ECS or as pods, in what a recovery has to know of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from groundplan.recovery.steps import Seconds
from groundplan.resources import Architecture
from groundplan.resources.compute import AutoScalingGroup
from groundplan.resources.containers import EcsCapacityProvider, EcsService
from groundplan.resources.edge import TargetHealthCheck
from groundplan.resources.kubernetes import NodeGroup
from groundplan.resources.network import Subnet
from groundplan.resources.scaling import ScalableTarget
from groundplan.resources.values import Ref
from groundplan.resources.workloads import ServiceWorkload

Host = Literal["Fargate", "instances", "nodes"]
"""Where tasks run: on hosts of AWS's, on instances of ECS's capacity, or as pods on nodes."""


@dataclass(frozen=True, slots=True)
class Probe:
    """A health check: so many answers in a row, one in each interval. Seconds."""

    interval: int
    timeout: int
    unhealthy: int
    healthy: int

    @property
    def notice(self) -> Seconds:
        """Until what gives no answer counts as gone."""
        bad = self.unhealthy
        return Seconds((bad - 1) * self.interval, bad * self.interval, bad * self.interval + self.timeout)

    @property
    def admit(self) -> Seconds:
        """Until what has come up counts as there."""
        good = self.healthy
        return Seconds((good - 1) * self.interval, good * self.interval, good * self.interval + self.timeout)


@dataclass(frozen=True, slots=True)
class Running:
    """A service while it runs."""

    name: str
    tasks: int
    """At the least."""
    needed: int
    """So many carry the load: with fewer users wait until there are enough again."""
    zones: tuple[str, ...]
    """Letters or full names of the zones that its tasks run in."""
    host: Host
    hosts: int | None
    """Instances or nodes that it may run on, at the least; None: as many as it takes."""
    pool: str
    """The key of the blueprint that has these; empty: AWS has them."""
    balanced: Probe | None
    """How the load balancer looks at it; None: no requests come that way."""
    own: Probe | None
    """How ECS or the kubelet looks into its containers; None: it does not."""
    facing: bool
    """Whether users wait for it: requests arrive at it, or at a service that needs it."""
    bound: bool
    """Whether its tasks have volumes that stand in one zone."""

    @property
    def notice(self) -> Seconds | None:
        """Until a task that hangs counts as gone, by whoever sees it first; None: nobody looks."""
        found = [probe.notice for probe in (self.balanced, self.own) if probe is not None]
        return None if not found else found[0] if len(found) == 1 else found[0].at_most(found[1])

    def left_without(self, zone: str) -> int:
        """Tasks that run on when a zone is gone: ECS and Kubernetes spread them evenly, and it had the most."""
        if zone not in self.zones:
            return self.tasks
        return self.tasks - -(-self.tasks // len(self.zones))

    @property
    def left_without_host(self) -> int:
        """Tasks that run on when a host is gone: they are spread evenly, and it had the most."""
        hosts = self.hosts or self.tasks
        return self.tasks - -(-self.tasks // hosts)

    def hosts_left_without(self, zone: str) -> bool:
        """Whether hosts are left when a zone is gone, which had the most of them."""
        if self.hosts is None or zone not in self.zones:
            return True
        return self.hosts > -(-self.hosts // len(self.zones))


def running(architecture: Architecture, tasks_needed: Mapping[str, int]) -> tuple[Running, ...]:
    """The services of an environment, without those of its standby.

    ``tasks_needed`` says by name how many tasks carry the load; by default it is all but one, and one at least.
    """
    said = {name.replace("-", "_"): number for name, number in tasks_needed.items()}
    found = (*_ecs(architecture, said), *_pods(architecture, said))
    return found if any(item.facing for item in found) else tuple(_all_facing(found))


def _all_facing(found: tuple[Running, ...]) -> Iterator[Running]:
    """Where no requests arrive from outside, the work that is done is what people wait for."""
    for item in found:
        yield replace(item, facing=True)


def _ecs(architecture: Architecture, said: Mapping[str, int]) -> Iterator[Running]:
    least = {item.service: item.min_capacity for item in architecture.of(ScalableTarget)}
    facing = _facing(architecture, {item.name for item in architecture.of(EcsService) if item.load_balancers})
    for service in architecture.of(EcsService):
        if service.address in architecture.in_standby:
            continue
        group = next((architecture[item.target_group] for item in service.load_balancers), None)
        checks = [
            container.health_check
            for container in architecture[service.task_definition].containers
            if container.health_check is not None and container.essential
        ]
        own = next((Probe(item.interval, item.timeout, item.retries, 1) for item in checks), None)
        groups = [share.capacity_provider for share in service.capacity_providers]
        providers = [architecture[item] for item in groups if isinstance(item, Ref)]
        tasks = max(least.get(service.ref, service.desired_count), 1)
        yield Running(
            name=service.name,
            tasks=tasks,
            needed=_needed(service.name, tasks, said),
            zones=_zones(architecture, service.subnets),
            host="instances" if providers else "Fargate",
            hosts=_instances(architecture, providers) if providers else None,
            pool=f"capacity.{providers[0].name}.min" if providers else "",
            balanced=_probe(group.health_check) if group else None,
            own=own,
            facing=service.name in facing,
            bound=False,
        )


def _pods(architecture: Architecture, said: Mapping[str, int]) -> Iterator[Running]:
    services = [item for item in architecture.workloads if isinstance(item, ServiceWorkload)]
    facing = _facing(architecture, {item.name for item in services if item.target_group is not None})
    groups = [group for group in architecture.of(NodeGroup) if group.address not in architecture.in_standby]
    for service in services:
        fitting = [
            group
            for group in groups
            if group.name == service.node_group or (service.node_group is None and not group.taints)
        ]
        subnets = tuple(ref for group in fitting for ref in group.subnets)
        health = service.health
        balanced = service.target_group is not None and health is not None
        tasks = max(service.autoscaling.min if service.autoscaling else service.replicas, 1)
        yield Running(
            name=service.name,
            tasks=tasks,
            needed=_needed(service.name, tasks, said),
            zones=service.pod.zones or _zones(architecture, subnets),
            host="nodes",
            hosts=sum(max(group.desired_size, group.min_size) for group in fitting),
            pool=f"kubernetes.nodes.{fitting[0].name}.desired" if fitting else "kubernetes.nodes",
            balanced=Probe(health.interval, health.timeout, health.unhealthy, health.healthy)
            if balanced and health
            else None,
            own=Probe(health.interval, health.timeout, health.retries, 1) if health else None,
            facing=service.name in facing,
            bound=any(volume.file_system is None for volume in service.volumes),
        )


def _needed(name: str, tasks: int, said: Mapping[str, int]) -> int:
    return min(said.get(name.replace("-", "_"), max(tasks - 1, 1)), tasks)


def _facing(architecture: Architecture, public: set[str]) -> set[str]:
    """The services that requests arrive at, and all that these need."""
    needed: dict[str, set[str]] = {}
    for need in architecture.needs:
        if need.family == "services" and need.required is not False:
            needed.setdefault(need.by, set()).add(need.name)
    found, open_ends = set(public), list(public)
    while open_ends:
        new = needed.get(open_ends.pop(), set()) - found
        found |= new
        open_ends += sorted(new)
    return found


def _probe(check: TargetHealthCheck) -> Probe:
    return Probe(check.interval, check.timeout, check.unhealthy_threshold, check.healthy_threshold)


def _zones(architecture: Architecture, subnets: tuple[Ref[Subnet], ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(architecture[ref].availability_zone for ref in subnets))


def _instances(architecture: Architecture, providers: list[EcsCapacityProvider]) -> int:
    groups: list[AutoScalingGroup] = [architecture[provider.auto_scaling_group] for provider in providers]
    return sum(max(group.min_size, 1) for group in groups)
