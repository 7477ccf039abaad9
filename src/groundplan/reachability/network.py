"""The network of an architecture, read once: every way from one place to another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from ipaddress import IPv4Network

from groundplan.reachability.gates import Gate, Hop, acl_gate, closed_gate, local_gate, open_gate, route_gate
from groundplan.reachability.packets import (
    ALL,
    DESTINATION,
    DESTINATION_PORT,
    LAST_PORT,
    PUBLIC,
    SOURCE,
    SOURCE_PORT,
    Range,
    connections,
    on_the_internet,
    shown,
    span,
)
from groundplan.reachability.places import Place, places_of
from groundplan.reachability.segments import Segment
from groundplan.reachability.terrain import Peers, terrain_of
from groundplan.reachability.walks import Leg, Path
from groundplan.record import Record, dataclass
from groundplan.resources.architecture import Architecture, Need
from groundplan.resources.edge import Listener, ListenerRule, LoadBalancer, TargetGroup, forwarded_to
from groundplan.resources.network import (
    NatGateway,
    SecurityGroup,
    Vpc,
    VpcEndpoint,
)
from groundplan.resources.values import Ref

INTERNET = "internet"


@dataclass(frozen=True)
class Asked(Record):
    """The protocols (as bits) and destination ports that a question is about."""

    protocols: int = ALL
    ports: Range = (0, LAST_PORT)


@dataclass(frozen=True, eq=False)
class Spot(Record):
    """Addresses in one subnet: of a place, or of whoever has one there."""

    name: str
    segment: Segment
    range: Range
    groups: tuple[Ref[SecurityGroup], ...] | None
    """None: nobody knows what is there, and so no group of its own stands in the way."""
    public: bool

    @cached_property
    def begins(self) -> Hop:
        """As the first hop of a path."""
        return Hop(self.name, None, f"in {self.segment.address} ({self._addresses})")

    @cached_property
    def ends(self) -> Hop:
        """As the last one."""
        return Hop(self.name, None, f"is there, in {self.segment.address} ({self._addresses})")

    @property
    def _addresses(self) -> str:
        return str(self.segment.subnet.cidr_block) if self.range == self.segment.range else shown(*self.range)


@dataclass(frozen=True, eq=False)
class Outside(Record):
    """Addresses on the internet."""

    name: str
    ranges: tuple[Range, ...]


class Network:
    """What an architecture's network lets through. It keeps resources, never the architecture itself."""

    def __init__(self, architecture: Architecture) -> None:
        self.terrain = terrain_of(architecture)
        self.places = places_of(architecture, self.terrain.segments)
        self.vpcs = architecture.of(Vpc)
        self.needs: tuple[Need, ...] = architecture.needs
        self._spots: dict[Place, tuple[Spot, ...]] = {}
        self.listeners: dict[Ref[LoadBalancer], list[Listener]] = {}
        self._takes: dict[tuple[Ref[Listener], Ref[TargetGroup]], str] = {}
        for listener in architecture.of(Listener):
            self.listeners.setdefault(listener.load_balancer, []).append(listener)
            for group in forwarded_to(listener.default_action):
                self._takes[listener.ref, group] = listener.address
        for rule in architecture.of(ListenerRule):
            for group in forwarded_to(rule.action):
                self._takes.setdefault((rule.listener, group), rule.address)

    @cached_property
    def by_address(self) -> dict[str, Place]:
        """Every place by its address."""
        return {place.address: place for place in self.places}

    def spots(self, place: Place) -> tuple[Spot, ...]:
        """Where a place has its network interfaces."""
        if place not in self._spots:
            self._spots[place] = tuple(
                Spot(place.address, station.segment, station.segment.range, place.groups, station.public)
                for station in place.stations
            )
        return self._spots[place]

    def possible(self, source: Place, target: Place) -> bool:
        """Whether security groups could let anything through within the VPC: what most pairs fail at."""
        out, anywhere_out = self._named("egress", source.groups)
        into, anywhere_in = self._named("ingress", target.groups)
        return (anywhere_out or not out.isdisjoint(target.groups)) and (
            anywhere_in or not into.isdisjoint(source.groups)
        )

    def _named(self, direction: str, groups: tuple[Ref[SecurityGroup], ...]) -> Peers:
        key = direction, groups
        if key not in self.terrain.peers:
            self.terrain.peers[key] = self.terrain.groups.names_any(direction, groups)
        return self.terrain.peers[key]

    # The gates, each made once.

    def _acl(self, segment: Segment, direction: str, address: int, port: int) -> Gate:
        key = segment, direction, address, port
        found = self.terrain.gates.get(key)
        if found is None:
            found = self.terrain.gates[key] = acl_gate(segment, direction, address, port)
        return found

    def _local(self, segment: Segment, address: int) -> Gate:
        key = segment, address
        found = self.terrain.gates.get(key)
        if found is None:
            found = self.terrain.gates[key] = local_gate(segment, address)
        return found

    def _group(self, direction: str, spot: Spot, peers: tuple[Ref[SecurityGroup], ...] | None) -> tuple[Gate, ...]:
        """The groups of one end. ``peers`` are those of the other; None where it is in none of this VPC."""
        if spot.groups is None:
            return ()
        key = direction, spot.groups, peers, spot.segment.vpc.address
        found = self.terrain.gates.get(key)
        if found is None:
            found = self.terrain.gates[key] = self.terrain.groups.gate(
                direction, spot.groups, peers, spot.segment.vpc.address
            )
        return (found,)

    # The ways.

    def within(self, source: Spot, target: Spot, asked: Asked) -> Path:
        """Inside one VPC. Packets that stay in a subnet pass neither network ACLs nor routes.

        Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html#nacl-basics
        """
        here, there = source.segment, target.segment
        gates = list(self._group("egress", source, target.groups))
        if here is not there:
            gates += [
                self._acl(here, "egress", DESTINATION, DESTINATION_PORT),
                self._local(here, DESTINATION),
                self._acl(there, "ingress", SOURCE, DESTINATION_PORT),
            ]
        gates += self._group("ingress", target, source.groups)
        if here is not there:
            gates += [
                self._acl(there, "egress", SOURCE, SOURCE_PORT),
                self._local(there, SOURCE),
                self._acl(here, "ingress", DESTINATION, SOURCE_PORT),
            ]
        boxes = connections((source.range,), (target.range,), asked.protocols, asked.ports)
        return Path("within the VPC", (Leg(source.begins, tuple(boxes), tuple(gates)),), target.ends)

    def outwards(self, source: Spot, target: Outside, asked: Asked) -> Iterator[Path]:
        """To the internet: one way for each gateway that routes lead to, and one that is blocked where none does."""
        ends = Hop(target.name, None, _ranges(target.ranges))
        boxes = tuple(connections((source.range,), target.ranges, asked.protocols, asked.ports))
        lanes: dict[Ref[NatGateway] | None, list[tuple[int, int, str, IPv4Network]]] = {}
        for first, last, route in source.segment.lanes:
            if route and any(first <= high and last >= low for low, high in target.ranges):
                lane = (first, last, route.address, route.destination_cidr_block)
                if route.nat_gateway or route.internet_gateway:
                    lanes.setdefault(route.nat_gateway, []).append(lane)
        if not lanes:
            lanes[None] = []
        for nat, found in lanes.items():
            if nat is None:
                yield Path(_by_gateway(source.segment), (self._to_gateway(source, boxes, found),), ends)
            else:
                yield self._by_nat(source, target, boxes, asked, self.terrain.nats[nat], found, ends)

    def _to_gateway(
        self, source: Spot, boxes: tuple[tuple[int, ...], ...], lanes: Sequence[tuple[int, int, str, IPv4Network]]
    ) -> Leg:
        segment = source.segment
        gates = (
            *self._group("egress", source, None),
            self._acl(segment, "egress", DESTINATION, DESTINATION_PORT),
            route_gate(segment, _gateway_name(segment), lanes, DESTINATION),
            _has_public_address(source),
            self._acl(segment, "ingress", DESTINATION, SOURCE_PORT),
        )
        return Leg(source.begins, boxes, gates)

    def _by_nat(
        self,
        source: Spot,
        target: Outside,
        boxes: tuple[tuple[int, ...], ...],
        asked: Asked,
        nat: NatGateway,
        lanes: Sequence[tuple[int, int, str, IPv4Network]],
        ends: Hop,
    ) -> Path:
        """The gateway stands in a subnet of its own, whose network ACL asks packets on both of its sides.

        Source: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html
        """
        here, there = source.segment, self.terrain.segments[nat.subnet]
        gates = list(self._group("egress", source, None))
        route = route_gate(here, nat.address, lanes, DESTINATION)
        if here is there:
            gates.append(route)
        else:
            gates += [
                self._acl(here, "egress", DESTINATION, DESTINATION_PORT),
                route,
                self._acl(there, "ingress", SOURCE, DESTINATION_PORT),
                self._acl(there, "egress", SOURCE, SOURCE_PORT),
                self._local(there, SOURCE),
                self._acl(here, "ingress", DESTINATION, SOURCE_PORT),
            ]
        outwards = [
            (first, last, way.address, way.destination_cidr_block)
            for first, last, way in there.lanes
            if way and way.internet_gateway
        ]
        behind = (
            self._acl(there, "egress", DESTINATION, DESTINATION_PORT),
            route_gate(there, _gateway_name(there), outwards, DESTINATION),
            self._acl(there, "ingress", DESTINATION, SOURCE_PORT),
        )
        begin = Hop(
            nat.address, None, f"sends it on with its own address, from {there.address} ({there.subnet.cidr_block})"
        )
        second = Leg(
            begin,
            tuple(connections((there.range,), target.ranges, asked.protocols, asked.ports)),
            behind,
            carried="destination",
        )
        return Path(f"by {nat.address}", (Leg(source.begins, boxes, tuple(gates)), second), ends)

    def inwards(self, source: Outside, target: Spot, asked: Asked) -> Path:
        """From the internet to a public address."""
        segment = target.segment
        lanes = [
            (first, last, route.address, route.destination_cidr_block)
            for first, last, route in segment.lanes
            if route and route.internet_gateway
        ]
        gateway = _gateway_name(segment)
        gates = (
            open_gate(gateway, "hands in what comes for public addresses of the VPC")
            if segment.gateway
            else closed_gate(segment.vpc.address, "has no internet gateway"),
            _has_public_address(target),
            self._acl(segment, "ingress", SOURCE, DESTINATION_PORT),
            *self._group("ingress", target, None),
            self._acl(segment, "egress", SOURCE, SOURCE_PORT),
            route_gate(segment, gateway, lanes, SOURCE),
        )
        boxes = connections(source.ranges, (target.range,), asked.protocols, asked.ports)
        begin = Hop(source.name, None, _ranges(source.ranges))
        return Path(_by_gateway(segment), (Leg(begin, tuple(boxes), gates),), target.ends)

    def by_public_address(self, source: Spot, target: Spot, asked: Asked) -> Iterator[Path]:
        """Out to the internet and in again: how something reaches the public address of what may stand beside it."""
        outside = Outside(INTERNET, PUBLIC)
        back = self.inwards(outside, target, asked)
        leg = back.legs[0]
        again = Leg(Hop(INTERNET, None, "brings it to a public address"), leg.boxes, leg.gates, carried="ports")
        for out in self.outwards(source, outside, asked):
            yield Path(f"{out.way} and a public address", (*out.legs, again), back.ends)

    def to_service(self, source: Spot, service: str, asked: Asked) -> Iterator[Path]:
        """To the API of an AWS service: by an interface endpoint that has its name, by a gateway endpoint, or else by
        the internet.

        Sources: https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html,
        https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
        """
        segment = source.segment
        interfaces = [
            item for item in segment.interface_endpoints if item.service == service and item.private_dns_enabled
        ]
        if interfaces and segment.vpc.enable_dns_support and segment.vpc.enable_dns_hostnames:
            for endpoint in interfaces:
                place = self.by_address[endpoint.address]
                for spot in self.spots(place):
                    path = self.within(source, spot, asked)
                    yield Path(f"by {endpoint.address}", path.legs, path.ends)
            return
        outside = Outside(f"{service} API", PUBLIC)
        gateways = [item for item in segment.gateway_endpoints if item.service == service]
        if gateways:
            yield self._by_gateway_endpoint(source, outside, asked, gateways[0])
        else:
            yield from self.outwards(source, outside, asked)

    def _by_gateway_endpoint(self, source: Spot, target: Outside, asked: Asked, endpoint: VpcEndpoint) -> Path:
        """Its route is to the service's own addresses, a longer prefix than that of any other route."""
        segment = source.segment
        assert segment.table is not None
        gates = (
            *self._group("egress", source, None),
            self._acl(segment, "egress", DESTINATION, DESTINATION_PORT),
            open_gate(segment.table.address, f"sends addresses of {endpoint.service} to {endpoint.address}"),
            self._acl(segment, "ingress", DESTINATION, SOURCE_PORT),
        )
        boxes = connections((source.range,), target.ranges, asked.protocols, asked.ports)
        ends = Hop(target.name, None, "any address of the service")
        return Path(f"by {endpoint.address}", (Leg(source.begins, tuple(boxes), gates),), ends)

    def balanced(self, target: Place) -> Iterator[tuple[Place, Listener, str, int]]:
        """Load balancers that send requests to a place: the listener, what of it sends them, and to which port."""
        for entry in target.forwarded:
            for place in self.places:
                if isinstance(place.resource, LoadBalancer):
                    for listener in self.listeners.get(place.resource.ref, ()):
                        by = self._takes.get((listener.ref, entry.group))
                        if by:
                            yield place, listener, by, entry.port

    def spots_in(self, network: IPv4Network) -> Iterator[Spot]:
        """The addresses of a range that lie in subnets, whoever has them."""
        low, high = span(network)
        for segment in self.terrain.segments.values():
            first, last = max(low, segment.range[0]), min(high, segment.range[1])
            if first <= last:
                yield Spot(str(network), segment, (first, last), None, public=False)


def outside(network: IPv4Network) -> Outside | None:
    """The part of a range that is on the internet; None where nothing of it is."""
    ranges = on_the_internet((span(network),))
    return Outside(INTERNET if network.prefixlen == 0 else str(network), ranges) if ranges else None


def _ranges(ranges: Iterable[Range]) -> str:
    listed = list(ranges)
    return "any public address" if listed == list(PUBLIC) else ", ".join(shown(*item) for item in listed)


def _gateway_name(segment: Segment) -> str:
    return segment.gateway.address if segment.gateway else "an internet gateway"


def _by_gateway(segment: Segment) -> str:
    return f"by {_gateway_name(segment)}"


def _has_public_address(spot: Spot) -> Gate:
    if spot.public:
        return open_gate(spot.name, "has a public address")
    return closed_gate(spot.name, "has no public address")


def network_of(architecture: Architecture) -> Network:
    """The network of an architecture, read when first asked for and kept as long as the architecture."""
    return architecture.made_by(Network)
