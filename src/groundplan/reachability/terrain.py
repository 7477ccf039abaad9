"""What decides about packets between subnets, whoever stands in them: the part of a network that redesigns of an
environment have alike."""

from __future__ import annotations

import weakref
from operator import is_
from typing import TypeAlias

from groundplan.reachability.gates import Gate, Groups
from groundplan.reachability.segments import Segment, segments_of
from groundplan.reachability.walks import Walk
from groundplan.resources.architecture import Architecture
from groundplan.resources.base import Resource
from groundplan.resources.network import (
    InternetGateway,
    NatGateway,
    NetworkAcl,
    Route,
    RouteTable,
    RouteTableAssociation,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    Vpc,
    VpcEndpoint,
)
from groundplan.resources.values import Ref

KINDS: tuple[type[Resource], ...] = (
    InternetGateway, NatGateway, NetworkAcl, Route, RouteTable, RouteTableAssociation, SecurityGroupRule, Subnet, Vpc,
    VpcEndpoint,
)  # fmt: skip
"""What it is made of."""

Peers: TypeAlias = tuple[set[Ref[SecurityGroup]], bool]
"""The groups that rules of some groups name, and whether one names addresses."""


class Terrain:
    """The subnets, routes, gateways and rules of an architecture, and what was found out about ways through them."""

    def __init__(self, architecture: Architecture, made_of: tuple[Resource, ...]) -> None:
        self.made_of = made_of
        self.segments: dict[Ref[Subnet], Segment] = segments_of(architecture)
        self.groups = Groups(architecture.of(SecurityGroupRule))
        self.nats = {nat.ref: nat for nat in architecture.of(NatGateway)}
        self.gates: dict[object, Gate] = {}
        self.peers: dict[tuple[str, tuple[Ref[SecurityGroup], ...]], Peers] = {}
        self.walks: dict[object, tuple[Walk, ...]] = {}


_known: weakref.WeakSet[Terrain] = weakref.WeakSet()


def terrain_of(architecture: Architecture) -> Terrain:
    """The terrain of an architecture: that of another one, as long as it is there, where it is made of the very same
    resources."""
    made_of = tuple(resource for kind in KINDS for resource in architecture.of(kind))
    for known in _known:
        if len(known.made_of) == len(made_of) and all(map(is_, known.made_of, made_of)):
            return known
    found = Terrain(architecture, made_of)
    _known.add(found)
    return found
