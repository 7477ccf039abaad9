"""What services, jobs and instances have to reach, and by which way they do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from weakref import WeakKeyDictionary

from groundplan.reachability.ends import Addresses, Service
from groundplan.reachability.network import INTERNET, Asked, Network, Spot, network_of
from groundplan.reachability.packets import PROTOCOLS
from groundplan.reachability.places import NFS, Place
from groundplan.reachability.walks import Walk, walk, whole
from groundplan.reachability.ways import from_spot
from groundplan.record import Record, dataclass
from groundplan.resources.architecture import STANDBY, Architecture
from groundplan.resources.containers import EcsService
from groundplan.resources.kubernetes import NodeGroup, PodIdentityAssociation
from groundplan.resources.network import ANYWHERE
from groundplan.resources.policies import PolicyDocument
from groundplan.resources.schedules import Schedule
from groundplan.resources.security import Role
from groundplan.resources.values import Ref
from groundplan.resources.workloads import ServiceWorkload

TCP, HTTPS = PROTOCOLS["tcp"], 443
KUBELET = 10250
SERVICES_OF = {
    "dynamodb": ("dynamodb",),
    "ecr": ("ecr.api", "ecr.dkr", "s3"),
    "logs": ("logs",),
    "s3": ("s3",),
    "secretsmanager": ("secretsmanager",),
    "sqs": ("sqs",),
    "ssm": ("ssm",),
    "ssmmessages": ("ssmmessages",),
    "xray": ("xray",),
}
"""The endpoints that calls of a service go to. Layers of images are in S3. Calls to KMS are the services' own: S3, SQS
and Secrets Manager make them.
Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html,
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html"""
OF_FAMILIES = {"buckets": "s3", "queues": "sqs"}
"""What is needed and stands in no network."""
OF_ECS_INSTANCES = ("ecs", "ecs-agent", "ecs-telemetry")
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html"""
OF_NODES = ("ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "s3")
"""Source: https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html"""


@dataclass(frozen=True, eq=False)
class Requirement(Record):
    """One thing that something has to reach, and how it does."""

    source: Place
    target: Place | Service | Addresses
    port: int
    why: str
    """What it is needed for, in words."""
    by_spot: tuple[tuple[Walk, ...], ...]
    """For each place where it begins the ways from there: all of them have to be open, and all that ends there."""

    @property
    def label(self) -> str:
        """The target as a message names it."""
        return self.target.address if isinstance(self.target, Place) else self.target.label

    @cached_property
    def failing(self) -> Walk | None:
        """A way that is not open, or not for all; None where all is well."""
        for walks in self.by_spot:
            by_end: dict[str, list[Walk]] = {}
            for found in walks:
                by_end.setdefault(found.path.ends.says, []).append(found)
            for ways in by_end.values():
                if not whole(ways):
                    blocked = [way for way in ways if not way.arrives]
                    return min(blocked or ways, key=lambda way: len(way.blocked_by))
        return None

    @property
    def ways(self) -> tuple[str, ...]:
        """By which ways it is reached: ``by nat_gateway.main[a]``."""
        return tuple(dict.fromkeys(found.path.way for walks in self.by_spot for found in walks if found.arrives))

    @property
    def problem(self) -> str:
        """Why it is not reached, or not always."""
        failing = self.failing
        if failing is None:
            return ""
        begins, ends = failing.path.legs[0].start.says, failing.path.way
        if failing.blocked_by:
            first, *others = failing.blocked_by
            more = f" (and {', '.join(dict.fromkeys(hop.resource for hop in others))} after it)" if others else ""
            return f"{begins}, {ends}: {first.resource} {first.says}{more}"
        return f"{begins}, {ends}: only from some addresses or client ports, or to some addresses"


class _Requirements:
    """Reads what an architecture's tasks, pods and instances have to reach."""

    def __init__(self, architecture: Architecture, network: Network) -> None:
        self._network = network
        self._roles: dict[Ref[Role], Role] = {role.ref: role for role in architecture.of(Role)}
        self._standby = architecture.in_standby
        self._pod_roles = {
            (item.service_account, item.address in self._standby): item.role
            for item in architecture.of(PodIdentityAssociation)
        }
        self._walks = network.terrain.walks

    def all(self) -> Iterator[Requirement]:
        yield from self._needs()
        yield from self._balanced()
        for place in self._network.places:
            if place.tasks is not None:
                yield from self._of_tasks(place)
            elif place.pod is not None:
                yield from self._of_pods(place)
            elif isinstance(place.resource, NodeGroup):
                for service in OF_NODES:
                    yield self._requirement(place, Service(service, f"{service} API"), HTTPS, "nodes of EKS")
            elif place.kind == "instances":
                for service in OF_ECS_INSTANCES:
                    yield self._requirement(place, Service(service, f"{service} API"), HTTPS, "the ECS agent")
            for control in self._control_planes(place):
                yield self._requirement(place, control, HTTPS, "the Kubernetes API")
                yield self._requirement(control, place, KUBELET, "logs and commands of pods")

    def _control_planes(self, place: Place) -> Iterator[Place]:
        if isinstance(place.resource, NodeGroup):
            for other in self._network.places:
                if other.resource is not None and other.resource.ref == place.resource.cluster:
                    yield other

    def _needs(self) -> Iterator[Requirement]:
        named: dict[str, list[Place]] = {}
        for place in self._network.places:
            named.setdefault(place.name, []).append(place)
        for need in self._network.needs:
            for place in named.get(need.by, ()):
                if not place.runs:
                    continue
                why = f"it needs {need.name}"
                if need.family in OF_FAMILIES:
                    label = f"{need.family.removesuffix('s')}.{need.name}"
                    yield self._requirement(place, Service(OF_FAMILIES[need.family], label), HTTPS, why)
                else:
                    for target in named.get(need.name, ()):
                        if target.kind == need.family.removesuffix("s") and target.port:
                            yield self._requirement(place, target, target.port, why)

    def _balanced(self) -> Iterator[Requirement]:
        """A load balancer reaches the targets of its target groups, whose health it asks on the same port."""
        for place in self._network.places:
            for balancer, port in dict.fromkeys((way[0], way[3]) for way in self._network.balanced(place)):
                yield self._requirement(balancer, place, port, "it sends requests there")

    def _of_tasks(self, place: Place) -> Iterator[Requirement]:
        """What ECS does for a task, with its execution role: on Fargate in the task's own network, on instances in
        theirs. What the task does itself, with its task role, always in its own.

        Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html
        """
        assert place.tasks is not None
        starts = [self._network.by_address[host] for host in place.hosts if host in self._network.by_address]
        if not starts or _on_fargate(place):
            starts.append(place)
        execution, own = self._services(place.tasks.execution_role), self._services(place.tasks.task_role)
        external = any(isinstance(item.image, str) and ".dkr.ecr." not in item.image for item in place.tasks.containers)
        for start in starts:
            for service in execution:
                why = f"starting {place.address}"
                yield self._requirement(start, Service(service, f"{service} API"), HTTPS, why)
            if external:
                yield self._requirement(start, Addresses(ANYWHERE), HTTPS, f"images of {place.address}")
        known = self._needed(place) | (set(execution) if place in starts else set())
        for service in own:
            if service not in known:
                yield self._requirement(place, Service(service, f"{service} API"), HTTPS, "its task role may call it")

    def _of_pods(self, place: Place) -> Iterator[Requirement]:
        assert place.pod is not None
        standby = any(host in self._standby for host in place.hosts)
        role = self._pod_roles.get((place.pod.name, standby))
        known = self._needed(place)
        for service in self._services(role) if role else ():
            if service not in known:
                yield self._requirement(place, Service(service, f"{service} API"), HTTPS, "its role may call it")
        mounted = place.pod.volumes if isinstance(place.pod, ServiceWorkload) else ()
        names = {f"{STANDBY if standby else ''}{item.file_system.name}" for item in mounted if item.file_system}
        for target in self._network.places:
            if target.kind == "files" and target.name in names:
                yield self._requirement(place, target, NFS, "it mounts a volume of it")

    def _needed(self, place: Place) -> set[str]:
        """The services of AWS that a place reaches for what it needs."""
        families = {need.family for need in self._network.needs if need.by == place.name}
        return {service for family, service in OF_FAMILIES.items() if family in families}

    def _services(self, role: Ref[Role]) -> tuple[str, ...]:
        """The endpoints of what a role may call: a right that cannot be used was given for nothing."""
        found = self._roles.get(role)
        documents: Iterable[PolicyDocument] = (policy.document for policy in found.inline_policies) if found else ()
        called = {
            action.partition(":")[0]
            for document in documents
            for statement in document.statements
            if statement.effect == "Allow"
            for action in statement.actions
        }
        services = (service for prefix in sorted(called) for service in SERVICES_OF.get(prefix, ()))
        return tuple(dict.fromkeys(services))

    def _requirement(self, source: Place, target: Place | Service | Addresses, port: int, why: str) -> Requirement:
        asked = Asked(TCP, (port, port))
        by_spot = []
        for spot in self._network.spots(source):
            # Pods share groups and subnets, services of AWS the way to the internet: what is true of one is of all.
            ends = _standing(target) if isinstance(target, Place) else _by_endpoint(spot, target)
            key = spot.segment, spot.groups, spot.public, ends, port
            found = self._walks.get(key)
            if found is None:
                found = self._walks[key] = tuple(walk(path) for path in from_spot(self._network, spot, target, asked))
            by_spot.append(found)
        return Requirement(source, target, port, why, tuple(by_spot))


def _standing(target: Place) -> object:
    """All that ways to a place depend on."""
    stations = tuple((station.segment, station.public) for station in target.stations)
    return target.address, target.groups, stations


def _by_endpoint(spot: Spot, target: Service | Addresses) -> str:
    """The service, where the subnet has an endpoint for it; else the internet."""
    endpoints = (*spot.segment.gateway_endpoints, *spot.segment.interface_endpoints)
    has_one = isinstance(target, Service) and any(item.service == target.name for item in endpoints)
    return target.label if not isinstance(target, Service) else target.name if has_one else INTERNET


def _on_fargate(place: Place) -> bool:
    owner = place.resource
    if not isinstance(owner, EcsService | Schedule):
        return False
    return not owner.capacity_providers or any(isinstance(it.capacity_provider, str) for it in owner.capacity_providers)


_known: WeakKeyDictionary[Network, tuple[Requirement, ...]] = WeakKeyDictionary()


def requirements(architecture: Architecture) -> tuple[Requirement, ...]:
    """Everything that services, jobs and instances have to reach: what ``needs:`` names, and the services of AWS that
    they are started with, write logs to, or have rights to."""
    network = network_of(architecture)
    if network not in _known:
        _known[network] = tuple(_Requirements(architecture, network).all())
    return _known[network]
