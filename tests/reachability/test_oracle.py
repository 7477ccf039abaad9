"""Ten thousand random small networks: exact sets say the same of every packet as an oracle that follows one packet."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from tests.reachability.oracle import NAT, NETWORK, SUBNETS, Oracle, Packet, random_network

from groundplan.reachability.network import Asked, Network, Outside, Spot
from groundplan.reachability.packets import PROTOCOLS, PUBLIC, Box
from groundplan.reachability.walks import Walk, arrives, walk
from groundplan.resources.edge import LoadBalancer
from groundplan.resources.network import Subnet

NETWORKS, SHARES = 10_000, 4
NUMBERS = (0, 79, 399, 400, 443, 500, 501, 1023, 1024, 1999, 2000, 2048, 2049, 5432, 40000, 40001, 65535)
"""Ports at, before and behind the ends of the rules' ranges; of ICMP 2048 is an echo and 0 its reply."""
PUBLIC_ADDRESSES = (0x08080808, 0x08080000, 0x0808FFFF, 0x08090000, 0x01000000, 0x09FFFFFF, 0xDFFFFFFF)
WORLD = Outside("internet", (PUBLIC[0], PUBLIC[-1]))
"""Two ranges of it: all would take thrice the time and be no other."""


def holds(boxes: tuple[Box, ...], packet: Packet) -> bool:
    """Whether one of the boxes holds a packet."""
    bit = PROTOCOLS[packet.protocol]  # type: ignore[index]  # the oracle's protocols are the same
    numbers = packet.source, packet.answers_to, packet.destination, packet.port
    return any(
        box[0] & bit and all(box[1 + 2 * at] <= number <= box[2 + 2 * at] for at, number in enumerate(numbers))
        for box in boxes
    )


def packets(random: Random, here: Subnet | None, there: Subnet | None) -> Iterator[Packet]:
    """Some packets between two subnets; None is the internet."""
    for _ in range(4):
        protocol = random.choice(("tcp", "tcp", "udp", "icmp", "other"))
        answers_to = random.choice(NUMBERS)
        if protocol in ("tcp", "udp"):
            answers_to = max(answers_to, 1024)
        yield Packet(protocol, _address(random, here), answers_to, _address(random, there), random.choice(NUMBERS))


def _address(random: Random, subnet: Subnet | None) -> int:
    if subnet is None:
        return random.choice(PUBLIC_ADDRESSES)
    first = int(subnet.cidr_block.network_address)
    return random.choice((first + 4, first + 7, first + 8, first + 14))


def witnesses(boxes: tuple[Box, ...]) -> Iterator[Packet]:
    """The first and the last packet of each box."""
    for box in boxes[:4]:
        for protocol, bit in PROTOCOLS.items():
            if box[0] & bit:
                yield Packet(protocol, box[1], box[3], box[5], box[7])
                yield Packet(protocol, box[2], box[4], box[6], box[8])


class Seen:
    """Counts, so that a test of nothing but blocked packets would fail."""

    def __init__(self) -> None:
        self.through = dict.fromkeys(("within", "in", "out", "nat"), 0)
        self.asked = 0
        self.partly = 0

    def compare(self, way: str, found: Walk, packet: Packet, truth: bool, said: bool) -> None:
        self.asked += 1
        self.through[way] += truth
        assert said == truth, (way, packet, found.path.way, found.blocked_by)


@pytest.mark.parametrize("share", range(SHARES))
def test_every_packet_is_judged_as_the_oracle_judges_it(share: int) -> None:
    seen = Seen()
    for number in range(share, NETWORKS, SHARES):
        random = Random(number)
        architecture = random_network(random)
        network, oracle = Network(architecture), Oracle(architecture)
        source, target = architecture.of(LoadBalancer)
        spots = {place.name: network.spots(place) for place in network.places}
        here, there = random.choice(spots[source.name]), random.choice(spots[target.name])
        _within(random, network, oracle, source, here, target, there, seen)
        if number // SHARES % 2:
            _inwards(random, network, oracle, target, there, seen)
        else:
            _outwards(random, network, oracle, source, here, seen)
    assert seen.asked > 5 * NETWORKS / SHARES
    assert all(count > 0.02 * NETWORKS / SHARES for count in seen.through.values()), seen.through
    assert seen.partly > 0.02 * NETWORKS / SHARES, seen.partly


