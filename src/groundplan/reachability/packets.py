"""Sets of packets, exactly: unions of boxes over protocols, addresses and ports. Nothing is sampled.

A **box** is nine numbers: the protocols as bits, then the first and last source address, source port, destination
address and destination port of a connection. The first packet of a connection goes from source to destination; its
answers come back from the destination's port to the source's, which the client chose by chance (an ephemeral port).

ICMP has no ports. In their place stands, for the way there, the message's type and code as ``type * 256 + code``; for
the way back those of the answer. Protocols that have neither (``other``) are only allowed by rules for all protocols.

A **filter** is five numbers of the one side of a connection that a rule speaks of: protocols, first and last address,
first and last port.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, summarize_address_range
from typing import Literal, TypeAlias

Protocol = Literal["tcp", "udp", "icmp", "other"]
PROTOCOLS: dict[Protocol, int] = {"tcp": 1, "udp": 2, "icmp": 4, "other": 8}
ALL, WITH_PORTS = 15, 3
LAST_ADDRESS, LAST_PORT = 2**32 - 1, 65535
EPHEMERAL = (1024, 65535)
"""What clients take their ports from: NAT gateways and load balancers all of them, Linux a part.
Source: https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports"""

Range: TypeAlias = tuple[int, int]
"""First and last, both within."""
Box: TypeAlias = tuple[int, ...]
"""Nine numbers."""
Filter: TypeAlias = tuple[int, ...]
"""Five numbers."""

SOURCE, SOURCE_PORT, DESTINATION, DESTINATION_PORT = 1, 3, 5, 7
"""Where each range of a box begins."""

_NOT_ON_THE_INTERNET = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
            "192.168.0.0/16", "224.0.0.0/3",
        ),
    )
)  # fmt: skip
"""Private use, shared address space, loopback, link local, multicast and reserved.
Source: https://www.iana.org/assignments/iana-ipv4-special-registry/iana-ipv4-special-registry.xhtml"""


def span(network: IPv4Network) -> Range:
    """The first and last address of a network."""
    return int(network.network_address), int(network.broadcast_address)


def without(ranges: Iterable[Range], taken: Range) -> list[Range]:
    """Ranges without the numbers of another."""
    left: list[Range] = []
    for first, last in ranges:
        if first < taken[0]:
            left.append((first, min(last, taken[0] - 1)))
        if last > taken[1]:
            left.append((max(first, taken[1] + 1), last))
    return left


def _public() -> tuple[Range, ...]:
    ranges: list[Range] = [(0, LAST_ADDRESS)]
    for network in _NOT_ON_THE_INTERNET:
        ranges = without(ranges, span(network))
    return tuple(ranges)


PUBLIC = _public()
"""Every address that is routed on the internet."""


def on_the_internet(ranges: Iterable[Range]) -> tuple[Range, ...]:
    """The part of ranges that is routed on the internet."""
    found = [(max(first, low), min(last, high)) for first, last in ranges for low, high in PUBLIC]
    return tuple((first, last) for first, last in found if first <= last)


def permit(protocol: Literal["tcp", "udp", "icmp", "all"], first: int | None, last: int | None, place: Range) -> Filter:
    """What a rule of a security group or network ACL speaks of. For ICMP its ports are a type and a code; -1: all.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
    """
    if protocol == "all":
        return (ALL, *place, 0, LAST_PORT)
    if protocol == "icmp":
        if first is None or first == -1:
            return (PROTOCOLS["icmp"], *place, 0, LAST_PORT)
        code = (0, 255) if last is None or last == -1 else (last, last)
        return (PROTOCOLS["icmp"], *place, first * 256 + code[0], first * 256 + code[1])
    return (PROTOCOLS[protocol], *place, first or 0, LAST_PORT if last is None else last)


def connections(
    sources: Iterable[Range], destinations: Iterable[Range], protocols: int = ALL, ports: Range = (0, LAST_PORT)
) -> list[Box]:
    """Every connection between two places, by protocol and destination port."""
    kinds = ((protocols & WITH_PORTS, EPHEMERAL), (protocols & ~WITH_PORTS, (0, LAST_PORT)))
    places = tuple(destinations)
    return [
        (kind, *source, *answers, *place, *ports)
        for source in sources
        for place in places
        for kind, answers in kinds
        if kind
    ]


