"""GP-VAL-014."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.base import Resource
from groundplan.resources.containers import TaskDefinition
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance
from groundplan.resources.edge import Listener, TargetGroup
from groundplan.resources.network import NetworkAcl, NetworkAclRule, SecurityGroupRule

LAST = 65_535
FIRST_OF_RDS = 1150


class PortRanges(Rule):
    id = "GP-VAL-014"
    title = "Ports lie between 1 and 65535, and a range starts below its end"
    severity = "error"
    why = "AWS refuses a port that does not exist; RDS takes none below 1150."
    fix = Fix(
        blueprint="Set port: of the service, database or cache to a port that exists.",
        terraform="port, from_port, to_port, container_port",
        cloudformation="Port, FromPort, ToPort, ContainerPort",
    )
    source = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for resource, what, port, first in _ports(architecture):
            if not first <= port <= LAST:
                yield self.violation(resource, f"has {what} {port}; {first} to {LAST} is right")
        for rule in architecture.of(SecurityGroupRule):
            problem = _range_problem(rule)
            if problem:
                yield self.violation(rule, problem)
        for acl in architecture.of(NetworkAcl):
            for entry in acl.rules:
                problem = _range_problem(entry)
                if problem:
                    yield self.violation(acl, f"entry {entry.number} ({entry.direction}) {problem}")


def _ports(architecture: Architecture) -> Iterator[tuple[Resource, str, int, int]]:
    """Every single port: its resource, what it is called, the port, and the lowest that is allowed."""
    for listener in architecture.of(Listener):
        yield listener, "port", listener.port, 1
    for group in architecture.of(TargetGroup):
        yield group, "port", group.port, 1
    for cache in architecture.of(CacheReplicationGroup):
        yield cache, "port", cache.port, 1
    for database in architecture.of(DatabaseInstance):
        if database.port is not None:
            yield database, "port", database.port, FIRST_OF_RDS
    for task in architecture.of(TaskDefinition):
        for container in task.containers:
            if container.port is not None:
                yield task, f"container {container.name} with port", container.port, 1


def _range_problem(rule: SecurityGroupRule | NetworkAclRule) -> str | None:
    first, last = rule.from_port, rule.to_port
    if rule.protocol in ("all", "icmp"):
        # Groundplan's rules for ICMP let every type through, which takes no ports.
        return f"has ports {first} to {last} with protocol {rule.protocol}, which has none" if first or last else None
    if first is None or last is None:
        return f"has protocol {rule.protocol} without from_port and to_port; both are needed"
    if not 0 <= first <= last <= LAST:
        return f"has ports {first} to {last}; a range within 0 to {LAST} that starts below its end is right"
    return None
