"""Where things of an architecture stand, and by which way they leave it."""

from __future__ import annotations

from collections.abc import Iterable

from groundplan.resources import Architecture
from groundplan.resources.network import NatGateway, Route, RouteTableAssociation, Subnet, VpcEndpoint
from groundplan.resources.values import Ref

TO_START = ("ecr.api", "ecr.dkr", "s3", "logs")
"""Endpoints without which a task in a private subnet starts by way of a NAT gateway alone.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html
"""


class Places:
    """Zones, NAT gateways and endpoints, by subnet."""

    def __init__(self, architecture: Architecture) -> None:
        self._architecture = architecture
        self._tables = {item.subnet: item.route_table for item in architecture.of(RouteTableAssociation)}
        self._gateways = {
            item.route_table: item.nat_gateway for item in architecture.of(Route) if item.nat_gateway is not None
        }

    def zones(self, subnets: Iterable[Ref[Subnet]]) -> tuple[str, ...]:
        """Full names of the zones, each once, in order."""
        return tuple(dict.fromkeys(self._architecture[subnet].availability_zone for subnet in subnets))

    def gateway(self, subnet: Ref[Subnet]) -> NatGateway | None:
        """The NAT gateway by which a subnet reaches the internet; None: by none, or directly."""
        table = self._tables.get(subnet)
        found = self._gateways.get(table) if table is not None else None
        return self._architecture[found] if found is not None else None

    def gateway_zone(self, gateway: NatGateway) -> str:
        """The zone that a NAT gateway stands and falls with."""
        return self._architecture[gateway.subnet].availability_zone

    def has_endpoint(self, service: str, subnet: Ref[Subnet]) -> bool:
        """Whether a service of AWS is reached without leaving the network."""
        vpc = self._architecture[subnet].vpc
        return any(item.service == service and item.vpc == vpc for item in self._architecture.of(VpcEndpoint))

    def starts_by_gateway(self, subnet: Ref[Subnet]) -> NatGateway | None:
        """The NAT gateway that images come by; None where nothing starts by one."""
        if all(self.has_endpoint(service, subnet) for service in TO_START):
            return None
        return self.gateway(subnet)
