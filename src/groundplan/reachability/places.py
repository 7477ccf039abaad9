"""What stands in the network: everything with addresses of its own in subnets, and what the blueprint calls it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field
from typing import Literal

from groundplan.reachability.segments import Segment
from groundplan.record import Record, dataclass
from groundplan.resources.architecture import STANDBY, Architecture
from groundplan.resources.base import Resource
from groundplan.resources.compute import AutoScalingGroup
from groundplan.resources.containers import EcsService, TaskDefinition
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance
from groundplan.resources.edge import LoadBalancer, TargetGroup
from groundplan.resources.files import FileSystem, MountTarget
from groundplan.resources.kubernetes import KubernetesCluster, NodeGroup
from groundplan.resources.network import SecurityGroup, Subnet, VpcEndpoint
from groundplan.resources.schedules import Schedule
from groundplan.resources.values import Ref
from groundplan.resources.workloads import ServiceWorkload, Workload

Kind = Literal[
    "load balancer", "service", "job", "database", "cache", "files", "instances", "control plane", "endpoint"
]
NFS = 2049
PORTS = {"postgres": 5432, "mysql": 3306, "mariadb": 3306}
"""Ports of engines where an instance says none.
Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html"""


@dataclass(frozen=True, eq=False)
class Station(Record):
    """One subnet that a place has addresses in."""

    segment: Segment
    public: bool
    """Whether its network interfaces have public addresses as well."""


@dataclass(frozen=True, eq=False)
class Forwarded(Record):
    """A target group's way in: the port that its targets answer on."""

    group: Ref[TargetGroup]
    port: int


@dataclass(frozen=True, eq=False)
class Place(Record):
    """Something with network interfaces in subnets of a VPC."""

    name: str
    """What it is called: the resource's name, which the blueprint gave."""
    address: str
    """The resource: ``ecs_service.api``; of pods ``pod.api``, which is no resource of AWS."""
    kind: Kind
    groups: tuple[Ref[SecurityGroup], ...]
    """Empty: the VPC's default group."""
    stations: tuple[Station, ...]
    port: int | None = None
    """What it listens on, where that is known."""
    forwarded: tuple[Forwarded, ...] = ()
    """Where a load balancer's requests reach it."""
    resource: Resource | None = None
    tasks: TaskDefinition | None = None
    pod: Workload | None = None
    hosts: tuple[str, ...] = field(default=())
    """Addresses of the places that it runs on: instances or node groups. Empty on Fargate."""

    @property
    def subject(self) -> str:
        """The resource that findings about it name: of pods what they run on."""
        if self.resource is not None:
            return self.resource.address
        return self.hosts[0] if self.hosts else self.address

    @property
    def runs(self) -> bool:
        """Whether the blueprint's own software runs there: it begins connections of its own."""
        return self.kind in ("service", "job")


