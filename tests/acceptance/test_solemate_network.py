"""SM-37 to SM-42, SM-57 to SM-61, SM-96, SM-102, SM-123, SM-129, SM-159 to SM-164, SM-185: the network of both
environments, as both engines write it and as the local AWS answers."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Any, TypeAlias

import pytest
from tests.acceptance.environments import in_each
from tests.acceptance.rows import requirement
from tests.acceptance.system import Aws, Templates, TerraformRoot, tags

from groundplan.resources import Architecture
from groundplan.resources.compute import LaunchTemplate
from groundplan.resources.containers import EcsService
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.edge import LoadBalancer
from groundplan.resources.network import (
    ANYWHERE,
    FlowLog,
    NatGateway,
    NetworkAcl,
    Route,
    RouteTableAssociation,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    Vpc,
    VpcEndpoint,
)
from groundplan.resources.values import Ref

ENVIRONMENT = "production"
VPC = Ref(Vpc, "main")
WEB, APPLICATION, DATABASE, INSTANCES, ENDPOINTS = (
    Ref(SecurityGroup, name) for name in ("alb", "api", "main", "instances", "endpoints")
)
EPHEMERAL = (1024, 65535)
NOTHING = ("-1", None, None, "127.0.0.1/32")
"""A permission that lets nothing out: without any, AWS puts in one that lets everything out."""
Peer: TypeAlias = Ref[SecurityGroup] | IPv4Network

both = in_each("staging", "production")
VPCS = {"staging": "10.0.0.0/16", "production": "10.1.0.0/16"}
"""C-53: the values of environments.ts."""
THIRD = {("public", "a"): 0, ("public", "b"): 1, ("private", "a"): 2, ("private", "b"): 3, ("database", "a"): 4,
         ("database", "b"): 5}  # fmt: skip
"""The third number of each subnet's range: in the order in which the CDK would deal out cidrMask 24."""
each_subnet = pytest.mark.parametrize(
    ("tier", "zone"),
    [
        pytest.param(tier, zone, id=f"{tier}-{zone}", marks=requirement("SM-58", row))
        for tier, zone in THIRD
        for row in ({"public": "SM-60", "private": "SM-61", "database": "SM-65"}[tier],)
    ],
)


def cidr(environment: str, tier: str, zone: str) -> str:
    return f"{VPCS[environment].removesuffix('.0.0/16')}.{THIRD[tier, zone]}.0/24"


def deployed_vpc(aws: Aws, environment: str) -> dict[str, Any]:
    """The VPC that is not the account's own."""
    (vpc,) = (vpc for vpc in aws.client("ec2").describe_vpcs()["Vpcs"] if not vpc["IsDefault"])
    assert tags(vpc["Tags"])["Environment"] == environment
    found: dict[str, Any] = vpc
    return found


def deployed_subnet(aws: Aws, environment: str, tier: str, zone: str) -> dict[str, Any]:
    filters = [{"Name": "tag:Name", "Values": [f"Solemate-{environment}-{tier}-{zone}"]}]
    (subnet,) = aws.client("ec2").describe_subnets(Filters=filters)["Subnets"]
    found: dict[str, Any] = subnet
    return found


def subnets_of(aws: Aws, environment: str, tier: str) -> set[str]:
    """The ids of a tier's two subnets."""
    return {str(deployed_subnet(aws, environment, tier, zone)["SubnetId"]) for zone in "ab"}


def routes(aws: Aws, subnet: str) -> list[dict[str, Any]]:
    filters = [{"Name": "association.subnet-id", "Values": [subnet]}]
    (table,) = aws.client("ec2").describe_route_tables(Filters=filters)["RouteTables"]
    found: list[dict[str, Any]] = table["Routes"]
    return found


def deployed_group(aws: Aws, name: str) -> dict[str, Any]:
    filters = [{"Name": "group-name", "Values": [name]}]
    (group,) = aws.client("ec2").describe_security_groups(Filters=filters)["SecurityGroups"]
    found: dict[str, Any] = group
    return found


