"""VPC network, private access to Google's APIs and managed databases, private DNS."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import ClassVar, Literal

from groundplan.record import dataclass
from groundplan.resources.base import Resource
from groundplan.resources.google.base import OnGoogleCloud
from groundplan.resources.values import Ref, Textual


@dataclass(frozen=True, kw_only=True)
class GoogleNetwork(OnGoogleCloud, Resource):
    """A VPC network without subnets of its own making."""

    title: ClassVar[str] = "VPC network"
    network_name: str
    description: str
    auto_create_subnetworks: bool = False


@dataclass(frozen=True, kw_only=True)
class GoogleSubnetwork(OnGoogleCloud, Resource):
    """The subnet that Cloud Run's instances get their addresses from (Direct VPC egress).

    Source: https://cloud.google.com/run/docs/configuring/vpc-direct-vpc
    """

    title: ClassVar[str] = "subnet"
    subnetwork_name: str
    network: Ref[GoogleNetwork]
    location: Textual
    ip_cidr_range: IPv4Network
    private_ip_google_access: bool = True


@dataclass(frozen=True, kw_only=True)
class GoogleAddress(OnGoogleCloud, Resource):
    """An address of the internet that a domain can lead to, or a range that Google's managed services live in."""

    title: ClassVar[str] = "global address"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "address", "address_name"})
    address_name: str
    address_type: Literal["EXTERNAL", "INTERNAL"]
    purpose: Literal["VPC_PEERING"] | None = None
    prefix_length: int | None = None
    network: Ref[GoogleNetwork] | None = None


@dataclass(frozen=True, kw_only=True)
class GooglePrivateConnection(OnGoogleCloud, Resource):
    """Private services access: how Cloud SQL and Memorystore come into the network.

    Source: https://cloud.google.com/vpc/docs/private-services-access
    """

    title: ClassVar[str] = "private services connection"
    network: Ref[GoogleNetwork]
    ranges: tuple[Ref[GoogleAddress], ...]


@dataclass(frozen=True, kw_only=True)
class GoogleDnsZone(OnGoogleCloud, Resource):
    """A private zone of Cloud DNS."""

    title: ClassVar[str] = "Cloud DNS zone"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "zone_name"})
    zone_name: str
    dns_name: str
    """With the dot at its end."""
    description: str
    network: Ref[GoogleNetwork]


@dataclass(frozen=True, kw_only=True)
class GoogleDnsRecord(OnGoogleCloud, Resource):
    """What a zone answers."""

    title: ClassVar[str] = "Cloud DNS record"
    zone: Ref[GoogleDnsZone]
    record_name: str
    """With the dot at its end."""
    record_type: Literal["A", "CNAME"]
    ttl: int
    """Seconds."""
    rrdatas: tuple[str, ...]
