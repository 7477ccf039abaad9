"""What packets have to pass on their way, one thing after the other, and why each lets them through or does not.

Sources: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html,
https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html,
https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from groundplan.reachability.packets import (
    ALL,
    DESTINATION,
    DESTINATION_PORT,
    LAST_ADDRESS,
    LAST_PORT,
    SOURCE,
    SOURCE_PORT,
    Box,
    Filter,
    narrowed,
    permit,
    ports_of,
    shown,
    span,
)
from groundplan.reachability.segments import Entry, Segment
from groundplan.resources.network import NetworkAclRule, SecurityGroup, SecurityGroupRule
from groundplan.resources.values import Ref

EVERYTHING: Filter = (ALL, 0, LAST_ADDRESS, 0, LAST_PORT)
ANYWHERE = (0, LAST_ADDRESS)


@dataclass(frozen=True, slots=True)
class Hop:
    """One thing on the way: which resource it is, by which rule of it, and what that says."""

    resource: str
    """Its address; what stands outside of the architecture is called in words."""
    rule: str | None
    """The rule, entry or route: an address, or an entry's number and direction."""
    says: str


@dataclass(frozen=True, slots=True, eq=False)
class Gate:
    """One thing that packets have to pass, from the view of the address and port that it looks at."""

    resource: str
    permitted: tuple[Filter, ...]
    """What it lets through."""
    reason: Callable[[int], tuple[str | None, str]]
    """Of the part of ``permitted`` at a place the rule and what it says."""
    refusal: Callable[[Sequence[Box]], tuple[str | None, str]]
    """The rule, if one does, and why, where it lets nothing of what was asked for through."""
    address: int = DESTINATION
    port: int = DESTINATION_PORT

    def passed(self, boxes: Sequence[Box]) -> list[Box]:
        """What gets through."""
        if self.permitted == (EVERYTHING,):
            return list(boxes)
        return narrowed(boxes, self.permitted, self.address, self.port)

    def hop(self, boxes: Sequence[Box]) -> Hop:
        """Why packets that get through do."""
        for at, part in enumerate(self.permitted):
            if narrowed(boxes, (part,), self.address, self.port):
                return Hop(self.resource, *self.reason(at))
        raise ValueError(f"{self.resource} lets nothing of it through")

    def blocker(self, boxes: Sequence[Box]) -> Hop:
        """Why packets that do not get through do not."""
        return Hop(self.resource, *self.refusal(boxes))


def open_gate(resource: str, says: str, rule: str | None = None) -> Gate:
    """Something that lets everything through."""
    return Gate(resource, (EVERYTHING,), lambda _: (rule, says), lambda _: (None, ""))


def closed_gate(resource: str, says: str, rule: str | None = None) -> Gate:
    """Something that is missing or lets nothing through."""
    return Gate(resource, (), _nothing, lambda _: (rule, says))


def _nothing(at: int) -> tuple[str | None, str]:
    raise IndexError(f"there is no part {at} in what lets nothing through")


