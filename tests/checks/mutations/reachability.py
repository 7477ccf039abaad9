"""Faults in the network: what is opened, and what is shut."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network

from tests.checks.mutations.mutation import Mutation, added, plant, remove
from tests.checks.planting import with_fields

from groundplan.resources import Architecture, Resource
from groundplan.resources.containers import EcsService
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance
from groundplan.resources.edge import LoadBalancer
from groundplan.resources.network import ANYWHERE, SecurityGroup, SecurityGroupRule
from groundplan.resources.values import Ref

SOMEWHERE, ELSEWHERE = IPv4Network("203.0.113.0/24"), IPv4Network("192.168.50.0/24")


def let_in(name: str, group: Ref[SecurityGroup], peer: IPv4Network) -> SecurityGroupRule:
    """One more thing that a group lets in."""
    return SecurityGroupRule(
        name=name,
        concern="network",
        security_group=group,
        direction="ingress",
        protocol="tcp",
        from_port=9000,
        to_port=9000,
        peer=peer,
        description="Planted",
    )


def open_to_somewhere(_: Architecture, service: EcsService) -> Resource:
    return let_in("planted", service.security_groups[0], SOMEWHERE)


def in_public(architecture: Architecture, service: EcsService) -> Architecture | None:
    """A service of private subnets that stands on the internet and lets a part of it in."""
    if service.assign_public_ip:
        return architecture.with_resources((*architecture.resources, open_to_somewhere(architecture, service)))
    balancer = next(iter(architecture.of(LoadBalancer)), None)
    if balancer is None or service.launch_type != "FARGATE":
        return None
    moved = with_fields(service, {"assign_public_ip": True, "subnets": balancer.subnets})
    changed = [moved if item.ref == service.ref else item for item in architecture.resources]
    return architecture.with_resources((*changed, open_to_somewhere(architecture, service)))


def needless(architecture: Architecture, database: DatabaseInstance) -> Architecture | None:
    """A database that nobody says to need, and that is open all the same."""
    left = tuple(need for need in architecture.needs if (need.family, need.name) != ("databases", database.name))
    return replace(architecture, needs=left) if left != architecture.needs else None


def from_elsewhere(_: Architecture, balancer: LoadBalancer) -> Resource:
    return let_in("planted", balancer.security_groups[0], ELSEWHERE)


def lets_to_the_data(architecture: Architecture, rule: SecurityGroupRule) -> bool:
    stores: tuple[DatabaseInstance | CacheReplicationGroup, ...] = (
        *architecture.of(DatabaseInstance),
        *architecture.of(CacheReplicationGroup),
    )
    groups = {group for store in stores for group in store.security_groups}
    return rule.direction == "ingress" and rule.security_group in groups


def lets_tasks_out(architecture: Architecture, rule: SecurityGroupRule) -> bool:
    groups = {group for service in architecture.of(EcsService) for group in service.security_groups}
    return rule.direction == "egress" and rule.security_group in groups and rule.peer == ANYWHERE


def lets_requests_in(architecture: Architecture, rule: SecurityGroupRule) -> bool:
    groups = {group for balancer in architecture.of(LoadBalancer) for group in balancer.security_groups}
    return rule.direction == "ingress" and rule.security_group in groups


MUTATIONS: tuple[Mutation, ...] = (
    plant(
        "GP-SEC-090",
        EcsService,
        in_public,
        also={
            "GP-SEC-016": "a task with a public address is what it is about",
            "GP-REL-090": "network ACLs let the private subnets to the data, and no others",
        },
    ),
    plant("GP-SEC-091", DatabaseInstance, needless),
    added("GP-SEC-092", LoadBalancer, from_elsewhere),
    remove("GP-REL-090", SecurityGroupRule, where=lets_to_the_data),
    remove("GP-REL-091", SecurityGroupRule, where=lets_tasks_out),
    remove("GP-REL-092", SecurityGroupRule, where=lets_requests_in),
)
