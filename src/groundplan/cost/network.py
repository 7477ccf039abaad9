"""Amazon VPC: NAT gateways, public addresses, endpoints, and traffic.

Sources: https://aws.amazon.com/vpc/pricing/, https://aws.amazon.com/privatelink/pricing/,
https://aws.amazon.com/ec2/pricing/on-demand/#Data_Transfer
"""

from __future__ import annotations

from groundplan.cost.bill import Bill, Chargeable, pricer
from groundplan.cost.model import Kind
from groundplan.cost.quantities import MONTH, Quantity, amount, count, gigabytes
from groundplan.resources.network import ElasticIp, InternetGateway, NatGateway, Subnet, Vpc, VpcEndpoint

_VPC_PRICING = "https://docs.aws.amazon.com/vpc/latest/userguide/what-is-amazon-vpc.html"

_TRANSFER = "https://aws.amazon.com/ec2/pricing/on-demand/#Data_Transfer"
BETWEEN_REGIONS = "dto.inter_region.gb"
DIRECTIONS = 2
"""Data between zones is charged where it leaves and where it arrives.

Source: https://aws.amazon.com/ec2/pricing/on-demand/#Data_Transfer_within_the_same_AWS_Region
"""


def charge_public_addresses(
    bill: Bill, resource: Chargeable, addresses: Quantity, hours: Quantity = MONTH, kind: Kind = "fixed"
) -> None:
    """Public IPv4 addresses are charged by the hour, in use or not, whatever they belong to."""
    bill.charge(resource, "public_ipv4.hour", addresses * count(1, "public IPv4 address") * hours, kind)


def charge_between_regions(bill: Bill, copy: Chargeable, origin: Chargeable, why: str) -> None:
    """Data that is copied to another region, at the price of the region that it leaves.

    It is one figure for all that is copied, and charged once.
    """
    if bill.usage.between_regions is None:
        bill.add_unpriced(copy, f"usage.between_regions is not stated: {why}")
    elif BETWEEN_REGIONS in {*(line.sku for line in bill.lines), *(item.sku for item in bill.unpriced)}:
        bill.add_free(copy, "what it transfers is charged once for all, by usage.between_regions", _TRANSFER)
    else:
        note = "all that is copied to another region"
        bill.charge(origin, BETWEEN_REGIONS, gigabytes(bill.usage.between_regions), "usage", note=note)


def _vpcs(bill: Bill, vpcs: tuple[Vpc, ...]) -> None:
    for vpc in vpcs:
        bill.add_free(vpc, "a VPC and its settings have no charge", _VPC_PRICING)
    zones = {subnet.availability_zone for subnet in bill.architecture.of(Subnet)}
    if len(zones) < 2:
        return
    if bill.usage.between_zones is None:
        bill.add_unpriced(
            vpcs, "usage.between_zones is not stated: traffic between zones is charged in both directions"
        )
    else:
        data = gigabytes(bill.usage.between_zones) * count(DIRECTIONS, "direction")
        bill.charge(vpcs, "dto.cross_az.gb", data, "usage")


def _internet_gateways(bill: Bill, gateways: tuple[InternetGateway, ...]) -> None:
    for gateway in gateways:
        bill.add_free(gateway, "the gateway itself has no charge", _VPC_PRICING)
    if bill.usage.internet_out is None:
        bill.add_unpriced(gateways, "usage.internet_out is not stated")
        return
    out = amount(gigabytes(bill.usage.internet_out).value, "GB to the internet")
    if out.value:
        bill.charge(gateways, "dto.internet.gb_first10tb", out, "usage")


def _elastic_ips(bill: Bill, addresses: tuple[ElasticIp, ...]) -> None:
    for address in addresses:
        bill.charge(address, "public_ipv4.hour", count(1, "public IPv4 address") * MONTH)


def _nat_gateways(bill: Bill, gateways: tuple[NatGateway, ...]) -> None:
    for gateway in gateways:
        bill.charge(gateway, "nat.hour", count(1, "NAT gateway") * MONTH)
    if bill.usage.nat is None:
        bill.add_unpriced(gateways, "usage.nat is not stated")
    else:
        bill.charge(gateways, "nat.gb", gigabytes(bill.usage.nat), "usage")


def _endpoints(bill: Bill, endpoints: tuple[VpcEndpoint, ...]) -> None:
    interfaces = tuple(endpoint for endpoint in endpoints if endpoint.vpc_endpoint_type == "Interface")
    for endpoint in endpoints:
        if endpoint.vpc_endpoint_type == "Gateway":
            bill.add_free(
                endpoint,
                "gateway endpoints have no charge",
                "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html",
            )
        else:
            zones = count(len(endpoint.subnets), "zone")
            bill.charge(endpoint, "vpce.interface.hour", count(1, "endpoint") * zones * MONTH)
    if not interfaces:
        return
    if bill.usage.endpoints is None:
        bill.add_unpriced(interfaces, "usage.endpoints is not stated: data that passes interface endpoints is charged")
    else:
        bill.charge(interfaces, "vpce.interface.gb", gigabytes(bill.usage.endpoints), "usage")


PRICERS = (
    pricer(NatGateway, _nat_gateways),
    pricer(ElasticIp, _elastic_ips),
    pricer(VpcEndpoint, _endpoints),
    pricer(InternetGateway, _internet_gateways),
    pricer(Vpc, _vpcs),
)
