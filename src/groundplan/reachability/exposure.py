"""What is reached and should not be: from the internet, by strangers, from other networks."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from groundplan.reachability.ends import Addresses
from groundplan.reachability.gates import Hop
from groundplan.reachability.network import Asked, Network, network_of, outside
from groundplan.reachability.packets import PROTOCOLS, Ports
from groundplan.reachability.places import Place
from groundplan.reachability.walks import walk
from groundplan.reachability.ways import open_ports, paths
from groundplan.record import Record, dataclass
from groundplan.resources.architecture import Architecture
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.edge import Listener, LoadBalancer
from groundplan.resources.kubernetes import NodeGroup
from groundplan.resources.network import ANYWHERE, SecurityGroup, SecurityGroupRule, Vpc
from groundplan.resources.values import Ref

DATA = ("database", "cache", "files")
WORLD = Addresses(ANYWHERE)


@dataclass(frozen=True)
class Exposed(Record):
    """Something that is reached by what should not reach it."""

    source: str
    target: Place
    ports: tuple[Ports, ...]
    rule: str
    """The security group rule that lets it in, or what else does."""


def exposed(architecture: Architecture) -> Iterator[Exposed]:
    """Whatever the internet reaches, but for load balancers."""
    network = network_of(architecture)
    for place in network.places:
        if place.kind != "load balancer" and any(station.public for station in place.stations):
            ports = open_ports(network, WORLD, place)
            if ports:
                yield Exposed("the internet", place, ports, _rule(network, WORLD, place))


@dataclass(frozen=True)
class Deaf(Record):
    """A listener that nothing from the internet reaches."""

    listener: Listener
    why: str


def deaf(architecture: Architecture) -> Iterator[Deaf]:
    """Listeners of internet-facing load balancers that no address of the internet reaches."""
    network = network_of(architecture)
    for place in network.places:
        balancer = place.resource
        if not isinstance(balancer, LoadBalancer) or balancer.scheme != "internet-facing":
            continue
        for listener in network.listeners.get(balancer.ref, ()):
            asked = Asked(PROTOCOLS["tcp"], (listener.port, listener.port))
            for path in paths(network, WORLD, place, asked):
                found = walk(path)
                if not found.arrives:
                    first = found.blocked_by[0]
                    yield Deaf(
                        listener, f"{found.path.ends.says.removeprefix('is there, ')}: {first.resource} {first.says}"
                    )
                    break


def strangers(architecture: Architecture) -> Iterator[Exposed]:
    """Whatever reaches a database, cache or file system that it does not need."""
    network = network_of(architecture)
    callers = [place for place in network.places if place.runs or place.kind in ("instances", "load balancer")]
    for target in network.places:
        if target.kind not in DATA:
            continue
        allowed = _needing(network, target)
        # On EKS all pods share the nodes' groups: what tells them apart there are network policies.
        together = {place.groups for place in allowed if place.pod is not None}
        for caller in callers:
            shared = caller.pod is not None or isinstance(caller.resource, NodeGroup)
            if caller in allowed or (shared and caller.groups in together):
                continue
            ports = open_ports(network, caller, target)
            if ports:
                yield Exposed(caller.address, target, ports, _rule(network, caller, target))


def _needing(network: Network, target: Place) -> list[Place]:
    """The services and jobs that need a place; a replica's are those of its primary."""
    if target.kind == "files":
        return [place for place in network.places if place.pod is not None or isinstance(place.resource, NodeGroup)]
    names = {target.name}
    if isinstance(target.resource, DatabaseInstance) and target.resource.source:
        names.add(target.resource.source.name)
    family = f"{target.kind}s"
    by = {need.by for need in network.needs if need.family == family and need.name in names}
    return [place for place in network.places if place.runs and place.name in by]


def _rule(network: Network, source: Place | Addresses, target: Place) -> str:
    """By what the target lets it in."""
    for path in paths(network, source, target, Asked()):
        found = walk(path)
        if found.arrives:
            hops: tuple[Hop, ...] = found.hops()
            return next(
                (hop.rule for hop in reversed(hops) if hop.rule and hop.rule.startswith(_RULE)), hops[-1].resource
            )
    return target.address


_RULE = SecurityGroupRule.kind_name()


def foreign(architecture: Architecture) -> Iterator[tuple[SecurityGroupRule, str]]:
    """Rules of security groups that let in another private network, or a group of another VPC: whoever has these
    addresses, another environment perhaps, is let in as soon as a peering or a VPN brings a route. With what they
    let in."""
    groups: dict[Ref[SecurityGroup], Ref[Vpc]] = {group.ref: group.vpc for group in architecture.of(SecurityGroup)}
    for rule in architecture.of(SecurityGroupRule):
        if rule.direction != "ingress":
            continue
        vpc = groups[rule.security_group]
        if isinstance(rule.peer, Ref):
            if groups.get(rule.peer) != vpc:
                yield rule, f"{rule.peer.address}, a group of another VPC"
        elif outside(rule.peer) is None and not _within(rule.peer, architecture[vpc].cidr_block):
            yield rule, f"{rule.peer}, which is not of the VPC's {architecture[vpc].cidr_block}"


def _within(network: IPv4Network, vpc: IPv4Network) -> bool:
    return network.subnet_of(vpc)
