"""What several rules ask of an architecture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from groundplan.resources.architecture import Architecture
from groundplan.resources.base import Resource
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.edge import LoadBalancer
from groundplan.resources.messaging import Queue
from groundplan.resources.network import Route, RouteTableAssociation, Subnet
from groundplan.resources.policies import Statement
from groundplan.resources.schedules import ApiSchedule, Schedule
from groundplan.resources.security import Role
from groundplan.resources.storage import Bucket
from groundplan.resources.values import Ref


def zones_of(architecture: Architecture, subnets: Iterable[Ref[Subnet]]) -> list[str]:
    """The availability zones that subnets lie in, each once, in order."""
    return sorted({architecture[subnet].availability_zone for subnet in subnets})


def public_subnets(architecture: Architecture) -> set[Ref[Subnet]]:
    """The subnets whose route table leads to an internet gateway."""
    open_tables = {route.route_table for route in architecture.of(Route) if route.internet_gateway}
    return {link.subnet for link in architecture.of(RouteTableAssociation) if link.route_table in open_tables}


def primaries(architecture: Architecture) -> Iterator[DatabaseInstance]:
    """The database instances that are no replicas: what holds for storage and backups is set on them."""
    return (database for database in architecture.of(DatabaseInstance) if database.source is None)


def role_statements(architecture: Architecture) -> Iterator[tuple[Role, str, Statement]]:
    """Every statement of every role's inline policies that allows something, with the policy's name."""
    for role in architecture.of(Role):
        for policy in role.inline_policies:
            for statement in policy.document.statements:
                if statement.effect == "Allow":
                    yield role, policy.policy_name, statement


def log_buckets(architecture: Architecture) -> set[Ref[Bucket]]:
    """The buckets that other resources write their access logs to."""
    writers: tuple[LoadBalancer | Bucket, ...] = (*architecture.of(LoadBalancer), *architecture.of(Bucket))
    return {writer.access_log_bucket for writer in writers if writer.access_log_bucket}


def dead_letter_queues(architecture: Architecture) -> set[Ref[Queue]]:
    """The queues that take what another queue could not deliver, or what a schedule could not start."""
    givers: tuple[Queue | Schedule | ApiSchedule, ...] = (
        *architecture.of(Queue),
        *architecture.of(Schedule),
        *architecture.of(ApiSchedule),
    )
    return {giver.dead_letter_queue for giver in givers if giver.dead_letter_queue}


def region_of(architecture: Architecture, resource: Resource) -> str:
    """The region that a resource lies in."""
    return resource.region or architecture.region
