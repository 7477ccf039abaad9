"""Connections to databases: how many each takes, and who opens how many."""

from __future__ import annotations

import re
from dataclasses import dataclass

from groundplan.catalog import instances
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import Container, EcsService
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.network import SecurityGroup, SecurityGroupRule
from groundplan.resources.scaling import ScalableTarget
from groundplan.resources.values import Ref
from groundplan.resources.workloads import Pod, ServiceWorkload

POOL = 10
"""Connections of one task where it does not say so itself: what node-postgres and HikariCP open unless told otherwise.
Sources: https://node-postgres.com/apis/pool and https://github.com/brettwooldridge/HikariCP"""
POOL_SIZE = re.compile(r"(^|_)(POOL_?(MAX|SIZE)?|MAX_?POOL_?SIZE|CONNECTION_?LIMIT|MAX_?CONNECTIONS)$", re.I)
"""Environment variables that say it, like ``DB_POOL_SIZE``."""
RESERVED = 3
"""Connections that PostgreSQL keeps for administrators (superuser_reserved_connections)."""
MYSQL_BYTES = 12_582_880
"""RDS gives MySQL a connection for so many bytes of memory: ``{DBInstanceClassMemory/12582880}``."""


@dataclass(frozen=True)
class Client:
    """Who opens connections, how many of it run at the peak, and how many each of them opens."""

    service: str
    """Its name as a resource has it: with underscores."""
    name: str
    """As reports call it."""
    tasks: int
    pool: int

    def __str__(self) -> str:
        return f"{self.tasks} of {self.name} with {self.pool} each"


def connection_limit(architecture: Architecture, database: DatabaseInstance) -> int | None:
    """What is left for applications of ``max_connections``: of the parameter group, or the default of the class.

    None where the class's memory is not known. Source:
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.MaxConnections
    """
    group = architecture[database.parameter_group] if database.parameter_group else None
    written = group.parameters.get("max_connections", "") if group else ""
    if written.isdigit():
        return int(written) - RESERVED
    instance = instances.find(database.instance_class)
    if instance is None or instance.memory_gib is None:
        return None
    if database.engine == "mysql":
        return int(instance.memory_gib * 1024**3 // MYSQL_BYTES)
    most = instance.max_connections()
    return None if most is None else most - RESERVED


def clients(architecture: Architecture) -> dict[Ref[DatabaseInstance], list[Client]]:
    """Who may connect to each database that is no replica: services whose security group it lets in, and pods that
    need it; in the order of their names."""
    peak = {target.service: target.max_capacity for target in architecture.of(ScalableTarget)}
    of_group: dict[Ref[SecurityGroup], list[Client]] = {}
    for service in architecture.of(EcsService):
        task = architecture[service.task_definition]
        most = peak.get(service.ref, service.desired_count)
        client = Client(service.name, service.address, most, pool(task.containers[0]))
        for group in service.security_groups:
            of_group.setdefault(group, []).append(client)
    let_in: dict[Ref[SecurityGroup], list[Client]] = {}
    for rule in architecture.of(SecurityGroupRule):
        if rule.direction == "ingress" and isinstance(rule.peer, Ref):
            let_in.setdefault(rule.security_group, []).extend(of_group.get(rule.peer, ()))
    found: dict[Ref[DatabaseInstance], list[Client]] = {}
    for database in architecture.of(DatabaseInstance):
        if database.source is not None:
            continue
        named = {client.name: client for group in database.security_groups for client in let_in.get(group, ())}
        for workload in architecture.workloads:
            if isinstance(workload, ServiceWorkload) and any(peer.name == database.name for peer in workload.pod.needs):
                most = workload.autoscaling.max if workload.autoscaling else workload.replicas
                named[workload.name] = Client(workload.name, f"the pods {workload.name}", most, pool(workload.pod))
        found[database.ref] = [named[name] for name in sorted(named)]
    return found


def said_pool(container: Container | Pod) -> int | None:
    """What an environment variable says how many connections a task opens; None where none says it."""
    for name, value in container.environment.items():
        if isinstance(value, str) and value.isdigit() and POOL_SIZE.search(name):
            return int(value)
    return None


def pool(container: Container | Pod) -> int:
    """How many connections a task opens."""
    said = said_pool(container)
    return POOL if said is None else said