class Groups:
    """The security groups of an architecture and what they let out and in."""

    def __init__(self, rules: Sequence[SecurityGroupRule]) -> None:
        self._rules: dict[tuple[Ref[SecurityGroup], str], list[tuple[SecurityGroupRule, Filter]]] = {}
        for rule in rules:
            place = ANYWHERE if isinstance(rule.peer, Ref) else span(rule.peer)
            spoken = permit(rule.protocol, rule.from_port, rule.to_port, place)
            self._rules.setdefault((rule.security_group, rule.direction), []).append((rule, spoken))

    def gate(
        self, direction: str, groups: Sequence[Ref[SecurityGroup]], peers: Sequence[Ref[SecurityGroup]] | None, vpc: str
    ) -> Gate:
        """What the groups of one end let through to or from the other end, which is in the groups ``peers``.

        They remember connections, so that answers need no rule. Every rule of every group counts. No groups are the
        VPC's default group; ``peers`` None: what is in no group of the VPC at all.
        """
        address = DESTINATION if direction == "egress" else SOURCE
        if not groups:
            return self._default(direction, address, bare=peers is not None and not peers, vpc=vpc)
        speaking = [
            (rule, spoken)
            for group in groups
            for rule, spoken in self._rules.get((group, direction), ())
            if not isinstance(rule.peer, Ref) or rule.peer in (peers or ())
        ]
        name = " and ".join(group.address for group in groups)
        way = "out" if direction == "egress" else "in"

        def reason(at: int) -> tuple[str | None, str]:
            return speaking[at][0].address, _said(*speaking[at])

        def refusal(boxes: Sequence[Box]) -> tuple[str | None, str]:
            other = " or ".join(group.address for group in peers or ())
            return None, f"lets no {_asked(boxes)} {way} {_whereto(boxes, address, direction, other)}"

        return Gate(name, tuple(spoken for _, spoken in speaking), reason, refusal, address)

    def _default(self, direction: str, address: int, *, bare: bool, vpc: str) -> Gate:
        """A VPC's default group lets everything out, and in only what is in it too.

        Source: https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
        """
        name = f"default security group of {vpc}"
        if direction == "egress" or bare:
            return open_gate(name, "lets everything out" if direction == "egress" else "lets its own members in")
        return Gate(name, (), _nothing, lambda _: (None, "lets in only what is in it too"), address)

    def names_any(self, direction: str, groups: Sequence[Ref[SecurityGroup]]) -> tuple[set[Ref[SecurityGroup]], bool]:
        """The groups that rules of a direction name, and whether one names addresses: to tell soon what cannot be."""
        if not groups:
            return set(), True
        rules = [rule for group in groups for rule, _ in self._rules.get((group, direction), ())]
        return {rule.peer for rule in rules if isinstance(rule.peer, Ref)}, any(
            not isinstance(rule.peer, Ref) for rule in rules
        )


def _said(rule: SecurityGroupRule, spoken: Filter) -> str:
    peer = rule.peer.address if isinstance(rule.peer, Ref) else str(rule.peer)
    return f"lets {_kinds(spoken)} {'out to' if rule.direction == 'egress' else 'in from'} {peer}"


def _kinds(spoken: Filter) -> str:
    """The protocols and ports of a filter in words."""
    if spoken[0] == ALL:
        return "everything"
    return ", ".join(map(str, ports_of([(spoken[0], 0, 0, 0, 0, 0, 0, spoken[3], spoken[4])])))


def _asked(boxes: Sequence[Box]) -> str:
    found = ports_of(boxes)
    whole = all((ports.first, ports.last) == (0, LAST_PORT) for ports in found)
    return "packet" if whole and len(found) > 1 else ", ".join(map(str, found)) or "packet"


def _whereto(boxes: Sequence[Box], address: int, direction: str, group: str) -> str:
    places = list(dict.fromkeys((box[address], box[address + 1]) for box in boxes))
    where = "the internet" if len(places) > 3 else ", ".join(shown(*place) for place in places)
    return f"{'to' if direction == 'egress' else 'from'} {f'{group} ({where})' if group else where}"


def acl_gate(segment: Segment, direction: str, address: int, port: int) -> Gate:
    """The network ACL of a subnet for one direction. It knows no connections: answers have to pass it as well."""
    if segment.acl is None:
        return open_gate(f"default network ACL of {segment.vpc.address}", "lets everything through")
    entries = segment.inwards if direction == "ingress" else segment.outwards
    allowed = [(spoken, rule) for spoken, rule in entries if rule is not None and rule.action == "allow"]
    answers = port == SOURCE_PORT

    def reason(at: int) -> tuple[str | None, str]:
        rule = allowed[at][1]
        return _entry_name(rule), _entry_says(rule, answers=answers)

    def refusal(boxes: Sequence[Box]) -> tuple[str | None, str]:
        return _denied(entries, boxes, direction, address, port, answers=answers)

    return Gate(
        segment.acl.address,
        tuple(spoken for spoken, _ in allowed),
        reason,
        refusal,
        address,
        port,
    )


