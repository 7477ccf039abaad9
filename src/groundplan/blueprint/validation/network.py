"""Address ranges: private, of a size that AWS takes, apart from each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from ipaddress import IPv4Network

from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.tree import Node, Steps
from groundplan.blueprint.validation.base import Finding, check_retention
from groundplan.units import is_private, shown

LARGEST, SMALLEST = 16, 28
"""Prefix lengths of a VPC and of a subnet. Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html"""


def check_network(blueprint: Blueprint, tree: Node) -> Iterator[Finding]:
    """The VPC's range, the zones and the subnets that are written."""
    network = blueprint.network
    at: Steps = ("network",)
    if not is_private(network.cidr):
        yield Finding(
            (*at, "cidr"), f"{network.cidr} is not private; take a range of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16"
        )
    if not LARGEST <= network.cidr.prefixlen <= SMALLEST:
        size = "large" if network.cidr.prefixlen < LARGEST else "small"
        yield Finding((*at, "cidr"), f"{network.cidr} is too {size} for a VPC, which is /{LARGEST} to /{SMALLEST}")
    for zone, count in Counter(network.zones).items():
        if count > 1:
            again = len(network.zones) - 1 - network.zones[::-1].index(zone)
            yield Finding((*at, "zones", again), f'zone "{zone}" stands twice')
    for service, count in Counter(network.endpoints).items():
        if count > 1:
            again = len(network.endpoints) - 1 - network.endpoints[::-1].index(service)
            yield Finding((*at, "endpoints", again), f'endpoint "{service}" stands twice')
    for index, service in enumerate(network.endpoints):
        if service != "s3":
            yield from _check_endpoint(service, (*at, "endpoints", index))
    yield from _check_subnets(blueprint)
    if network.flow_logs is not None:
        yield from check_retention(network.flow_logs, (*at, "flow_logs"))


def _check_endpoint(service: str, path: Steps) -> Iterator[Finding]:
    from groundplan.catalog import endpoints  # here, since most blueprints have that of S3 alone

    if not endpoints.is_known(service):
        yield Finding(path, f"no service of AWS has an endpoint {shown(service)}{endpoints.suggest(service)}")


def _check_subnets(blueprint: Blueprint) -> Iterator[Finding]:
    network = blueprint.network
    placed: list[tuple[IPv4Network, str]] = []
    for tier, zones in network.subnets.items():
        for zone, cidr in zones.items():
            path = ("network", "subnets", tier, zone)
            if zone not in network.zones:
                zones_said = ", ".join(network.zones)
                yield Finding(path, f'there is no zone "{zone}"; network.zones has {zones_said}', at_key=True)
            if cidr.prefixlen > SMALLEST:
                yield Finding(path, f"{cidr} is too small for a subnet; the smallest is /{SMALLEST}")
            if not cidr.subnet_of(network.cidr):
                yield Finding(path, f"{cidr} lies outside of the VPC's {network.cidr}")
            for other, where in placed:
                if cidr.overlaps(other):
                    yield Finding(path, f"{cidr} overlaps {other} of {where}")
            placed.append((cidr, f"{tier}.{zone}"))
