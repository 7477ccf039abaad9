"""What surrounds whatever stands in a subnet: its network ACL, its routes, the gateways of its VPC."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import TypeAlias

from groundplan.reachability.packets import LAST_ADDRESS, LAST_PORT, Filter, Range, permit, span, subtracted, without
from groundplan.record import Record, dataclass
from groundplan.resources.architecture import Architecture
from groundplan.resources.network import (
    InternetGateway,
    NetworkAcl,
    NetworkAclRule,
    Route,
    RouteTable,
    RouteTableAssociation,
    Subnet,
    Vpc,
    VpcEndpoint,
)
from groundplan.resources.values import Ref

Lane: TypeAlias = tuple[int, int, Route | None]
"""First and last destination, and the route that leads there; None is the route within the VPC."""
Entry: TypeAlias = tuple[Filter, NetworkAclRule | None]
"""What an entry of a network ACL decides; None is the last one, which denies whatever no other decided."""

RESERVED_IN_FRONT, RESERVED_BEHIND = 4, 1
"""Addresses of a subnet that AWS keeps.
Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html"""


@dataclass(frozen=True, eq=False)
class Segment(Record):
    """A subnet and what decides about packets at its border."""

    subnet: Subnet
    vpc: Vpc
    acl: NetworkAcl | None
    """None: the VPC's own, which lets everything through."""
    table: RouteTable | None
    """None: the VPC's main table, which knows the VPC only."""
    routes: tuple[Route, ...]
    gateway: InternetGateway | None
    """The internet gateway of its VPC."""
    gateway_endpoints: tuple[VpcEndpoint, ...]
    """Those whose route its table has."""
    interface_endpoints: tuple[VpcEndpoint, ...]
    """Those of its VPC."""

    @property
    def address(self) -> str:
        """``subnet.private[a]``."""
        return self.subnet.address

    @cached_property
    def range(self) -> Range:
        """The addresses that something in it can have."""
        first, last = span(self.subnet.cidr_block)
        return first + RESERVED_IN_FRONT, last - RESERVED_BEHIND

    @cached_property
    def within(self) -> Range:
        """The addresses of its VPC."""
        return span(self.vpc.cidr_block)

    @cached_property
    def lanes(self) -> tuple[Lane, ...]:
        """Which route each destination takes: the longest prefix that holds it, the VPC's own first among equals.

        Source: https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html#route-tables-priority
        """
        known = [(self.vpc.cidr_block, None), *((route.destination_cidr_block, route) for route in self.routes)]
        known.sort(key=lambda entry: -entry[0].prefixlen)
        lanes: list[Lane] = []
        left: list[Range] = [(0, LAST_ADDRESS)]
        for network, route in known:
            low, high = span(network)
            for first, last in left:
                if first <= high and last >= low:
                    lanes.append((max(first, low), min(last, high), route))
            left = without(left, (low, high))
        return tuple(sorted(lanes, key=lambda lane: lane[:2]))

    @cached_property
    def local(self) -> tuple[Filter, ...]:
        """What stays within the VPC, whatever its port."""
        return tuple((15, first, last, 0, LAST_PORT) for first, last, route in self.lanes if route is None)

    @cached_property
    def inwards(self) -> tuple[Entry, ...]:
        """What each entry of its network ACL decides of what comes in, without overlaps."""
        return _decided(self.acl.rules, "ingress") if self.acl else ()

    @cached_property
    def outwards(self) -> tuple[Entry, ...]:
        """The same of what goes out."""
        return _decided(self.acl.rules, "egress") if self.acl else ()


@lru_cache(maxsize=64)
def _decided(rules: tuple[NetworkAclRule, ...], direction: str) -> tuple[Entry, ...]:
    """What the entries of a network ACL decide: worked out once for all subnets that have it."""
    return tuple(_decisions(rules, direction))


def _decisions(rules: tuple[NetworkAclRule, ...], direction: str) -> Iterator[Entry]:
    """Entries are asked by number, and the first that speaks of a packet decides: of each what no entry before it
    decided otherwise, and last what none allows.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
    """
    everything: list[Filter] = [(15, 0, LAST_ADDRESS, 0, LAST_PORT)]
    unlike: dict[str, list[Filter]] = {"allow": [], "deny": []}
    for entry in sorted(rules, key=lambda rule: rule.number):
        if entry.direction != direction:
            continue
        spoken = permit(entry.protocol, entry.from_port, entry.to_port, span(entry.cidr_block))
        parts: list[Filter] = [spoken]
        for other in unlike["deny" if entry.action == "allow" else "allow"]:
            parts = subtracted(parts, other)
        for part in parts:
            yield part, entry
        unlike[entry.action].append(spoken)
    for spoken in unlike["allow"] + unlike["deny"]:
        everything = subtracted(everything, spoken)
    for part in everything:
        yield part, None


def segments_of(architecture: Architecture) -> dict[Ref[Subnet], Segment]:
    """Every subnet with what surrounds it."""
    acls = {subnet: acl for acl in architecture.of(NetworkAcl) for subnet in acl.subnets}
    tables = {link.subnet: link.route_table for link in architecture.of(RouteTableAssociation)}
    gateways = {gateway.vpc: gateway for gateway in architecture.of(InternetGateway)}
    routes: dict[Ref[RouteTable], list[Route]] = {}
    for route in architecture.of(Route):
        routes.setdefault(route.route_table, []).append(route)
    endpoints = architecture.of(VpcEndpoint)
    gateway_endpoints = [item for item in endpoints if item.vpc_endpoint_type == "Gateway"]
    interface_endpoints = [item for item in endpoints if item.vpc_endpoint_type == "Interface"]
    found: dict[Ref[Subnet], Segment] = {}
    for subnet in architecture.of(Subnet):
        table = tables.get(subnet.ref)
        found[subnet.ref] = Segment(
            subnet=subnet,
            vpc=architecture[subnet.vpc],
            acl=acls.get(subnet.ref),
            table=architecture[table] if table else None,
            routes=tuple(routes.get(table, ())) if table else (),
            gateway=gateways.get(subnet.vpc),
            gateway_endpoints=tuple(item for item in gateway_endpoints if table and table in item.route_tables),
            interface_endpoints=tuple(item for item in interface_endpoints if item.vpc == subnet.vpc),
        )
    return found
