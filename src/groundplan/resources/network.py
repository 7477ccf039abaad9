"""Amazon VPC."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import ClassVar, Literal

from groundplan.record import Record, dataclass
from groundplan.resources.base import Resource
from groundplan.resources.monitoring import LogGroup
from groundplan.resources.policies import PolicyDocument
from groundplan.resources.security import Role
from groundplan.resources.values import Ref

Tier = Literal["public", "private", "database"]
ANYWHERE = IPv4Network("0.0.0.0/0")


@dataclass(frozen=True, kw_only=True)
class Vpc(Resource):
    """A virtual private cloud."""

    title: ClassVar[str] = "VPC"
    attributes: ClassVar[frozenset[str]] = frozenset({"id"})
    cidr_block: IPv4Network
    enable_dns_support: bool = True
    enable_dns_hostnames: bool = True


@dataclass(frozen=True, kw_only=True)
class InternetGateway(Resource):
    """An internet gateway, attached to its VPC."""

    title: ClassVar[str] = "internet gateway"
    vpc: Ref[Vpc]


@dataclass(frozen=True, kw_only=True)
class Subnet(Resource):
    """A subnet in one availability zone; ``key`` is the zone's letter."""

    title: ClassVar[str] = "subnet"
    vpc: Ref[Vpc]
    tier: Tier
    """What lives in it. Not a property at AWS; it stands in the Name tag."""
    cidr_block: IPv4Network
    availability_zone: str
    """Full name: ``ap-south-1a``."""
    map_public_ip_on_launch: bool = False


@dataclass(frozen=True, kw_only=True)
class ElasticIp(Resource):
    """A fixed public IPv4 address."""

    title: ClassVar[str] = "Elastic IP address"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "allocation_id", "public_ip"})


@dataclass(frozen=True, kw_only=True)
class NatGateway(Resource):
    """A public NAT gateway in a public subnet."""

    title: ClassVar[str] = "NAT gateway"
    subnet: Ref[Subnet]
    elastic_ip: Ref[ElasticIp]


@dataclass(frozen=True, kw_only=True)
class RouteTable(Resource):
    """A route table; the route within the VPC is implied."""

    title: ClassVar[str] = "route table"
    vpc: Ref[Vpc]


@dataclass(frozen=True, kw_only=True)
class Route(Resource):
    """One route to a gateway: exactly one of the two is set."""

    title: ClassVar[str] = "route"
    taggable: ClassVar[bool] = False
    route_table: Ref[RouteTable]
    destination_cidr_block: IPv4Network = ANYWHERE
    internet_gateway: Ref[InternetGateway] | None = None
    nat_gateway: Ref[NatGateway] | None = None


@dataclass(frozen=True, kw_only=True)
class RouteTableAssociation(Resource):
    """Which route table a subnet uses."""

    title: ClassVar[str] = "route table association"
    taggable: ClassVar[bool] = False
    route_table: Ref[RouteTable]
    subnet: Ref[Subnet]


@dataclass(frozen=True)
class NetworkAclRule(Record):
    """One entry of a network ACL. ACLs are stateless: answers need a rule of their own."""

    number: int
    direction: Literal["ingress", "egress"]
    action: Literal["allow", "deny"]
    protocol: Literal["tcp", "udp", "icmp", "all"]
    cidr_block: IPv4Network
    from_port: int | None = None
    """First port; None for all protocols."""
    to_port: int | None = None


@dataclass(frozen=True, kw_only=True)
class NetworkAcl(Resource):
    """A network ACL with its entries and the subnets it guards."""

    title: ClassVar[str] = "network ACL"
    vpc: Ref[Vpc]
    subnets: tuple[Ref[Subnet], ...]
    rules: tuple[NetworkAclRule, ...]


@dataclass(frozen=True, kw_only=True)
class SecurityGroup(Resource):
    """A security group. It allows nothing until a rule says so, outwards neither."""

    title: ClassVar[str] = "security group"
    attributes: ClassVar[frozenset[str]] = frozenset({"id"})
    vpc: Ref[Vpc]
    group_name: str
    description: str


@dataclass(frozen=True, kw_only=True)
class SecurityGroupRule(Resource):
    """One thing that a security group allows. The peer is another group or an address range."""

    title: ClassVar[str] = "security group rule"
    attributes: ClassVar[frozenset[str]] = frozenset()
    taggable: ClassVar[bool] = False
    security_group: Ref[SecurityGroup]
    direction: Literal["ingress", "egress"]
    protocol: Literal["tcp", "udp", "icmp", "all"]
    from_port: int | None
    """First port; None for all protocols."""
    to_port: int | None
    peer: Ref[SecurityGroup] | IPv4Network
    description: str


@dataclass(frozen=True, kw_only=True)
class FlowLog(Resource):
    """Records the traffic of a VPC in CloudWatch Logs."""

    title: ClassVar[str] = "VPC flow log"
    vpc: Ref[Vpc]
    log_group: Ref[LogGroup]
    role: Ref[Role]
    traffic_type: Literal["ALL", "ACCEPT", "REJECT"] = "ALL"
    max_aggregation_interval: int = 600
    """Seconds: 60 or 600."""


@dataclass(frozen=True, kw_only=True)
class VpcEndpoint(Resource):
    """A way to an AWS service that does not cross the internet."""

    title: ClassVar[str] = "VPC endpoint"
    vpc: Ref[Vpc]
    service: str
    """The service's part of the endpoint name: ``s3``, ``ecr.api``."""
    vpc_endpoint_type: Literal["Gateway", "Interface"]
    route_tables: tuple[Ref[RouteTable], ...] = ()
    """Gateway endpoints: the tables that get a route."""
    subnets: tuple[Ref[Subnet], ...] = ()
    """Interface endpoints: one subnet in each zone."""
    security_groups: tuple[Ref[SecurityGroup], ...] = ()
    private_dns_enabled: bool | None = None
    """Interface endpoints: whether the service's public name leads here."""
    policy: PolicyDocument | None = None
