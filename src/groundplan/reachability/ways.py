"""Every way from a source to a target, whatever they are: places, addresses, services of AWS, other environments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from groundplan.reachability.ends import Addresses, Elsewhere, End, Service, label_of
from groundplan.reachability.gates import Hop, closed_gate
from groundplan.reachability.network import INTERNET, Asked, Network, Outside, Spot, outside
from groundplan.reachability.packets import PROTOCOLS, PUBLIC, Ports, connections, ports_of
from groundplan.reachability.places import Place
from groundplan.reachability.walks import Leg, Path, arrives

TCP = PROTOCOLS["tcp"]
NO_WAY = "no way"
EVERYWHERE = Outside(INTERNET, PUBLIC)


def paths(network: Network, source: End, target: End, asked: Asked) -> Iterator[Path]:
    """Every way from a source to a target, whether anything gets through or not; at least one."""
    found = False
    for path in _paths(network, source, target, asked):
        found = True
        yield path
    if not found:
        bare = next((end for end in (source, target) if isinstance(end, Place) and not end.stations), target)
        yield _none(label_of(bare), "stands in no subnet of this architecture", asked, label_of(target))


def _paths(network: Network, source: End, target: End, asked: Asked) -> Iterator[Path]:
    if isinstance(source, Place):
        for here in network.spots(source):
            yield from from_spot(network, here, target, asked)
    elif isinstance(target, Place):
        yield from _into(network, source, target, asked)
    elif isinstance(target, Service):
        yield _public_api(label_of(source), target, asked)
    elif isinstance(target, Elsewhere):
        for place in target.places:
            yield from _into(target.network, source, place, asked)
    else:
        what = f"is nothing of this environment, and neither is {target.label}"
        yield _none(label_of(source), what, asked, target.label)
    if isinstance(target, Place):
        yield from _by_balancer(network, source, target, asked)


def from_spot(network: Network, here: Spot, target: End, asked: Asked) -> Iterator[Path]:
    """The ways from one subnet of a place, but for those by a load balancer."""
    if isinstance(target, Place):
        for there in network.spots(target):
            yield from _spot_to_spot(network, here, there, asked)
    elif isinstance(target, Service):
        for path in network.to_service(here, target.name, asked):
            leads = "" if path.ends.resource == target.label else f"; leads to {target.label}"
            yield replace(path, ends=replace(path.ends, says=f"{path.ends.says}{leads}"))
    elif isinstance(target, Addresses):
        yield from _to_addresses(network, here, target, asked)
    else:
        yield from _to_elsewhere(network, here, target, asked)


def _spot_to_spot(network: Network, here: Spot, there: Spot, asked: Asked) -> Iterator[Path]:
    if here.segment.vpc is there.segment.vpc:
        yield network.within(here, there, asked)
    elif not there.public:
        what = f"has no peering with {there.segment.vpc.address}, and the target no public address"
        yield _none(here.segment.vpc.address, what, asked, there.name)
    if there.public:
        yield from network.by_public_address(here, there, asked)


def _into(network: Network, source: Addresses | Service | Elsewhere, target: Place, asked: Asked) -> Iterator[Path]:
    """From what is no place of this architecture to one."""
    for there in network.spots(target):
        if isinstance(source, Addresses):
            yield from _from_addresses(network, source, there, asked)
        elif isinstance(source, Elsewhere):
            yield from _from_elsewhere(network, source, there, asked)
        else:
            yield _none(source.label, "begins no connections: it only answers", asked, there.name)


def _from_addresses(network: Network, source: Addresses, there: Spot, asked: Asked) -> Iterator[Path]:
    beyond = outside(source.network)
    if beyond:
        yield network.inwards(beyond, there, asked)
    inside = _inside(network, source)
    for spot in inside:
        if spot.segment.vpc is there.segment.vpc:
            yield network.within(spot, there, asked)
    if not beyond and not inside:
        yield _none(there.segment.vpc.address, _lost(source), asked, there.name)


def _to_addresses(network: Network, here: Spot, target: Addresses, asked: Asked) -> Iterator[Path]:
    beyond = outside(target.network)
    if beyond:
        yield from network.outwards(here, beyond, asked)
    inside = _inside(network, target)
    for there in inside:
        if there.segment.vpc is here.segment.vpc:
            yield network.within(here, there, asked)
    if not beyond and not inside:
        yield _none(here.segment.vpc.address, _lost(target), asked, target.label)


def _inside(network: Network, addresses: Addresses) -> list[Spot]:
    """The part of a range that lies in subnets. The internet is what lies outside."""
    return list(network.spots_in(addresses.network)) if addresses.network.prefixlen else []


def _lost(addresses: Addresses) -> str:
    return f"has no route for {addresses.network}: it lies neither in a subnet nor on the internet"


def _from_elsewhere(network: Network, source: Elsewhere, there: Spot, asked: Asked) -> Iterator[Path]:
    """Environments have a VPC each, and nothing joins them: what one sends another comes from the internet."""
    if not there.public:
        yield _none(there.segment.vpc.address, _apart(source.environment), asked, there.name)
        return
    back = network.inwards(EVERYWHERE, there, asked)
    leg = replace(back.legs[0], carried="ports")
    begun = [place for place in source.places if place.runs or place.kind == "instances"]
    for place in begun:
        for here in source.network.spots(place):
            for out in source.network.outwards(here, EVERYWHERE, asked):
                yield Path(f"{out.way} and a public address", (*out.legs, leg), back.ends)
    if not begun:
        yield _none(source.label, "begins no connections", asked, there.name)


def _to_elsewhere(network: Network, here: Spot, target: Elsewhere, asked: Asked) -> Iterator[Path]:
    public = [spot for place in target.places for spot in target.network.spots(place) if spot.public]
    for there in public:
        back = target.network.inwards(EVERYWHERE, there, asked)
        leg = replace(back.legs[0], carried="ports")
        for out in network.outwards(here, EVERYWHERE, asked):
            yield Path(f"{out.way} and a public address", (*out.legs, leg), back.ends)
    if not public:
        yield _none(here.segment.vpc.address, _apart(target.environment), asked, target.label)


def _apart(environment: str) -> str:
    return f"has no peering with the VPC of {environment}, and the target no public address"


def _by_balancer(network: Network, source: End, target: Place, asked: Asked) -> Iterator[Path]:
    """By load balancers that send requests to the target. Either port may be asked for: the one that the source calls,
    or the one that the target answers on."""
    for balancer, listener, by, port in network.balanced(target):
        if isinstance(source, Service) or (isinstance(source, Place) and source.address == balancer.address):
            continue
        wanted = any(asked.ports[0] <= item <= asked.ports[1] for item in (listener.port, port))
        if not asked.protocols & TCP or not wanted:
            continue
        begins = Hop(by, None, f"sends requests on from {balancer.address} to port {port}")
        for first in paths(network, source, balancer, Asked(TCP, (listener.port, listener.port))):
            for second in balanced_legs(network, balancer, target, port):
                legs = (*first.legs, replace(second.legs[0], start=begins))
                yield Path(f"{first.way}, {balancer.address}", legs, second.ends)


def balanced_legs(network: Network, balancer: Place, target: Place, port: int) -> Iterator[Path]:
    """From a load balancer to the targets of a group."""
    for spot in network.spots(balancer):
        for there in network.spots(target):
            if there.segment.vpc is spot.segment.vpc:
                yield network.within(spot, there, Asked(TCP, (port, port)))


def _public_api(source: str, target: Service, asked: Asked) -> Path:
    if not asked.ports[0] <= 443 <= asked.ports[1] or not asked.protocols & TCP:
        return _none(target.label, "answers on tcp 443 only", asked, target.label)
    boxes = connections(PUBLIC, PUBLIC, TCP, (443, 443))
    says = f"of {target.name} answers the whole internet on 443; whom it lets do what, IAM decides"
    return Path("by the internet", (Leg(Hop(source, None, "asks"), tuple(boxes), ()),), Hop("API", None, says))


def _none(resource: str, why: str, asked: Asked, target: str) -> Path:
    """A way that is none, and why."""
    boxes = connections(((0, 0),), ((0, 0),), asked.protocols, asked.ports)
    leg = Leg(Hop(resource, None, "asks"), tuple(boxes), (closed_gate(resource, why),))
    return Path(NO_WAY, (leg,), Hop(target, None, "is there"))


def open_ports(network: Network, source: Place | Addresses, target: Place) -> tuple[Ports, ...]:
    """Every port of a target that a source reaches directly, without reasons: quick enough for all pairs."""
    if isinstance(source, Place):
        if not network.possible(source, target) and not any(station.public for station in target.stations):
            return ()
        ways = (path for here in network.spots(source) for path in from_spot(network, here, target, Asked()))
        return ports_of(box for path in ways for box in arrives(path))
    return ports_of(box for path in _into(network, source, target, Asked()) for box in arrives(path))