def permissions(rules: list[dict[str, Any]]) -> set[tuple[str, int | None, int | None, str]]:
    """Protocol, ports and peer of each permission."""
    return {
        (rule["IpProtocol"], rule.get("FromPort"), rule.get("ToPort"), peer)
        for rule in rules
        for peer in (
            *(pair["GroupId"] for pair in rule.get("UserIdGroupPairs", ())),
            *(item["CidrIp"] for item in rule.get("IpRanges", ())),
        )
    }


def admitted(architecture: Architecture, group: Ref[SecurityGroup], direction: str) -> set[tuple[int | None, Peer]]:
    """Port and peer of what a group allows."""
    return {
        (rule.from_port, rule.peer)
        for rule in architecture.of(SecurityGroupRule)
        if rule.security_group == group and rule.direction == direction and rule.from_port == rule.to_port
    }


@both
@requirement("SM-37", "SM-57", "SM-96", "SM-102")
def test_vpc(terraform: TerraformRoot, templates: Templates, environment: str) -> None:
    """C-06, C-62: one in each environment, with the range of that environment."""
    assert templates.properties(VPC)["CidrBlock"] == terraform.of(VPC)["cidr_block"] == VPCS[environment]
    assert len([entry for _, entry in templates.every() if entry["Type"] == "AWS::EC2::VPC"]) == 1


@both
@requirement("SM-37", "SM-57", "SM-96", "SM-102")
def test_deployed_vpc(aws: Aws, environment: str) -> None:
    assert deployed_vpc(aws, environment)["CidrBlock"] == VPCS[environment]


@both
@each_subnet
def test_subnet(terraform: TerraformRoot, templates: Templates, environment: str, tier: str, zone: str) -> None:
    subnet, expected = Ref(Subnet, tier, zone), cidr(environment, tier, zone)
    written, planned = templates.properties(subnet), terraform.of(subnet)
    assert (written["CidrBlock"], written["AvailabilityZone"]) == (expected, {"Fn::Sub": f"${{AWS::Region}}{zone}"})
    assert (planned["cidr_block"], planned["availability_zone"]) == (expected, f"us-west-2{zone}")
    assert planned["map_public_ip_on_launch"] is False


@requirement("SM-37")
@both
@each_subnet
def test_deployed_subnet(aws: Aws, environment: str, tier: str, zone: str) -> None:
    """Where each tier's way out leads: the internet, the one NAT gateway, nowhere."""
    subnet = deployed_subnet(aws, environment, tier, zone)
    assert (subnet["CidrBlock"], subnet["AvailabilityZone"]) == (cidr(environment, tier, zone), f"us-west-2{zone}")
    out = [route for route in routes(aws, subnet["SubnetId"]) if route.get("DestinationCidrBlock") == "0.0.0.0/0"]
    match tier:
        case "public":
            assert [route["GatewayId"][:4] for route in out] == ["igw-"]
        case "private":
            assert [route["NatGatewayId"][:4] for route in out] == ["nat-"]
        case _:
            assert out == []


@both
@requirement("SM-58", "SM-166")
def test_there_are_two_zones(architecture: Architecture, environment: str) -> None:
    """maxAzs 2: four subnets as demanded, and two for databases alone, which have no way out at all."""
    assert {(subnet.tier, subnet.key) for subnet in architecture.of(Subnet)} == set(THIRD)


@both
@requirement("SM-38", "SM-59")
def test_one_nat_gateway(architecture: Architecture, templates: Templates, environment: str) -> None:
    """C-65"""
    (gateway,) = architecture.of(NatGateway)
    assert gateway.subnet == Ref(Subnet, "public", "a")
    assert len([entry for _, entry in templates.every() if entry["Type"] == "AWS::EC2::NatGateway"]) == 1
    ways = {route.nat_gateway for route in architecture.of(Route) if route.nat_gateway}
    assert ways == {gateway.ref}