def narrowed(boxes: Iterable[Box], permitted: Sequence[Filter], address: int, port: int) -> list[Box]:
    """What is left of connections where only some are permitted, by one side's addresses and ports.

    ``address`` and ``port`` say which side: where the range begins in a box.
    """
    left: list[Box] = []
    for box in boxes:
        kinds, a, b, c, d = box[0], box[address], box[address + 1], box[port], box[port + 1]
        parts: list[Box] = []
        for allowed, first, last, low, high in permitted:
            if first > b or last < a or low > d or high < c or not kinds & allowed:
                continue
            if first <= a and last >= b and low <= c and high >= d and kinds & allowed == kinds:
                parts = [box]
                break
            part = list(box)
            part[0], part[address], part[address + 1] = kinds & allowed, max(first, a), min(last, b)
            part[port], part[port + 1] = max(low, c), min(high, d)
            parts.append(tuple(part))
        left += parts
    return left


def subtracted(boxes: Iterable[tuple[int, ...]], taken: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Boxes, or filters, without what another holds: for each, the parts beside it in one direction after the other."""
    left: list[tuple[int, ...]] = []
    ends = range(1, len(taken), 2)
    for box in boxes:
        if not box[0] & taken[0] or any(box[at] > taken[at + 1] or box[at + 1] < taken[at] for at in ends):
            left.append(box)
            continue
        core = list(box)
        if box[0] & ~taken[0]:
            left.append((box[0] & ~taken[0], *box[1:]))
            core[0] = box[0] & taken[0]
        for at in ends:
            if core[at] < taken[at]:
                left.append((*core[: at + 1], taken[at] - 1, *core[at + 2 :]))
                core[at] = taken[at]
            if core[at + 1] > taken[at + 1]:
                left.append((*core[:at], taken[at + 1] + 1, *core[at + 1 :]))
                core[at + 1] = taken[at + 1]
    return left


def covers(found: Sequence[Box], asked: Sequence[Box]) -> bool:
    """Whether nothing that was asked for is missing."""
    if tuple(found) == tuple(asked):
        return True
    missing = list(asked)
    for box in found:
        missing = subtracted(missing, box)
        if not missing:
            return True
    return not missing


def reaching(boxes: Iterable[Box], *, addresses: bool = True) -> list[Filter]:
    """What the connections arrive at, whoever began them; without ``addresses`` only protocols and ports."""
    return list(
        dict.fromkeys(
            (box[0], box[5], box[6], box[7], box[8]) if addresses else (box[0], 0, LAST_ADDRESS, box[7], box[8])
            for box in boxes
        )
    )


@dataclass(frozen=True, slots=True, order=True)
class Ports:
    """A range of ports of one protocol. Of ICMP and other protocols there is one for all."""

    protocol: Protocol
    first: int
    last: int

    def __str__(self) -> str:
        if (self.first, self.last) == (0, LAST_PORT):
            return self.protocol if self.protocol in ("icmp", "other") else f"{self.protocol} all ports"
        if self.protocol == "icmp":
            return f"icmp type {self.first // 256}" + (
                f" to {self.last // 256}" if self.last - self.first > 255 else ""
            )
        return (
            f"{self.protocol} {self.first}" if self.first == self.last else f"{self.protocol} {self.first}-{self.last}"
        )


def merged(ranges: Iterable[Range]) -> list[Range]:
    """The same numbers in as few ranges as possible, in order."""
    found: list[Range] = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def ports_of(boxes: Iterable[Box]) -> tuple[Ports, ...]:
    """The destination ports of connections, by protocol."""
    return ports_in((box[0], box[7], box[8]) for box in boxes)


def ports_in(found: Iterable[tuple[int, int, int]]) -> tuple[Ports, ...]:
    """Ranges of ports by protocol, of protocols (as bits) with a first and a last port each."""
    entries = list(dict.fromkeys(found))
    return tuple(
        Ports(protocol, first, last)
        for protocol, bit in PROTOCOLS.items()
        for first, last in merged((low, high) for kinds, low, high in entries if kinds & bit)
    )


def shown(first: int, last: int) -> str:
    """A range of addresses as a person reads it: networks where it is few of them, ``first-last`` otherwise."""
    networks = list(summarize_address_range(IPv4Address(first), IPv4Address(last)))
    if len(networks) == 1:
        return str(networks[0])
    return f"{IPv4Address(first)}-{IPv4Address(last)}"
