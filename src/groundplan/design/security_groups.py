"""Security groups and what they allow: wired only by ``needs:`` and ``public:``, in both directions."""

from __future__ import annotations

import re
from ipaddress import IPv4Network
from typing import Literal

from groundplan.design.draft import VPC, Draft, identifier
from groundplan.resources.network import ANYWHERE, SecurityGroup, SecurityGroupRule
from groundplan.resources.values import Ref

Direction = Literal["ingress", "egress"]


CLUSTER = Ref(SecurityGroup, "cluster")
"""On EKS the group of all nodes, and so of all pods, and of the control plane's network interfaces."""


def group_of(name: str) -> Ref[SecurityGroup]:
    """The security group of a database or cache, or of a service on ECS."""
    return Ref(SecurityGroup, identifier(name))


def group_of_service(draft: Draft, name: str) -> Ref[SecurityGroup]:
    """The security group that a service's containers are in.

    On EKS all pods share the nodes' group: security groups for pods take whole network interfaces, which T instances do
    not have at all. What tells pods apart there are the network policies, made from ``needs:`` as well.
    Source: https://docs.aws.amazon.com/eks/latest/userguide/security-groups-for-pods.html
    """
    return CLUSTER if draft.blueprint.platform == "eks" else group_of(name)


def add_group(draft: Draft, name: str, description: str, path: str, *, shown: str | None = None) -> Ref[SecurityGroup]:
    """A security group that allows nothing yet. ``shown`` is what AWS calls it, where that is not ``name``."""
    return draft.add(
        SecurityGroup(
            name=name,
            concern="network",
            vpc=VPC,
            group_name=draft.called("security_group", shown or name, path),
            description=description,
            tags=draft.name_tag(shown or name),
        )
    )


def add_endpoint_group(draft: Draft) -> Ref[SecurityGroup]:
    """The security group of interface endpoints: HTTPS from the VPC. Added once."""
    group: Ref[SecurityGroup] = Ref(SecurityGroup, "endpoints")
    if group not in draft.refs:
        add_group(draft, "endpoints", "VPC interface endpoints", "network.endpoints")
        allow_range(draft, group, "ingress", 443, draft.blueprint.network.cidr, "HTTPS from the VPC")
    return group


def allow(draft: Draft, source: Ref[SecurityGroup], target: Ref[SecurityGroup], port: int, what: str) -> None:
    """Let one group's members reach a port of another's: out there, in here, nothing else. Added once."""
    into = f"{target.name}_from_{source.name}_{port}"
    if Ref(SecurityGroupRule, into) in draft.refs:
        return
    _add_rule(draft, f"{source.name}_to_{target.name}_{port}", source, "egress", port, target, what)
    _add_rule(draft, into, target, "ingress", port, source, what)


def allow_within(draft: Draft, group: Ref[SecurityGroup], what: str) -> None:
    """Let a group's members reach each other on every port."""
    ways: tuple[tuple[str, Direction], ...] = (("to", "egress"), ("from", "ingress"))
    for way, direction in ways:
        draft.add(
            SecurityGroupRule(
                name=f"{group.name}_{way}_{group.name}",
                concern="network",
                security_group=group,
                direction=direction,
                protocol="all",
                from_port=None,
                to_port=None,
                peer=group,
                description=what,
            )
        )


def allow_range(
    draft: Draft, group: Ref[SecurityGroup], direction: Direction, port: int, cidr: IPv4Network, what: str
) -> None:
    """Let a group's members reach, or be reached from, an address range on one TCP port."""
    place = "internet" if cidr == ANYWHERE else "vpc" if cidr == draft.blueprint.network.cidr else _spelled(cidr)
    way = "to" if direction == "egress" else "from"
    _add_rule(draft, f"{group.name}_{way}_{place}_{port}", group, direction, port, cidr, what)


def _spelled(cidr: IPv4Network) -> str:
    return re.sub(r"[./]", "_", str(cidr))


def _add_rule(
    draft: Draft,
    name: str,
    group: Ref[SecurityGroup],
    direction: Direction,
    port: int,
    peer: Ref[SecurityGroup] | IPv4Network,
    what: str,
) -> None:
    draft.add(
        SecurityGroupRule(
            name=name,
            concern="network",
            security_group=group,
            direction=direction,
            protocol="tcp",
            from_port=port,
            to_port=port,
            peer=peer,
            description=what,
        )
    )