class _Finder:
    """Reads the places of one architecture."""

    def __init__(self, architecture: Architecture, segments: dict[Ref[Subnet], Segment]) -> None:
        self._architecture, self._segments = architecture, segments

    def stations(self, subnets: Iterable[Ref[Subnet]], *, public: bool = False) -> tuple[Station, ...]:
        return tuple(Station(self._segments[ref], public) for ref in subnets if ref in self._segments)

    def databases(self) -> Iterator[Place]:
        for database in self._architecture.of(DatabaseInstance):
            origin, subnets = database, database.subnet_group
            while origin.source and (subnets is None or origin.port is None):
                origin = self._architecture[origin.source]
                subnets = subnets or origin.subnet_group
            port = database.port or origin.port or PORTS.get((origin.engine or "").partition("-")[0])
            refs = self._architecture[subnets].subnets if subnets else ()
            yield Place(
                database.name, database.address, "database", database.security_groups,
                self.stations(refs, public=database.publicly_accessible), port,
                resource=database,
            )  # fmt: skip

    def caches(self) -> Iterator[Place]:
        for cache in self._architecture.of(CacheReplicationGroup):
            stations = self.stations(self._architecture[cache.subnet_group].subnets)
            yield Place(cache.name, cache.address, "cache", cache.security_groups, stations, cache.port, resource=cache)

    def files(self) -> Iterator[Place]:
        targets: dict[Ref[FileSystem], list[MountTarget]] = {}
        for target in self._architecture.of(MountTarget):
            targets.setdefault(target.file_system, []).append(target)
        for ref, found in targets.items():
            groups = tuple(dict.fromkeys(group for target in found for group in target.security_groups))
            stations = self.stations(target.subnet for target in found)
            yield Place(ref.name, ref.address, "files", groups, stations, NFS, resource=self._architecture[ref])

    def balancers(self) -> Iterator[Place]:
        for balancer in self._architecture.of(LoadBalancer):
            yield Place(
                balancer.name, balancer.address, "load balancer", balancer.security_groups,
                self.stations(balancer.subnets, public=balancer.scheme == "internet-facing"), resource=balancer,
            )  # fmt: skip

    def tasks(self) -> Iterator[Place]:
        for service in self._architecture.of(EcsService):
            definition = self._architecture[service.task_definition]
            ports = [container.port for container in definition.containers if container.port]
            forwarded: list[Forwarded] = []
            for entry in service.load_balancers:
                groups = [entry.target_group, *([entry.shift.alternate_target_group] if entry.shift else ())]
                forwarded += [Forwarded(group, entry.container_port) for group in groups]
            yield Place(
                service.name, service.address, "service", service.security_groups,
                self.stations(service.subnets, public=service.assign_public_ip), ports[0] if ports else None,
                tuple(forwarded), service, definition, hosts=self._capacity(service),
            )  # fmt: skip
        for schedule in self._architecture.of(Schedule):
            definition = self._architecture[schedule.task_definition]
            yield Place(
                schedule.name, schedule.address, "job", schedule.security_groups,
                self.stations(schedule.subnets, public=schedule.assign_public_ip), resource=schedule, tasks=definition,
                hosts=self._capacity(schedule),
            )  # fmt: skip

    def _capacity(self, owner: EcsService | Schedule) -> tuple[str, ...]:
        providers = [share.capacity_provider for share in owner.capacity_providers]
        return tuple(
            self._architecture[provider].auto_scaling_group.address
            for provider in providers
            if isinstance(provider, Ref)
        )

    def instances(self) -> Iterator[Place]:
        for group in self._architecture.of(AutoScalingGroup):
            template = self._architecture[group.launch_template]
            yield Place(
                group.name, group.address, "instances", template.security_groups, self._on_launch(group.subnets),
                resource=group,
            )  # fmt: skip
        for nodes in self._architecture.of(NodeGroup):
            start = self._architecture[nodes.launch_template]
            yield Place(
                nodes.name, nodes.address, "instances", start.security_groups, self._on_launch(nodes.subnets),
                resource=nodes,
            )  # fmt: skip

    def _on_launch(self, subnets: Iterable[Ref[Subnet]]) -> tuple[Station, ...]:
        """An instance has a public address where its subnet gives one to each."""
        return tuple(
            Station(self._segments[ref], self._segments[ref].subnet.map_public_ip_on_launch)
            for ref in subnets
            if ref in self._segments
        )

    def clusters(self) -> Iterator[Place]:
        """Network interfaces of control planes. The public endpoint of a cluster stands in AWS's own network."""
        for cluster in self._architecture.of(KubernetesCluster):
            yield Place(
                cluster.name.replace("main", "kubernetes"), cluster.address,
                "control plane", cluster.security_groups, self.stations(cluster.subnets), 443, resource=cluster,
            )  # fmt: skip

    def endpoints(self) -> Iterator[Place]:
        for endpoint in self._architecture.of(VpcEndpoint):
            if endpoint.vpc_endpoint_type == "Interface":
                yield Place(
                    endpoint.name, endpoint.address, "endpoint", endpoint.security_groups,
                    self.stations(endpoint.subnets), 443, resource=endpoint,
                )  # fmt: skip

    def pods(self) -> Iterator[Place]:
        """Pods take addresses of their nodes' subnets, and their nodes' security groups."""
        standby = self._architecture.standby
        yield from self._pods(self._architecture.workloads, "")
        yield from self._pods(standby.workloads if standby else (), STANDBY)

    def _pods(self, workloads: Sequence[Workload], prefix: str) -> Iterator[Place]:
        theirs = self._architecture.in_standby if workloads else frozenset[str]()
        nodes = [group for group in self._architecture.of(NodeGroup) if (group.address in theirs) == bool(prefix)]
        for workload in workloads:
            wanted = workload.node_group if isinstance(workload, ServiceWorkload) else None
            own = [
                group
                for group in nodes
                if (group.name == f"{prefix}{wanted}".replace("-", "_") if wanted else not group.taints)
            ]
            subnets = dict.fromkeys(subnet for group in own for subnet in group.subnets)
            zones = workload.pod.zones
            groups = dict.fromkeys(
                item for group in own for item in self._architecture[group.launch_template].security_groups
            )
            is_service = isinstance(workload, ServiceWorkload)
            name = f"{prefix}{workload.name}".replace("-", "_")
            yield Place(
                name, f"pod.{name}", "service" if is_service else "job", tuple(groups),
                tuple(
                    station
                    for station in self._on_launch(subnets)
                    if not zones or station.segment.subnet.availability_zone in zones
                ),
                workload.port if isinstance(workload, ServiceWorkload) else None,
                tuple(self._targets(workload, prefix)), pod=workload, hosts=tuple(group.address for group in own),
            )  # fmt: skip

    def _targets(self, workload: Workload, prefix: str) -> Iterator[Forwarded]:
        if isinstance(workload, ServiceWorkload) and workload.port:
            groups = [workload.target_group, workload.shift.green_target_group if workload.shift else None]
            for group in groups:
                if group is not None:
                    yield Forwarded(Ref(TargetGroup, f"{prefix}{group.name}", group.key), workload.port)


def places_of(architecture: Architecture, segments: dict[Ref[Subnet], Segment]) -> tuple[Place, ...]:
    """Everything that stands in the network of an architecture, in a fixed order."""
    finder = _Finder(architecture, segments)
    return (
        *finder.balancers(),
        *finder.tasks(),
        *finder.pods(),
        *finder.databases(),
        *finder.caches(),
        *finder.files(),
        *finder.instances(),
        *finder.clusters(),
        *finder.endpoints(),
    )
