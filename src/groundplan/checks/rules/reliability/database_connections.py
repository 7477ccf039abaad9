"""GP-REL-060."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from groundplan.catalog import instances
from groundplan.checks.facts import primaries
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.checks.wording import listed
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

    name: str
    tasks: int
    pool: int

    def __str__(self) -> str:
        return f"{self.tasks} of {self.name} with {self.pool} each"


class DatabaseConnections(Rule):
    id = "GP-REL-060"
    title = "The connections of all tasks at their peak are no more than the database takes"
    severity = "warning"
    why = (
        "At the peak, when it matters most, new tasks get no connection (too many clients already) and fail "
        "their health checks."
    )
    fix = Fix(
        blueprint=(
            "Raise databases.<name>.class, lower services.<name>.tasks.max, or set a smaller pool by an "
            "environment variable like DB_POOL_SIZE."
        ),
        terraform="aws_db_instance: instance_class; aws_appautoscaling_target: max_capacity",
        cloudformation=(
            "AWS::RDS::DBInstance: DBInstanceClass; AWS::ApplicationAutoScaling::ScalableTarget: MaxCapacity"
        ),
    )
    source = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.MaxConnections"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        users = _users(architecture)
        for database in primaries(architecture):
            limit = _limit(architecture, database)
            counted = users.get(database.ref, [])
            total = sum(item.tasks * item.pool for item in counted)
            if limit is not None and total > limit:
                yield self.violation(
                    database,
                    f"takes {limit} connections, and {listed(counted)} open {total} at their peak; "
                    "a larger class, fewer tasks or "
                    "a smaller pool is right",
                )


def _limit(architecture: Architecture, database: DatabaseInstance) -> int | None:
    """What is left for applications of ``max_connections``: of the parameter group, or the default of the class."""
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


def _users(architecture: Architecture) -> dict[Ref[DatabaseInstance], list[Client]]:
    """Who may connect to each database: services whose security group it lets in, and pods that need it."""
    peak = {target.service: target.max_capacity for target in architecture.of(ScalableTarget)}
    of_group: dict[Ref[SecurityGroup], list[Client]] = {}
    for service in architecture.of(EcsService):
        task = architecture[service.task_definition]
        client = Client(service.address, peak.get(service.ref, service.desired_count), _pool(task.containers[0]))
        for group in service.security_groups:
            of_group.setdefault(group, []).append(client)
    let_in: dict[Ref[SecurityGroup], list[Client]] = {}
    for rule in architecture.of(SecurityGroupRule):
        if rule.direction == "ingress" and isinstance(rule.peer, Ref):
            let_in.setdefault(rule.security_group, []).extend(of_group.get(rule.peer, ()))
    found: dict[Ref[DatabaseInstance], list[Client]] = {}
    for database in primaries(architecture):
        clients = {client.name: client for group in database.security_groups for client in let_in.get(group, ())}
        for workload in architecture.workloads:
            if isinstance(workload, ServiceWorkload) and any(peer.name == database.name for peer in workload.pod.needs):
                most = workload.autoscaling.max if workload.autoscaling else workload.replicas
                clients[workload.name] = Client(f"the pods {workload.name}", most, _pool(workload.pod))
        found[database.ref] = [clients[name] for name in sorted(clients)]
    return found


def _pool(container: Container | Pod) -> int:
    for name, value in container.environment.items():
        if isinstance(value, str) and value.isdigit() and POOL_SIZE.search(name):
            return int(value)
    return POOL
