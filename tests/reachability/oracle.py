"""Small random networks, and what becomes of one packet in them: AWS's rules written down once more, the slow way.

Nothing here is shared with ``groundplan.reachability``: no intervals, no sets, one packet and one rule at a time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Network
from random import Random
from typing import Literal

from groundplan.resources import Architecture, Resource
from groundplan.resources.edge import LoadBalancer
from groundplan.resources.network import (
    ANYWHERE,
    ElasticIp,
    InternetGateway,
    NatGateway,
    NetworkAcl,
    NetworkAclRule,
    Route,
    RouteTable,
    RouteTableAssociation,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    Vpc,
)
from groundplan.resources.values import Ref

VPC = Ref(Vpc, "main")
NETWORK = IPv4Network("10.0.0.0/24")
SUBNETS = tuple(NETWORK.subnets(new_prefix=28))[:3]
GATEWAY, NAT = Ref(InternetGateway, "main"), Ref(NatGateway, "main")
PEERS = (
    ANYWHERE,
    NETWORK,
    *SUBNETS,
    IPv4Network("10.0.0.0/29"),
    IPv4Network("8.8.0.0/16"),
    IPv4Network("10.0.0.20/32"),
)
PORTS = (None, (443, 443), (1024, 65535), (400, 500), (0, 1023), (5432, 5432), (2000, 40000))
MESSAGES = (None, (8, 0), (8, -1), (0, None), (3, 4), (-1, -1))
"""Types and codes of ICMP."""
Kind = Literal["tcp", "udp", "icmp", "all"]
PROTOCOLS: tuple[Kind, ...] = ("tcp", "tcp", "all", "udp", "icmp")
MORE: tuple[Kind, ...] = (*PROTOCOLS, "all", "all")
WAYS: tuple[Literal["ingress", "egress"], ...] = ("ingress", "egress")


@dataclass(frozen=True)
class Packet:
    """A connection by its first packet, and what the answer comes back to. Of ICMP: type and code there and back."""

    protocol: str
    source: int
    answers_to: int
    destination: int
    port: int


TABLES = tuple(RouteTable(name=name, concern="network", vpc=VPC, tags={}) for name in ("to_nat", "to_gateway"))
GROUPS = tuple(
    SecurityGroup(name=name, concern="network", vpc=VPC, group_name=name, description="") for name in ("g", "h")
)
HOME = Vpc(name="main", concern="network", cidr_block=NETWORK)
DOOR = InternetGateway(name="main", concern="network", vpc=VPC)
ADDRESS = ElasticIp(name="main", concern="network")
ROOMS = {
    key: Subnet(name="s", key=key, concern="network", vpc=VPC, tier="public", cidr_block=cidr, availability_zone="a")
    for key, cidr in zip("abc", SUBNETS, strict=True)
}


# Ten thousand networks are made of the same few parts: each is made once.


@cache
def _association(key: str, table: Ref[RouteTable]) -> RouteTableAssociation:
    return RouteTableAssociation(name="s", key=key, concern="network", route_table=table, subnet=ROOMS[key].ref)


@cache
def _nat(key: str) -> NatGateway:
    return NatGateway(name="main", concern="network", subnet=ROOMS[key].ref, elastic_ip=ADDRESS.ref)


@cache
def _route(number: int, table: Ref[RouteTable], cidr: IPv4Network, to_gateway: bool) -> Route:
    return Route(
        name=f"r{number}",
        concern="network",
        route_table=table,
        destination_cidr_block=cidr,
        internet_gateway=GATEWAY if to_gateway else None,
        nat_gateway=None if to_gateway else NAT,
    )


@cache
def _balancer(name: str, facing: bool, keys: tuple[str, ...], groups: tuple[Ref[SecurityGroup], ...]) -> LoadBalancer:
    return LoadBalancer(
        name=name,
        concern="edge",
        load_balancer_name=name,
        scheme="internet-facing" if facing else "internal",
        subnets=tuple(ROOMS[key].ref for key in keys),
        security_groups=groups,
    )


def random_network(random: Random) -> Architecture:
    """A VPC of three subnets with whatever routes, gateways, network ACLs and groups there may be, sensible or not.

    What stands in it are load balancers: they have subnets, groups and, facing the internet, public addresses.
    """
    tables, gateway = [table.ref for table in TABLES], random.random() < 0.9
    resources: list[Resource] = [HOME, *([DOOR] if gateway else []), *TABLES, *ROOMS.values()]
    ways = {key: random.choice(tables) for key in "abc" if random.random() < 0.9}
    resources += [_association(key, table) for key, table in ways.items()]
    near_gateway = [key for key, table in ways.items() if table == tables[1]]
    resources += [ADDRESS, _nat(random.choice(near_gateway or ["a"]))]
    for number, table in enumerate((*tables, *random.choices(tables, k=random.randrange(3)))):
        # Mostly as people do it: one table leads to the NAT gateway, the other to the internet gateway.
        to_gateway = gateway and random.random() < (0.1, 0.9, 0.5, 0.5)[number]
        cidr = ANYWHERE if number < 2 else random.choice(PEERS[3:])
        resources.append(_route(number, table, cidr, to_gateway))
    for key in "abc":
        if random.random() < 0.5:
            entries = tuple(_acl_entry(random, number) for number in range(random.randrange(1, 9)))
            resources.append(NetworkAcl(name=key, concern="network", vpc=VPC, subnets=(ROOMS[key].ref,), rules=entries))
    resources += GROUPS
    groups = [group.ref for group in GROUPS]
    resources += [_group_rule(random, number, groups) for number in range(random.randrange(2, 9))]
    for name in "pq":
        keys = tuple(random.sample("abc", random.choice((1, 1, 2))))
        members = tuple(random.sample(groups, random.choice((1, 1, 2))))
        resources.append(_balancer(name, random.random() < 0.5, keys, members))
    return Architecture("t", "T", "test", "eu-central-1", _once(resources))


def _once(resources: Iterable[Resource]) -> tuple[Resource, ...]:
    """Without a second route of one table to the same destination, which AWS would refuse."""
    routes: set[tuple[object, object]] = set()
    kept = []
    for resource in resources:
        if isinstance(resource, Route):
            key = resource.route_table, resource.destination_cidr_block
            if key in routes or resource.destination_cidr_block == NETWORK:
                continue
            routes.add(key)
        kept.append(resource)
    return tuple(kept)


def _numbers(random: Random, protocol: str) -> tuple[int | None, int | None]:
    if protocol == "all":
        return None, None
    found = random.choice(MESSAGES if protocol == "icmp" else PORTS)
    return found or (None, None)


def _acl_entry(random: Random, number: int) -> NetworkAclRule:
    protocol = random.choice(MORE)
    first, last = _numbers(random, protocol)
    return NetworkAclRule(
        number=random.randrange(1, 90) * 10 + number,  # not in order, and never twice the same
        direction=random.choice(WAYS),
        action="deny" if random.random() < 0.25 else "allow",
        protocol=protocol,
        cidr_block=random.choice((ANYWHERE, *PEERS)),
        from_port=first,
        to_port=last,
    )


def _group_rule(random: Random, number: int, groups: list[Ref[SecurityGroup]]) -> SecurityGroupRule:
    protocol = random.choice(PROTOCOLS)
    peers: tuple[Ref[SecurityGroup] | IPv4Network, ...] = (*PEERS, ANYWHERE, ANYWHERE, *groups, *groups)
    numbers = _numbers(random, protocol)
    return _written(number, random.choice(groups), random.choice(WAYS), protocol, numbers, random.choice(peers))


@cache
def _written(
    number: int,
    group: Ref[SecurityGroup],
    direction: Literal["ingress", "egress"],
    protocol: Kind,
    numbers: tuple[int | None, int | None],
    peer: Ref[SecurityGroup] | IPv4Network,
) -> SecurityGroupRule:
    return SecurityGroupRule(
        name=f"{number}",
        concern="network",
        security_group=group,
        direction=direction,
        protocol=protocol,
        from_port=numbers[0],
        to_port=numbers[1],
        peer=peer,
        description="",
    )


class Oracle:
    """What becomes of single packets."""

    def __init__(self, architecture: Architecture) -> None:
        self.architecture = architecture
        self.acls = {
            subnet: sorted(acl.rules, key=lambda item: item.number)
            for acl in architecture.of(NetworkAcl)
            for subnet in acl.subnets
        }
        self.rules, self.routes = architecture.of(SecurityGroupRule), architecture.of(Route)
        self.tables = {link.subnet: link.route_table for link in architecture.of(RouteTableAssociation)}

    def in_network(self, address: int, network: IPv4Network) -> bool:
        return address >> (32 - network.prefixlen) == int(network.network_address) >> (32 - network.prefixlen)

    def speaks(self, rule: NetworkAclRule | SecurityGroupRule, protocol: str, number: int) -> bool:
        """Whether a rule is about a protocol and its port; of ICMP its type and code."""
        if rule.protocol == "all":
            return True
        if rule.protocol != protocol:
            return False
        if protocol == "icmp":
            if rule.from_port in (None, -1):
                return True
            kind, code = divmod(number, 256)
            return kind == rule.from_port and rule.to_port in (None, -1, code)
        low = 0 if rule.from_port is None else rule.from_port
        high = 65535 if rule.to_port is None else rule.to_port
        return low <= number <= high

    def acl(self, subnet: Subnet, direction: str, protocol: str, address: int, number: int) -> bool:
        if subnet.ref not in self.acls:
            return True
        for entry in self.acls[subnet.ref]:
            if entry.direction != direction or not self.in_network(address, entry.cidr_block):
                continue
            if self.speaks(entry, protocol, number):
                return entry.action == "allow"
        return False

    def group(
        self, place: LoadBalancer, direction: str, protocol: str, address: int, number: int, peer: LoadBalancer | None
    ) -> bool:
        for rule in self.rules:
            if rule.security_group in place.security_groups and rule.direction == direction:
                if isinstance(rule.peer, Ref):
                    meant = peer is not None and rule.peer in peer.security_groups
                else:
                    meant = self.in_network(address, rule.peer)
                if meant and self.speaks(rule, protocol, number):
                    return True
        return False

    def route(self, subnet: Subnet, address: int) -> str:
        """``local``, ``internet``, ``nat`` or ``nowhere``."""
        best, target = -1, "nowhere"
        if self.in_network(address, NETWORK):
            best, target = NETWORK.prefixlen, "local"
        for route in self.routes:
            prefix = route.destination_cidr_block.prefixlen
            if route.route_table != self.tables.get(subnet.ref) or prefix <= best:
                continue
            if self.in_network(address, route.destination_cidr_block):
                best, target = prefix, "internet" if route.internet_gateway else "nat"
        return target

    def within(self, source: LoadBalancer, here: Subnet, target: LoadBalancer, there: Subnet, packet: Packet) -> bool:
        """From one place to another, and the answer back."""
        kind, sender, receiver = packet.protocol, packet.source, packet.destination
        if not self.group(source, "egress", kind, receiver, packet.port, target):
            return False
        if here.ref != there.ref:
            if not self.acl(here, "egress", kind, receiver, packet.port) or self.route(here, receiver) != "local":
                return False
            if not self.acl(there, "ingress", kind, sender, packet.port):
                return False
        if not self.group(target, "ingress", kind, sender, packet.port, source):
            return False
        if here.ref != there.ref:
            if not self.acl(there, "egress", kind, sender, packet.answers_to) or self.route(there, sender) != "local":
                return False
            return self.acl(here, "ingress", kind, receiver, packet.answers_to)
        return True

    def from_internet(self, target: LoadBalancer, there: Subnet, packet: Packet) -> bool:
        """From a public address to a place, and the answer back."""
        kind, sender = packet.protocol, packet.source
        return (
            bool(self.architecture.of(InternetGateway))
            and target.scheme == "internet-facing"
            and self.acl(there, "ingress", kind, sender, packet.port)
            and self.group(target, "ingress", kind, sender, packet.port, None)
            and self.acl(there, "egress", kind, sender, packet.answers_to)
            and self.route(there, sender) == "internet"
        )

    def to_internet(self, source: LoadBalancer, here: Subnet, packet: Packet) -> bool:
        """Straight through the internet gateway, and the answer back."""
        kind, receiver = packet.protocol, packet.destination
        return (
            self.group(source, "egress", kind, receiver, packet.port, None)
            and self.acl(here, "egress", kind, receiver, packet.port)
            and self.route(here, receiver) == "internet"
            and source.scheme == "internet-facing"
            and self.acl(here, "ingress", kind, receiver, packet.answers_to)
        )

    def by_nat(self, source: LoadBalancer, here: Subnet, packet: Packet, nat_address: int, nat_port: int) -> bool:
        """Through the NAT gateway, which sends with its own address and a port of its own choice."""
        nat = self.architecture[self.architecture[NAT].subnet]
        kind, sender, receiver = packet.protocol, packet.source, packet.destination
        if not self.group(source, "egress", kind, receiver, packet.port, None):
            return False
        apart = here.ref != nat.ref
        if apart and not self.acl(here, "egress", kind, receiver, packet.port):
            return False
        if self.route(here, receiver) != "nat":
            return False
        if apart and not self.acl(nat, "ingress", kind, sender, packet.port):
            return False
        out = self.acl(nat, "egress", kind, receiver, packet.port) and self.route(nat, receiver) == "internet"
        if not out or not self.acl(nat, "ingress", kind, receiver, nat_port):
            return False
        assert self.in_network(nat_address, nat.cidr_block)
        if apart:
            if not self.acl(nat, "egress", kind, sender, packet.answers_to) or self.route(nat, sender) != "local":
                return False
            return self.acl(here, "ingress", kind, receiver, packet.answers_to)
        return True
