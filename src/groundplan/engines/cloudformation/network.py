"""Amazon VPC in CloudFormation."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.engines.cloudformation.rows import RETURNED, Part, Row, Symbolic, pascal, present
from groundplan.resources import Architecture
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
from groundplan.resources.values import Pseudo, Ref, Textual, text

_PROTOCOL_NUMBERS = {"all": -1, "icmp": 1, "tcp": 6, "udp": 17}
"""Source: https://www.iana.org/assignments/protocol-numbers; -1 is AWS's own sign for all."""


def _zone(subnet: Subnet, architecture: Architecture) -> dict[str, object]:
    return {"AvailabilityZone": zone_name(subnet.availability_zone, subnet.region or architecture.region)}


def zone_name(zone: str, region: str) -> Textual:
    """``${AWS::Region}a``: no region's name is repeated."""
    return text(Pseudo.REGION, zone.removeprefix(region)) if zone.startswith(region) else zone


def _attachment(gateway: InternetGateway, _: Architecture) -> Iterator[Part]:
    yield Part("Attachment", "AWS::EC2::VPCGatewayAttachment", {"VpcId": gateway.vpc, "InternetGatewayId": gateway.ref})


def _acl_parts(acl: NetworkAcl, _: Architecture) -> Iterator[Part]:
    for rule in acl.rules:
        yield Part(f"{rule.direction.title()}{rule.number}", "AWS::EC2::NetworkAclEntry", _acl_entry(acl, rule))
    for subnet in acl.subnets:
        yield Part(
            pascal(subnet.name) + pascal(subnet.key or "") + "Association",
            "AWS::EC2::SubnetNetworkAclAssociation",
            {"SubnetId": subnet, "NetworkAclId": acl.ref},
        )


def _acl_entry(acl: NetworkAcl, rule: NetworkAclRule) -> dict[str, Symbolic]:
    entry: dict[str, Symbolic] = {
        "NetworkAclId": acl.ref,
        "RuleNumber": rule.number,
        "Egress": rule.direction == "egress",
        "RuleAction": rule.action,
        "Protocol": _PROTOCOL_NUMBERS[rule.protocol],
        "CidrBlock": rule.cidr_block,
    }
    if rule.protocol in ("tcp", "udp"):
        entry["PortRange"] = {"From": rule.from_port or 0, "To": 65535 if rule.to_port is None else rule.to_port}
    elif rule.protocol == "icmp":
        # CloudFormation demands a type and a code; -1 is every one of them.
        entry["Icmp"] = {"Type": -1, "Code": -1}
    return entry


def _rule(rule: SecurityGroupRule, _: Architecture) -> dict[str, object]:
    peer = "SourceSecurityGroupId" if rule.direction == "ingress" else "DestinationSecurityGroupId"
    # For ICMP the ports are type and code, and -1 is every one of them.
    every = -1 if rule.protocol == "icmp" else None
    return present(
        GroupId=rule.security_group,
        Description=rule.description,
        IpProtocol="-1" if rule.protocol == "all" else rule.protocol,
        FromPort=every if rule.from_port is None else rule.from_port,
        ToPort=every if rule.to_port is None else rule.to_port,
        **{peer if isinstance(rule.peer, Ref) else "CidrIp": rule.peer},
    )


def _endpoint(endpoint: VpcEndpoint, _: Architecture) -> dict[str, object]:
    return {"ServiceName": text("com.amazonaws.", Pseudo.REGION, f".{endpoint.service}")}


ROWS = (
    Row(Vpc, "AWS::EC2::VPC", attributes={"id": RETURNED}, parameter_types={"id": "AWS::EC2::VPC::Id"}),
    Row(
        InternetGateway,
        "AWS::EC2::InternetGateway",
        attributes={"id": RETURNED},
        written=frozenset({"vpc"}),
        parts=_attachment,
        # A route to a gateway, or an address behind one, is refused until the gateway is attached.
        ready=("Attachment",),
    ),
    Row(
        Subnet,
        "AWS::EC2::Subnet",
        attributes={"id": RETURNED},
        write=_zone,
        written=frozenset({"availability_zone"}),
        not_rendered={"tier": "AWS has no such property; the Name tag says it"},
        parameter_types={"id": "AWS::EC2::Subnet::Id"},
    ),
    Row(
        ElasticIp,
        "AWS::EC2::EIP",
        # !Ref returns the address; everything that takes an Elastic IP asks for the allocation.
        attributes={"id": "AllocationId", "allocation_id": "AllocationId", "public_ip": "PublicIp"},
        fixed={"Domain": "vpc"},
    ),
    Row(
        NatGateway,
        "AWS::EC2::NatGateway",
        attributes={"id": RETURNED},
        rename={"elastic_ip": "AllocationId"},
    ),
    Row(RouteTable, "AWS::EC2::RouteTable", attributes={"id": RETURNED}),
    Row(Route, "AWS::EC2::Route", attributes={"id": RETURNED}, rename={"internet_gateway": "GatewayId"}),
    Row(RouteTableAssociation, "AWS::EC2::SubnetRouteTableAssociation", attributes={"id": RETURNED}),
    Row(
        NetworkAcl,
        "AWS::EC2::NetworkAcl",
        attributes={"id": RETURNED},
        written=frozenset({"subnets", "rules"}),
        parts=_acl_parts,
    ),
    Row(
        SecurityGroup,
        "AWS::EC2::SecurityGroup",
        attributes={"id": "GroupId"},
        rename={"description": "GroupDescription"},
        # Without an egress rule AWS adds one that allows everything. This one replaces it and allows nothing.
        # Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ec2-securitygroup.html
        fixed={
            "SecurityGroupEgress": [
                {"CidrIp": "127.0.0.1/32", "IpProtocol": "-1", "Description": "Removes the default rule"}
            ]
        },
        parameter_types={"id": "AWS::EC2::SecurityGroup::Id"},
    ),
    Row(
        SecurityGroupRule,
        lambda rule: f"AWS::EC2::SecurityGroup{rule.direction.title()}",
        write=_rule,
        written=frozenset({"security_group", "direction", "protocol", "from_port", "to_port", "peer", "description"}),
    ),
    Row(
        FlowLog,
        "AWS::EC2::FlowLog",
        attributes={"id": RETURNED},
        fixed={"ResourceType": "VPC", "LogDestinationType": "cloud-watch-logs"},
        rename={"vpc": "ResourceId", "log_group": "LogGroupName", "role": "DeliverLogsPermissionArn"},
        arns=frozenset({"role"}),
    ),
    Row(
        VpcEndpoint,
        "AWS::EC2::VPCEndpoint",
        attributes={"id": RETURNED},
        rename={"policy": "PolicyDocument"},
        write=_endpoint,
        written=frozenset({"service"}),
    ),
)