def _within(
    random: Random, network: Network, oracle: Oracle, source: LoadBalancer, here: Spot, target: LoadBalancer,
    there: Spot, seen: Seen,
) -> None:  # fmt: skip
    found = walk(network.within(here, there, Asked()))
    left = found.left[-1] if found.arrives else ()
    assert tuple(arrives(found.path)) == left
    subnets = here.segment.subnet, there.segment.subnet
    seen.partly += found.arrives and not found.complete
    for packet in (*packets(random, *subnets), *witnesses(left)):
        truth = oracle.within(source, subnets[0], target, subnets[1], packet)
        seen.compare("within", found, packet, truth, holds(left, packet))
        assert truth or not found.complete


def _inwards(random: Random, network: Network, oracle: Oracle, target: LoadBalancer, there: Spot, seen: Seen) -> None:
    found = walk(network.inwards(WORLD, there, Asked()))
    left = found.left[-1] if found.arrives else ()
    for packet in (*packets(random, None, there.segment.subnet), *witnesses(left)):
        truth = oracle.from_internet(target, there.segment.subnet, packet)
        seen.compare("in", found, packet, truth, holds(left, packet))


def _outwards(random: Random, network: Network, oracle: Oracle, source: LoadBalancer, here: Spot, seen: Seen) -> None:
    subnet = here.segment.subnet
    tried = list(packets(random, subnet, None))
    ways = [walk(path) for path in network.outwards(here, WORLD, Asked())]
    straight = [found for found in ways if len(found.path.legs) == 1]
    for found in straight:
        left = found.left[0] if found.arrives else ()
        for packet in (*tried, *witnesses(left)):
            seen.compare("out", found, packet, oracle.to_internet(source, subnet, packet), holds(left, packet))
    if not straight:
        assert not any(oracle.to_internet(source, subnet, packet) for packet in tried)
    by_nat = [found for found in ways if len(found.path.legs) == 2]
    home = int(oracle.architecture[oracle.architecture[NAT].subnet].cidr_block.network_address)
    for packet in tried:
        again = Packet(packet.protocol, home + 5, random.choice(NUMBERS[8:]), packet.destination, packet.port)
        truth = oracle.by_nat(source, subnet, packet, again.source, again.answers_to)
        for found in by_nat:
            said = found.arrives and holds(found.left[0], packet) and holds(found.left[1], again)
            seen.compare("nat", found, packet, truth, said)
        if not by_nat:
            assert not truth
    for found in by_nat:
        for packet, again in _pairs(found):
            truth = oracle.by_nat(source, subnet, packet, again.source, again.answers_to)
            seen.compare("nat", found, packet, truth, said=True)


def _pairs(found: Walk) -> Iterator[tuple[Packet, Packet]]:
    """What of the two sides of a NAT gateway belongs together: the same protocol, destination and port."""
    if found.arrives:
        for packet in witnesses(found.left[0]):
            for box in found.left[1][:5]:
                again = Packet(packet.protocol, box[2], box[4], packet.destination, packet.port)
                if holds((box,), again):
                    yield packet, again


def test_the_networks_are_what_they_are_said_to_be() -> None:
    """Nobody would notice if the generator made one network ten thousand times."""
    made = {tuple(map(repr, random_network(Random(number)))) for number in range(50)}
    assert len(made) == 50
    assert all(subnet.subnet_of(NETWORK) for subnet in SUBNETS)
