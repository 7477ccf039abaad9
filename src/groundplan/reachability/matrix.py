"""Who reaches whom, for every pair."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from groundplan.reachability.ends import Addresses, label_of
from groundplan.reachability.network import Network, network_of
from groundplan.reachability.packets import Ports
from groundplan.reachability.places import Place
from groundplan.reachability.walks import arrives
from groundplan.reachability.ways import balanced_legs, open_ports
from groundplan.resources.architecture import Architecture
from groundplan.resources.network import ANYWHERE


@dataclass(frozen=True, slots=True)
class Pair:
    """A source and a target that it reaches."""

    source: str
    target: str
    ports: tuple[Ports, ...]
    """As the source sees them."""
    by: str | None = None
    """The load balancer in between; None where there is none."""


class _Matrix:
    """What is alike is asked once: places with the same groups in the same subnets, as all pods of a cluster are."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._known: dict[object, tuple[Ports, ...]] = {}

    def direct(self, source: Place | Addresses, target: Place) -> tuple[Ports, ...]:
        key = _likeness(source), _likeness(target)
        if key not in self._known:
            self._known[key] = open_ports(self._network, source, target)
        return self._known[key]

    def pairs(self) -> Iterator[Pair]:
        places = [place for place in self._network.places if place.kind != "endpoint"]
        begins = [place for place in places if place.kind not in ("database", "cache", "files")]
        balanced = {target.address: list(self._by_balancers(target)) for target in places if target.forwarded}
        sources: tuple[Place | Addresses, ...] = (Addresses(ANYWHERE), *begins)
        for source in sources:
            for target in places:
                if source is target:
                    continue
                ports = self.direct(source, target)
                if ports:
                    yield Pair(label_of(source), label_of(target), ports)
                for balancer, port in balanced.get(target.address, ()):
                    if source is not balancer and any(_holds(each, port) for each in self.direct(source, balancer)):
                        yield Pair(label_of(source), label_of(target), (port,), label_of(balancer))

    def _by_balancers(self, target: Place) -> Iterator[tuple[Place, Ports]]:
        """The load balancers that reach a target, and the ports of their listeners."""
        seen: set[tuple[str, int]] = set()
        for balancer, listener, _, port in self._network.balanced(target):
            if (balancer.address, listener.port) not in seen and any(
                arrives(path) for path in balanced_legs(self._network, balancer, target, port)
            ):
                seen.add((balancer.address, listener.port))
                yield balancer, Ports("tcp", listener.port, listener.port)


def _holds(ports: Ports, one: Ports) -> bool:
    return ports.protocol == one.protocol and ports.first <= one.first and one.last <= ports.last


def _likeness(end: Place | Addresses) -> object:
    if isinstance(end, Addresses):
        return end
    return end.groups, tuple((station.segment.subnet.ref, station.public) for station in end.stations)


def all_pairs(architecture: Architecture) -> list[Pair]:
    """Every pair of which one reaches the other, directly or by a load balancer. The internet is a source as well.

    Databases, caches and file systems begin no connections; services of AWS stand in no network.
    """
    return list(_Matrix(network_of(architecture)).pairs())