@both
@requirement("SM-38", "SM-59")
def test_deployed_gateways(aws: Aws, environment: str) -> None:
    ec2, vpc = aws.client("ec2"), deployed_vpc(aws, environment)["VpcId"]
    (nat,) = ec2.describe_nat_gateways()["NatGateways"]
    assert (nat["State"], nat["VpcId"]) == ("available", vpc)
    assert nat["SubnetId"] == deployed_subnet(aws, environment, "public", "a")["SubnetId"]
    (address,) = ec2.describe_addresses()["Addresses"]
    assert nat["NatGatewayAddresses"][0]["AllocationId"] == address["AllocationId"]
    filters = [{"Name": "attachment.vpc-id", "Values": [vpc]}]
    assert len(ec2.describe_internet_gateways(Filters=filters)["InternetGateways"]) == 1


@both
@requirement("SM-40")
def test_every_subnet_has_a_route_table(architecture: Architecture, environment: str) -> None:
    associated = [item.subnet for item in architecture.of(RouteTableAssociation)]
    assert sorted(map(str, associated)) == sorted(str(Ref(Subnet, tier, zone)) for tier, zone in THIRD)


@both
@requirement("SM-40")
def test_deployed_route_tables(aws: Aws, environment: str) -> None:
    """A table for the public subnets, one in each zone for the private ones, one for the databases."""
    filters = [{"Name": "vpc-id", "Values": [deployed_vpc(aws, environment)["VpcId"]]}]
    tables = aws.client("ec2").describe_route_tables(Filters=filters)["RouteTables"]
    own = [table for table in tables if not any(item.get("Main") for item in table["Associations"])]
    assert sorted(len(table["Associations"]) for table in own) == [1, 1, 2, 2]


INTERFACES = {"production": {"ecr.api", "ecr.dkr", "logs", "secretsmanager"}, "staging": set[str]()}


@both
@requirement("SM-41")
def test_deployed_endpoints(aws: Aws, architecture: Architecture, environment: str) -> None:
    """C-65: what starts a task and what a task asks while it serves goes past the NAT gateway; staging saves that."""
    found = aws.client("ec2").describe_vpc_endpoints()["VpcEndpoints"]
    services = {item["ServiceName"].removeprefix("com.amazonaws.us-west-2."): item for item in found}
    assert set(services) == INTERFACES[environment] | {"s3"}
    assert services["s3"]["VpcEndpointType"] == "Gateway"
    assert len(services["s3"]["RouteTableIds"]) >= 2
    for name in INTERFACES[environment]:
        endpoint = services[name]
        assert (endpoint["VpcEndpointType"], endpoint["PrivateDnsEnabled"]) == ("Interface", True)
        assert set(endpoint["SubnetIds"]) == subnets_of(aws, environment, "private")
    assert {item.service for item in architecture.of(VpcEndpoint)} == set(services)


@both
@requirement("SM-42")
def test_flow_logs(architecture: Architecture, terraform: TerraformRoot, environment: str) -> None:
    (log,) = architecture.of(FlowLog)
    assert (log.vpc, log.traffic_type) == (VPC, "ALL")
    assert terraform.of(log.log_group)["retention_in_days"] == architecture[log.log_group].retention_in_days


@both
@requirement("SM-42")
def test_deployed_flow_logs(aws: Aws, environment: str) -> None:
    (log,) = aws.client("ec2").describe_flow_logs()["FlowLogs"]
    assert log["ResourceId"] == deployed_vpc(aws, environment)["VpcId"]
    assert (log["TrafficType"], log["LogDestinationType"]) == ("ALL", "cloud-watch-logs")
    groups = aws.client("logs").describe_log_groups(logGroupNamePrefix=log["LogGroupName"])["logGroups"]
    assert [bool(group["retentionInDays"]) for group in groups] == [True]


@both
@requirement("SM-160", "SM-161", "SM-162", "SM-163", "SM-164")
def test_security_groups(architecture: Architecture, environment: str) -> None:
    """C-61: WebSecurityGroup is the load balancer's alone, and the database's port is open to the application's."""
    assert admitted(architecture, WEB, "ingress") == {(80, ANYWHERE), (443, ANYWHERE)}
    assert admitted(architecture, WEB, "egress") == {(3000, APPLICATION)}
    assert admitted(architecture, APPLICATION, "ingress") == {(3000, WEB)}
    assert admitted(architecture, DATABASE, "ingress") == {(5432, APPLICATION)}
    assert admitted(architecture, DATABASE, "egress") == set()
    assert admitted(architecture, INSTANCES, "ingress") == set()
    worn_by_balancers = [item.ref for item in architecture.of(LoadBalancer) if WEB in item.security_groups]
    assert worn_by_balancers == [Ref(LoadBalancer, "main")]
    assert all(item.security_groups == (DATABASE,) for item in architecture.of(DatabaseInstance))
    assert architecture[Ref(EcsService, "api")].security_groups == (APPLICATION,)


