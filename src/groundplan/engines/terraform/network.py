"""Amazon VPC in Terraform."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.engines.terraform.context import Context, label
from groundplan.engines.terraform.hcl import Block, Expression
from groundplan.engines.terraform.rows import Row
from groundplan.resources.network import (
    ElasticIp,
    FlowLog,
    InternetGateway,
    NatGateway,
    NetworkAcl,
    NetworkAclRule,
    Route,
    RouteTable,
    RouteTableAssociation,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    Vpc,
    VpcEndpoint,
)
from groundplan.resources.values import Pseudo, Ref, text

FILE = "network.tf"
GROUPS = "security_groups.tf"
DEFAULT_GROUP = "aws_default_security_group"


def _default_group(vpc: Vpc, context: Context) -> Iterator[Block]:
    """The group of whatever names none, which AWS makes open: without rules here, the provider takes all away.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-2
    """
    values = {"vpc_id": Expression(f"{context.address(vpc.ref)}.id")}
    yield context.resource(DEFAULT_GROUP, label(vpc.ref), *context.arguments(values))


def _subnet(subnet: Subnet, context: Context) -> dict[str, object]:
    return {
        "availability_zone": context.in_region(subnet.availability_zone),
        "map_public_ip_on_launch": subnet.map_public_ip_on_launch,
    }


def _acl_entries(acl: NetworkAcl, context: Context) -> Iterator[Block]:
    for rule in sorted(acl.rules, key=lambda rule: (rule.direction == "egress", rule.number)):
        yield context.block(rule.direction, _acl_entry(rule))


def _acl_entry(rule: NetworkAclRule) -> dict[str, object]:
    entry: dict[str, object] = {
        "rule_no": rule.number,
        "action": rule.action,
        "protocol": "-1" if rule.protocol == "all" else rule.protocol,
        "cidr_block": rule.cidr_block,
    }
    match rule.protocol:
        case "tcp" | "udp":
            entry |= {"from_port": rule.from_port or 0, "to_port": 65535 if rule.to_port is None else rule.to_port}
        case "icmp":
            # Every type and code of ICMP; the ports are demanded but mean nothing.
            entry |= {"from_port": 0, "to_port": 0, "icmp_type": -1, "icmp_code": -1}
        case "all":
            entry |= {"from_port": 0, "to_port": 0}
    return entry


def _rule(rule: SecurityGroupRule, _: Context) -> dict[str, object]:
    # For ICMP the ports are type and code, and -1 is every one of them.
    every = -1 if rule.protocol == "icmp" else None
    return {
        "description": rule.description,
        "ip_protocol": "-1" if rule.protocol == "all" else rule.protocol,
        "from_port": every if rule.from_port is None else rule.from_port,
        "to_port": every if rule.to_port is None else rule.to_port,
        "referenced_security_group_id" if isinstance(rule.peer, Ref) else "cidr_ipv4": rule.peer,
    }


def _endpoint(endpoint: VpcEndpoint, _: Context) -> dict[str, object]:
    return {
        "service_name": text("com.amazonaws.", Pseudo.REGION, f".{endpoint.service}"),
        "policy": endpoint.policy,
    }


ROWS = (
    Row(Vpc, "aws_vpc", FILE, attributes={"id": "id"}, beside=_default_group),
    Row(InternetGateway, "aws_internet_gateway", FILE, attributes={"id": "id"}, section=1),
    Row(
        Subnet,
        "aws_subnet",
        FILE,
        attributes={"id": "id"},
        arguments=_subnet,
        written=frozenset({"availability_zone", "map_public_ip_on_launch"}),
        not_rendered={"tier": "AWS has no such property; the Name tag says it"},
        section=2,
    ),
    Row(
        ElasticIp,
        "aws_eip",
        FILE,
        attributes={"id": "id", "allocation_id": "allocation_id", "public_ip": "public_ip"},
        fixed={"domain": "vpc"},
        section=3,
    ),
    Row(
        NatGateway,
        "aws_nat_gateway",
        FILE,
        attributes={"id": "id"},
        rename={"elastic_ip": "allocation_id"},
        section=4,
    ),
    Row(RouteTable, "aws_route_table", FILE, attributes={"id": "id"}, section=5),
    Row(
        Route,
        "aws_route",
        FILE,
        attributes={"id": "id"},
        rename={"internet_gateway": "gateway_id"},
        section=5,
        group=lambda route: route.route_table.name,
    ),
    Row(
        RouteTableAssociation,
        "aws_route_table_association",
        FILE,
        attributes={"id": "id"},
        first=("subnet_id",),
        section=5,
        group=lambda association: association.route_table.name,
    ),
    Row(
        NetworkAcl,
        "aws_network_acl",
        FILE,
        attributes={"id": "id"},
        blocks=_acl_entries,
        written=frozenset({"rules"}),
        section=6,
    ),
    Row(
        FlowLog,
        "aws_flow_log",
        FILE,
        attributes={"id": "id"},
        first=("vpc_id", "traffic_type", "log_destination_type"),
        fixed={"log_destination_type": "cloud-watch-logs"},
        rename={"log_group": "log_destination", "role": "iam_role_arn"},
        section=7,
    ),
    Row(
        VpcEndpoint,
        "aws_vpc_endpoint",
        FILE,
        attributes={"id": "id"},
        first=("vpc_id", "service_name"),
        arguments=_endpoint,
        written=frozenset({"service", "policy"}),
        section=8,
    ),
    # The provider takes away the rule that allows everything outwards, which AWS gives a new group.
    # Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group
    Row(
        SecurityGroup,
        "aws_security_group",
        GROUPS,
        attributes={"id": "id"},
        rename={"group_name": "name"},
        first=("name", "description"),
    ),
    Row(
        SecurityGroupRule,
        lambda rule: f"aws_vpc_security_group_{rule.direction}_rule",
        GROUPS,
        arguments=_rule,
        written=frozenset({"direction", "protocol", "from_port", "to_port", "peer", "description"}),
        group=lambda rule: rule.security_group.name,
    ),
)