def _entry_name(entry: NetworkAclRule) -> str:
    return f"{entry.direction} {entry.number}"


def _entry_says(entry: NetworkAclRule, *, answers: bool) -> str:
    spoken = permit(entry.protocol, entry.from_port, entry.to_port, (0, 0))
    way = "in from" if entry.direction == "ingress" else "out to"
    what = f"answers ({_kinds(spoken)})" if answers and spoken[0] != ALL else "answers" if answers else _kinds(spoken)
    return f"{'lets' if entry.action == 'allow' else 'denies'} {what} {way} {entry.cidr_block}"


def _denied(
    entries: Sequence[Entry], boxes: Sequence[Box], direction: str, address: int, port: int, *, answers: bool
) -> tuple[str | None, str]:
    """Which entries deny what was asked for."""
    denying = [rule for spoken, rule in entries if narrowed(boxes, (spoken,), address, port)]
    written = [rule for rule in dict.fromkeys(denying) if rule is not None]
    if written:
        says = "; ".join(_entry_says(rule, answers=answers) for rule in written)
        return ", ".join(_entry_name(rule) for rule in written), says
    way = _whereto(boxes, address, direction, "")
    if answers:
        return None, f"has no {direction} entry for answers {way}: ports 1024-65535, which clients take theirs from"
    return None, f"has no {direction} entry for {_asked(boxes)} {way}"


def local_gate(segment: Segment, address: int) -> Gate:
    """The route within the VPC, to the other end or, for answers, back to it."""
    name = segment.table.address if segment.table else f"main route table of {segment.vpc.address}"
    cidr = segment.vpc.cidr_block
    back = address == SOURCE

    def refusal(boxes: Sequence[Box]) -> tuple[str | None, str]:
        for first, last, route in segment.lanes:
            if route is not None and narrowed(boxes, ((ALL, first, last, 0, LAST_PORT),), address, DESTINATION_PORT):
                return route.address, f"sends {route.destination_cidr_block}, part of the VPC, to a gateway"
        return None, f"has no route to it: only to {cidr}"

    said = f"{'answers stay' if back else 'stays'} within the VPC"
    return Gate(name, segment.local, lambda _: (f"{cidr} local", said), refusal, address)


def route_gate(segment: Segment, target: str, lanes: Sequence[tuple[int, int, str, IPv4Network]], address: int) -> Gate:
    """The routes of a subnet that lead to a gateway: ``lanes`` are destinations, the route's address and its prefix."""
    name = segment.table.address if segment.table else f"main route table of {segment.vpc.address}"

    def refusal(boxes: Sequence[Box]) -> tuple[str | None, str]:
        others = [
            route
            for first, last, route in segment.lanes
            if route is not None and narrowed(boxes, ((ALL, first, last, 0, LAST_PORT),), address, DESTINATION_PORT)
        ]
        if others:
            listed = ", ".join(dict.fromkeys(f"{route.destination_cidr_block} to {_leads(route)}" for route in others))
            return others[0].address, f"sends {listed}, not to {target}"
        return None, f"has no route to {target}"

    def reason(at: int) -> tuple[str | None, str]:
        _, _, route, prefix = lanes[at]
        return route, f"sends {'answers' if address == SOURCE else 'it'} ({prefix}) to {target}"

    return Gate(
        name,
        tuple((ALL, first, last, 0, LAST_PORT) for first, last, _, _ in lanes),
        reason,
        refusal,
        address,
    )


def _leads(route: object) -> str:
    target = getattr(route, "nat_gateway", None) or getattr(route, "internet_gateway", None)
    return target.address if isinstance(target, Ref) else "nothing"