@both
@requirement("SM-39", "SM-160", "SM-161", "SM-162", "SM-185")
def test_deployed_web_group(aws: Aws, environment: str) -> None:
    group = deployed_group(aws, f"Solemate-{environment}-alb")
    assert group["Description"] == "Load balancer"
    assert permissions(group["IpPermissions"]) == {("tcp", 80, 80, "0.0.0.0/0"), ("tcp", 443, 443, "0.0.0.0/0")}
    told = {item["FromPort"]: rule["Description"] for item in group["IpPermissions"] for rule in item["IpRanges"]}
    assert told == {80: "HTTP from the internet, redirected", 443: "HTTPS from the internet"}
    application = deployed_group(aws, f"Solemate-{environment}-api")["GroupId"]
    assert permissions(group["IpPermissionsEgress"]) - {NOTHING} == {("tcp", 3000, 3000, application)}


@both
@requirement("SM-39", "SM-163", "SM-164", "SM-185")
def test_deployed_database_group(aws: Aws, environment: str) -> None:
    """allowAllOutbound false"""
    group = deployed_group(aws, f"Solemate-{environment}-main")
    application = deployed_group(aws, f"Solemate-{environment}-api")["GroupId"]
    assert permissions(group["IpPermissions"]) == {("tcp", 5432, 5432, application)}
    (rule,) = group["IpPermissions"]
    assert rule["UserIdGroupPairs"][0]["Description"] == "api to database main"
    assert permissions(group["IpPermissionsEgress"]) <= {NOTHING}


@both
@requirement("SM-39", "SM-185")
def test_deployed_acls(aws: Aws, architecture: Architecture, environment: str) -> None:
    """Each tier has one of its own, and the databases' lets in nothing but their own port and answers."""
    filters = [{"Name": "vpc-id", "Values": [deployed_vpc(aws, environment)["VpcId"]]}]
    acls = [
        acl for acl in aws.client("ec2").describe_network_acls(Filters=filters)["NetworkAcls"] if acl["Associations"]
    ]
    guarded = {frozenset(item["SubnetId"] for item in acl["Associations"]): acl for acl in acls}
    assert set(guarded) == {frozenset(subnets_of(aws, environment, tier)) for tier in ("public", "private", "database")}
    for tier in ("public", "private", "database"):
        entries = guarded[frozenset(subnets_of(aws, environment, tier))]["Entries"]
        own = [entry for entry in entries if entry["RuleNumber"] < 32767]
        assert len(own) == len(architecture[Ref(NetworkAcl, tier)].rules)
    database = guarded[frozenset(subnets_of(aws, environment, "database"))]["Entries"]
    let_in = [entry for entry in database if not entry["Egress"] and entry["RuleAction"] == "allow"]
    assert all(IPv4Network(entry["CidrBlock"]).subnet_of(IPv4Network(VPCS[environment])) for entry in let_in)
    assert {(entry["PortRange"]["From"], entry["PortRange"]["To"]) for entry in let_in} <= {(5432, 5432), EPHEMERAL}


def acl_allows(
    architecture: Architecture, tier: str, direction: str, peer: IPv4Network, ports: tuple[int, int]
) -> bool:
    """Whether the first rule of a tier's network ACL that matches lets the ports through."""
    for rule in sorted(architecture[Ref(NetworkAcl, tier)].rules, key=lambda item: item.number):
        covers = rule.from_port is None or (
            rule.to_port is not None and rule.from_port <= ports[0] and ports[1] <= rule.to_port
        )
        if rule.direction == direction and peer.subnet_of(rule.cidr_block) and covers:
            return rule.action == "allow" and rule.protocol in ("tcp", "all")
    return False


