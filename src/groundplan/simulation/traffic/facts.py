"""What traffic meets: the tasks of a service, what a request costs them, and how they scale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from math import ceil
from typing import Literal

from groundplan.blueprint.loading import LoadedEnvironment
from groundplan.blueprint.services import Service
from groundplan.blueprint.traffic import Load
from groundplan.catalog import autoscaling, prices, recovery
from groundplan.errors import InputError, Problem, suggestion
from groundplan.resources.architecture import Architecture
from groundplan.resources.connections import clients, connection_limit, said_pool
from groundplan.resources.containers import TaskDefinition
from groundplan.resources.edge import LoadBalancer
from groundplan.simulation.traffic.queueing import Station, Task
from groundplan.simulation.traffic.tables import read_measured

Platform = Literal["fargate", "instances", "pods"]
Metric = Literal["cpu", "memory", "requests"]
IDLE_TIMEOUT = 60
"""Seconds after which a load balancer gives up an answer unless it says so itself.
Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a request costs: milliseconds of one vCPU, and milliseconds that it waits for others."""

    cpu_ms: float
    wait_ms: float


@dataclass(frozen=True, slots=True)
class Connections:
    """What a service may open at a database."""

    database: str
    pool: int
    """By each task."""
    left: int | None
    """By all tasks together, when all others have opened theirs. None: nobody knows the database's limit."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A service under load."""

    name: str
    platform: Platform
    least: int
    most: int
    """Tasks between which scaling moves; equal where it does not scale."""
    desired: int
    cpu_units: int
    memory_mib: int
    cost: Cost
    extent: tuple[Cost, Cost] | None
    """The cheapest and the dearest request where the cost is assumed; None: it was measured or written."""
    deviation: float
    slots: int | None
    connections: Connections | None
    memory_percent: float | None
    """Memory that a task uses; None: not known."""
    targets: Mapping[Metric, float]
    """What scaling holds: percents, and requests per minute and task."""
    steps: bool
    """Whether it scales by steps of one task instead of target tracking."""
    cooldown_in: int
    cooldown_out: int
    start_seconds: int
    """From the start of a task until it gets requests."""
    timeout: int
    """Seconds after which the load balancer gives up."""
    hourly: Decimal | None
    """USD for an hour of a task; None: not priced by task, or not known."""
    visits: float
    """Requests for each of the traffic's."""
    assumptions: tuple[str, ...]

    @property
    def vcpu(self) -> float:
        """The share of a task, in whole vCPUs."""
        return self.cpu_units / 1024

    def task(self, tasks: int) -> Task:
        """One of so many tasks, as requests see it: the connections of the database are divided between them."""
        whole = max(1, ceil(self.vcpu))
        cpu = Station(whole, self.cost.cpu_ms / 1000 * whole / self.vcpu, self.deviation)
        servers, wait = None, self.cost.wait_ms / 1000
        if self.connections:
            servers = self.connections.pool
            if self.connections.left is not None:
                servers = max(1, min(servers, self.connections.left // max(tasks, 1)))
                # More tasks than connections: they take turns.
                wait *= max(1.0, tasks / max(self.connections.left, 1e-3))
        return Task(cpu, Station(servers, wait, self.deviation), self.slots)

    def tasks_for(self, rate: float) -> int:
        """How many tasks scaling holds at a steady rate of requests per second; never more than the most."""
        wishes = [self.desired] if not self.targets else [self.least]
        for metric, target in self.targets.items():
            if metric == "cpu":
                wishes.append(ceil(rate * self.cost.cpu_ms / 1000 / self.vcpu / (target / 100) - 1e-9))
            elif metric == "requests":
                wishes.append(ceil(rate * 60 / target - 1e-9))
        return min(max(wishes), self.most)

    def at(self, cost: Cost) -> Subject:
        """The same, where a request costs something else."""
        return replace(self, cost=cost)


def subjects(loaded: LoadedEnvironment, architecture: Architecture) -> tuple[Subject, ...]:
    """Every service that requests reach, public ones first, each in the blueprint's order.

    Raises InputError where a measurement cannot be read.
    """
    found = [
        subject(loaded, architecture, name)
        for name, service in loaded.blueprint.services.items()
        if service.port is not None and visits(service) > 0
    ]
    return tuple(sorted(found, key=lambda each: loaded.blueprint.services[each.name].public is None))


def visits(service: Service) -> float:
    """Requests to a service for each of the traffic's."""
    if service.load is not None and service.load.visits is not None:
        return service.load.visits
    return 1.0 if service.public else 0.0


def subject(loaded: LoadedEnvironment, architecture: Architecture, name: str) -> Subject:
    """One service under load. Raises InputError where there is none of that name or its measurement cannot be read."""
    services = loaded.blueprint.services
    if name not in services:
        raise InputError(f"{loaded.name} has no service {name}{suggestion(name, services)}")
    service = services[name]
    load, assumed = service.load or Load(), list[str]()
    cost, extent = _cost(loaded, name, service, load, assumed)
    scaling = service.scaling
    fixed = scaling is None
    targets = _targets(loaded, service)
    if load.memory is None and "memory" in targets:
        assumed.append(
            f"{name}: memory stays below what scaling holds, because nobody said how much a task uses; "
            f"better: services.{name}.load: {{memory: ...}}"
        )
    if service.tracing and loaded.blueprint.platform == "ecs":
        assumed.append(f"{name}: what the collector of traces leaves idle of its 128 CPU units serves requests")
    platform = _platform(loaded, service)
    if platform == "pods":
        assumed.append(f"{name}: a pod gets the CPU that it requests, and nothing of what its node has to spare")
    hourly = _hourly(loaded, architecture, name, service) if platform == "fargate" else None
    return Subject(
        name=name,
        platform=platform,
        least=service.tasks.desired if fixed else service.tasks.min,
        most=service.tasks.desired if fixed else service.tasks.max,
        desired=service.tasks.desired,
        cpu_units=service.size.cpu,
        memory_mib=service.size.memory,
        cost=cost,
        extent=extent,
        deviation=load.deviation,
        slots=load.concurrency,
        connections=_connections(architecture, service, name, load, assumed),
        memory_percent=load.memory.mib / service.size.memory * 100 if load.memory else None,
        targets=targets,
        steps=scaling is not None and scaling.method == "step",
        cooldown_in=scaling.cooldown_in.seconds if scaling else 0,
        cooldown_out=scaling.cooldown_out.seconds if scaling else 0,
        start_seconds=_start_seconds(loaded, name, service, assumed),
        timeout=max((balancer.idle_timeout for balancer in architecture.of(LoadBalancer)), default=IDLE_TIMEOUT),
        hourly=hourly,
        visits=visits(service),
        assumptions=tuple(assumed),
    )


def _cost(
    loaded: LoadedEnvironment, name: str, service: Service, load: Load, assumed: list[str]
) -> tuple[Cost, tuple[Cost, Cost] | None]:
    if load.file is not None:
        file = loaded.source_file.parent / load.file
        if not file.is_file():
            path = ("services", name, "load", "file")
            node = loaded.tree.find(path)
            place = node.position if node else None
            raise InputError([Problem(f"there is no file {load.file} beside the blueprint", place, ".".join(path))])
        measured = read_measured(file, service.size.cpu / 1024)
        return Cost(measured.cpu_ms, measured.wait_ms), None
    known = autoscaling.assumptions()
    cpu, wait = known["cpu_ms"], known["wait_ms"]
    for written, taken in ((load.cpu_ms, cpu), (load.wait_ms, wait)):
        if written is None:
            assumed.append(f"{name}: {taken}".replace("<name>", name))
    cost = Cost(_or(load.cpu_ms, cpu.value), _or(load.wait_ms, wait.value))
    if load.cpu_ms is not None and load.wait_ms is not None:
        return cost, None
    low = Cost(_or(load.cpu_ms, cpu.low), _or(load.wait_ms, wait.low))
    return cost, (low, Cost(_or(load.cpu_ms, cpu.high), _or(load.wait_ms, wait.high)))


def _or(written: float | None, other: float) -> float:
    return other if written is None else written


def _targets(loaded: LoadedEnvironment, service: Service) -> dict[Metric, float]:
    scaling = service.scaling
    if scaling is None:
        return {}
    found: dict[Metric, float] = {}
    if scaling.cpu:
        found["cpu"] = float(scaling.cpu.percent)
    if scaling.memory:
        found["memory"] = float(scaling.memory.percent)
    if scaling.requests and service.public and loaded.blueprint.platform == "ecs":
        found["requests"] = float(scaling.requests)
    return found


def _platform(loaded: LoadedEnvironment, service: Service) -> Platform:
    if loaded.blueprint.platform == "eks":
        return "pods"
    return "fargate" if all(name.startswith("fargate") for name in service.capacity) else "instances"


def _start_seconds(loaded: LoadedEnvironment, name: str, service: Service, assumed: list[str]) -> int:
    """A task starts, and gets requests once it has passed a health check, which comes within an interval."""
    measured = loaded.blueprint.objectives.measured.get("task_start")
    if measured is None:
        taken = recovery.time("task_start")
        seconds = taken.expected
        if service.scaling is not None:
            extent = f"{taken.expected} ({taken.low} to {taken.high}) s, because {taken.assumed}"
            assumed.append(f"{name}: {taken.title}: {extent}; better: objectives.measured.task_start")
    else:
        seconds = measured.seconds
    return seconds + int(autoscaling.value("first_checks")) * service.health.interval.seconds


def _connections(
    architecture: Architecture, service: Service, name: str, load: Load, assumed: list[str]
) -> Connections | None:
    """The database with the fewest connections left, of those that the service needs."""
    ident, found = name.replace("-", "_"), list[Connections]()
    of_each = clients(architecture)
    needed = {need.name.replace("-", "_") for need in service.needs}
    for ref, users in of_each.items():
        database = architecture[ref]
        own = [user for user in users if user.service.replace("-", "_") == ident]
        if database.name not in needed or not own:
            continue
        limit = connection_limit(architecture, database)
        others = sum(user.tasks * user.pool for user in users if user not in own)
        left = None if limit is None else max(0, limit - others)
        found.append(Connections(database.name, load.connections or own[0].pool, left))
    if not found:
        return None
    if load.connections is None and _said(architecture, ident) is None:
        taken = autoscaling.assumptions()["connections"]
        assumed.append(f"{name}: {taken}".replace("<name>", name))
    return min(found, key=lambda each: float("inf") if each.left is None else each.left)


def _said(architecture: Architecture, ident: str) -> int | None:
    for task in architecture.of(TaskDefinition):
        if task.name == ident:
            return said_pool(task.containers[0])
    for workload in architecture.workloads:
        if workload.name.replace("-", "_") == ident:
            return said_pool(workload.pod)
    return None


def _hourly(loaded: LoadedEnvironment, architecture: Architecture, name: str, service: Service) -> Decimal | None:
    """vCPU and memory by the hour; of a mix with Spot by the weights.

    Source: https://aws.amazon.com/fargate/pricing/
    """
    sku = "fargate.arm" if service.architecture == "arm64" else "fargate"
    cpu, memory, discount = (
        prices.price(key, architecture.region)
        for key in (f"{sku}.vcpu_hour", f"{sku}.gb_hour", "fargate.spot_discount_pct")
    )
    if cpu is None or memory is None:
        return None
    hour = cpu.usd * service.size.cpu / 1024 + memory.usd * service.size.memory / 1024
    weights = {key: share.weight for key, share in service.capacity.items()}
    spot = Decimal(weights.get("fargate-spot", 0)) / max(sum(weights.values()), 1)
    if spot and (discount is None or sku == "fargate.arm"):
        return None
    return hour * (1 - spot * discount.usd / 100) if spot and discount else hour