def connects(
    architecture: Architecture,
    source: tuple[str, Ref[SecurityGroup]] | None,
    target: tuple[str, Ref[SecurityGroup]],
    port: int,
) -> bool:
    """Whether a connection comes about: both security groups let it, and both tiers' network ACLs let requests through
    one way and answers the other, from every subnet of the one to every subnet of the other. No source: the internet,
    which needs a route in as well."""
    tier, group = target
    peer: Peer = ANYWHERE if source is None else source[1]
    if (port, peer) not in admitted(architecture, group, "ingress"):
        return False
    if source and (port, group) not in admitted(architecture, source[1], "egress"):
        return False
    targets = [subnet for subnet in architecture.of(Subnet) if subnet.tier == tier]
    if source is None:
        public = {route.route_table for route in architecture.of(Route) if route.internet_gateway}
        tables = {item.subnet: item.route_table for item in architecture.of(RouteTableAssociation)}
        if not all(tables[subnet.ref] in public for subnet in targets):
            return False
        sources = [ANYWHERE]
    else:
        sources = [subnet.cidr_block for subnet in architecture.of(Subnet) if subnet.tier == source[0]]
    for near in sources:
        if not acl_allows(architecture, tier, "ingress", near, (port, port)):
            return False
        if not acl_allows(architecture, tier, "egress", near, EPHEMERAL):
            return False
    return source is None or all(
        acl_allows(architecture, source[0], "egress", subnet.cidr_block, (port, port))
        and acl_allows(architecture, source[0], "ingress", subnet.cidr_block, EPHEMERAL)
        for subnet in targets
    )


EDGE, TASKS, DATA, CAPACITY = ("public", WEB), ("private", APPLICATION), ("database", DATABASE), ("private", INSTANCES)


@both
@requirement("SM-128", "SM-129", "SM-130", "SM-180")
def test_a_request_finds_its_way_and_nothing_goes_around_it(architecture: Architecture, environment: str) -> None:
    """Over routes, security groups and network ACLs: the internet, the load balancer, the tasks, the database."""
    assert connects(architecture, None, EDGE, 80)
    assert connects(architecture, None, EDGE, 443)
    assert connects(architecture, EDGE, TASKS, 3000)
    assert connects(architecture, TASKS, DATA, 5432)
    for port in (22, 80, 443, 3000, 5432):
        assert not connects(architecture, None, TASKS, port)
        assert not connects(architecture, None, DATA, port)
        assert not connects(architecture, None, CAPACITY, port)
        assert not connects(architecture, EDGE, DATA, port)
        assert not connects(architecture, CAPACITY, DATA, port)


@requirement("SM-129")
def test_tasks_reach_the_endpoints(architecture: Architecture) -> None:
    """Interface endpoints take HTTPS of the whole VPC, and the tasks' group lets it out."""
    assert (443, IPv4Network(VPCS["production"])) in admitted(architecture, ENDPOINTS, "ingress")
    assert (443, ANYWHERE) in admitted(architecture, APPLICATION, "egress")
    endpoints = [item for item in architecture.of(VpcEndpoint) if item.vpc_endpoint_type == "Interface"]
    assert {item.security_groups for item in endpoints} == {(ENDPOINTS,)}
    assert acl_allows(architecture, "private", "ingress", IPv4Network("10.1.2.0/23"), (443, 443))


@both
@requirement("SM-179")
def test_nobody_opens_port_22(architecture: Architecture, environment: str) -> None:
    """C-63"""
    assert all(
        rule.direction == "egress" or not (rule.from_port or 0) <= 22 <= (rule.to_port or 65535)
        for rule in architecture.of(SecurityGroupRule)
    )
    assert [template.security_groups for template in architecture.of(LaunchTemplate)] == [(INSTANCES,)]


@both
@requirement("SM-123")
def test_no_advanced_networking(templates: Templates, environment: str) -> None:
    """C-66: nothing that no numbered requirement names."""
    advanced = ("TransitGateway", "Peering", "VPN", "CustomerGateway", "DirectConnect", "NetworkFirewall", "VpcLattice")
    types = {entry["Type"] for _, entry in templates.every()}
    assert [name for name in sorted(types) if any(word in name for word in advanced)] == []
