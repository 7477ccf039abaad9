"""SS-05, SS-47 to SS-49, SS-54 to SS-65, SS-101 to SS-105, SS-112, SS-113, SS-129 to SS-135, SS-163 to SS-166: network
and load balancer, as designed, as both engines write them, as the local AWS answers."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest
from tests.acceptance import deployed
from tests.acceptance.rows import proves, requirement
from tests.acceptance.system import Aws, Templates, TerraformRoot, at, same, tags

from groundplan.catalog import regions
from groundplan.resources import Architecture
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance
from groundplan.resources.edge import Certificate, Forward, Listener, LoadBalancer, TargetGroup
from groundplan.resources.network import (
    ANYWHERE,
    NatGateway,
    NetworkAcl,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    Vpc,
)
from groundplan.resources.values import Ref

ENVIRONMENT = "prod"
NAME = "spendsense-backend"
BALANCER, GROUP, LISTENER = Ref(LoadBalancer, "main"), Ref(TargetGroup, "backend"), Ref(Listener, "https")
INTERNET: Ref[SecurityGroup] | IPv4Network = ANYWHERE
ALB, TASK, DATABASE, CACHE = (Ref(SecurityGroup, name) for name in ("alb", "backend", "main", "sessions"))
# /24 subnets of 10.1.0.0/16 in two zones (C-99).
SUBNETS = [
    proves("SS-102", "public", "a", "10.1.1.0/24"),
    proves("SS-102", "public", "b", "10.1.2.0/24"),
    proves("SS-102 SS-47", "private", "a", "10.1.11.0/24"),
    proves("SS-102 SS-47", "private", "b", "10.1.12.0/24"),
    proves("SS-102", "database", "a", "10.1.21.0/24"),
    proves("SS-102", "database", "b", "10.1.22.0/24"),
]
# Terraform's argument, CloudFormation's property, and what DescribeTargetGroups calls it.
HEALTH = [
    proves("SS-58", "health_check.0.path", "HealthCheckPath", "HealthCheckPath", "/health"),
    proves("SS-59", "health_check.0.interval", "HealthCheckIntervalSeconds", "HealthCheckIntervalSeconds", 30),
    proves("SS-60", "health_check.0.timeout", "HealthCheckTimeoutSeconds", "HealthCheckTimeoutSeconds", 5),
    proves("SS-61", "health_check.0.unhealthy_threshold", "UnhealthyThresholdCount", "UnhealthyThresholdCount", 2),
    proves("SS-62", "health_check.0.healthy_threshold", "HealthyThresholdCount", "HealthyThresholdCount", 2),
    proves("SS-63", "protocol", "Protocol", "Protocol", "HTTP"),
    proves("SS-64", "port", "Port", "Port", 8000),
    proves("SS-113 SS-49", "name", "Name", "TargetGroupName", NAME),
]
# Group, port, and the group it is opened for, by their names in AWS.
DOORS = [
    proves("SS-48 SS-105", NAME, 8000, "spendsense-alb"),
    proves("SS-165 SS-105", "spendsense-main", 5432, NAME),
    proves("SS-166 SS-105", "spendsense-sessions", 6379, NAME),
]
each_subnet = pytest.mark.parametrize(("tier", "zone", "cidr"), SUBNETS)
each_health_value = pytest.mark.parametrize(("argument", "written", "answered", "expected"), HEALTH)


@requirement("SS-129", "SS-134")
def test_region(terraform: TerraformRoot, architecture: Architecture) -> None:
    """C-90: the region is the example's default, and one line of the blueprint."""
    assert architecture.region == "us-west-1"
    assert '\nregion      = "us-west-1"' in terraform.text("terraform.tfvars")
    assert "region = var.region" in terraform.text("providers.tf")


@requirement("SS-131")
def test_two_zones_are_enough(architecture: Architecture) -> None:
    """C-90: an account sees two of the region's zones, and each tier is in both."""
    region = regions.find("us-west-1")
    assert region is not None
    zones = {letter for tier in ("public", "private", "database")
             for letter in (subnet.key for subnet in architecture.of(Subnet) if subnet.tier == tier)}  # fmt: skip
    assert zones == {"a", "b"}
    assert zones <= set(region.zones)
    assert {gateway.key for gateway in architecture.of(NatGateway)} == zones


@requirement("SS-131")
def test_production_stands_in_two_zones(
    architecture: Architecture, terraform: TerraformRoot, templates: Templates
) -> None:
    database, cache = Ref(DatabaseInstance, "main"), Ref(CacheReplicationGroup, "sessions")
    assert terraform.of(database)["multi_az"] is templates.properties(database)["MultiAZ"] is True
    assert terraform.of(cache)["multi_az_enabled"] is templates.properties(cache)["MultiAZEnabled"] is True
    assert {subnet.key for subnet in architecture[BALANCER].subnets} == {"a", "b"}


@requirement("SS-101", "SS-135")
def test_vpc(terraform: TerraformRoot, templates: Templates) -> None:
    vpc = Ref(Vpc, "main")
    assert terraform.of(vpc)["cidr_block"] == templates.properties(vpc)["CidrBlock"] == "10.1.0.0/16"


@requirement("SS-101", "SS-135")
def test_deployed_vpc(aws: Aws) -> None:
    vpc = deployed.vpc(aws)
    assert (vpc["CidrBlock"], tags(vpc["Tags"])["Name"]) == ("10.1.0.0/16", "spendsense-prod")


@each_subnet
def test_subnet(terraform: TerraformRoot, templates: Templates, tier: str, zone: str, cidr: str) -> None:
    subnet = Ref(Subnet, tier, zone)
    planned, written = terraform.of(subnet), templates.properties(subnet)
    assert (planned["cidr_block"], planned["availability_zone"]) == (cidr, f"us-west-1{zone}")
    assert written["CidrBlock"] == cidr


@each_subnet
def test_deployed_subnet(aws: Aws, tier: str, zone: str, cidr: str) -> None:
    subnet = deployed.subnet(aws, cidr)
    assert subnet["AvailabilityZone"] == f"us-west-1{zone}"
    begins = {"public": ["igw-"], "private": ["nat-"], "database": []}[tier]
    assert [gateway[:4] for gateway in deployed.default_routes(aws, subnet["SubnetId"])] == begins


@requirement("SS-103")
def test_deployed_internet_gateway(aws: Aws) -> None:
    filters = [{"Name": "attachment.vpc-id", "Values": [deployed.vpc(aws)["VpcId"]]}]
    (gateway,) = aws.client("ec2").describe_internet_gateways(Filters=filters)["InternetGateways"]
    for cidr in ("10.1.1.0/24", "10.1.2.0/24"):
        routes = deployed.default_routes(aws, deployed.subnet(aws, cidr)["SubnetId"])
        assert routes == [gateway["InternetGatewayId"]]


@requirement("SS-104")
def test_deployed_nat_gateways(aws: Aws) -> None:
    """One for each zone, in the public subnet of the zone, and the way out of its private subnet."""
    found = aws.client("ec2").describe_nat_gateways()["NatGateways"]
    gateways = {gateway["SubnetId"]: gateway["NatGatewayId"] for gateway in found}
    for public, private in (("10.1.1.0/24", "10.1.11.0/24"), ("10.1.2.0/24", "10.1.12.0/24")):
        gateway = gateways.pop(deployed.subnet(aws, public)["SubnetId"])
        assert deployed.default_routes(aws, deployed.subnet(aws, private)["SubnetId"]) == [gateway]
    assert gateways == {}


@requirement("SS-104", "SS-124")
@pytest.mark.environment("dev")
def test_dev_shares_one_nat_gateway(architecture: Architecture) -> None:
    assert len(architecture.of(NatGateway)) == 1


@requirement("SS-05", "SS-54", "SS-55", "SS-112")
def test_load_balancer(terraform: TerraformRoot, templates: Templates) -> None:
    planned, written = terraform.of(BALANCER), templates.properties(BALANCER)
    assert (planned["load_balancer_type"], planned["internal"]) == ("application", False)
    assert (written["Type"], written["Scheme"]) == ("application", "internet-facing")


@requirement("SS-05", "SS-54", "SS-55", "SS-102", "SS-112")
def test_deployed_load_balancer(aws: Aws) -> None:
    balancer = deployed.load_balancer(aws, "spendsense-alb")
    assert (balancer["Type"], balancer["Scheme"]) == ("application", "internet-facing")
    public = {deployed.subnet(aws, cidr)["SubnetId"] for cidr in ("10.1.1.0/24", "10.1.2.0/24")}
    assert {zone["SubnetId"] for zone in balancer["AvailabilityZones"]} == public


@requirement("SS-56", "SS-57", "SS-164")
def test_there_is_one_listener(architecture: Architecture, terraform: TerraformRoot, templates: Templates) -> None:
    """C-98: port 80 does not answer; services.backend.public.redirect opens it."""
    assert [listener.ref for listener in architecture.of(Listener)] == [LISTENER]
    listener = architecture[LISTENER]
    assert (listener.port, listener.protocol, listener.default_action) == (443, "HTTPS", Forward(GROUP))
    assert listener.certificate == Ref(Certificate, "backend")
    planned, written = terraform.of(LISTENER), templates.properties(LISTENER)
    assert (planned["port"], planned["protocol"]) == (written["Port"], written["Protocol"]) == (443, "HTTPS")
    assert planned["certificate_arn"]
    assert len(written["Certificates"]) == 1


@requirement("SS-56", "SS-57")
def test_deployed_listener_forwards_to_the_tasks(aws: Aws) -> None:
    elb = aws.client("elbv2")
    balancer = deployed.load_balancer(aws, "spendsense-alb")["LoadBalancerArn"]
    (listener,) = elb.describe_listeners(LoadBalancerArn=balancer)["Listeners"]
    assert (listener["Port"], listener["Protocol"]) == (443, "HTTPS")
    (action,) = listener["DefaultActions"]
    assert (action["Type"], action["TargetGroupArn"]) == (
        "forward",
        deployed.target_group(aws, NAME)["TargetGroupArn"],
    )
    (certificate,) = listener["Certificates"]
    arn = certificate["CertificateArn"]
    found = aws.client("acm").describe_certificate(CertificateArn=arn)["Certificate"]
    assert found["DomainName"] == "api.spendsense.app"


@each_health_value
def test_target_group(
    terraform: TerraformRoot, templates: Templates, argument: str, written: str, answered: str, expected: object
) -> None:
    assert same(at(terraform.of(GROUP), argument), expected)
    assert same(templates.properties(GROUP)[written], expected)


@each_health_value
def test_deployed_target_group(aws: Aws, argument: str, written: str, answered: str, expected: object) -> None:
    assert same(deployed.target_group(aws, NAME)[answered], expected)


@requirement("SS-49", "SS-65", "SS-113")
def test_deployed_target_group_lets_requests_finish(aws: Aws, terraform: TerraformRoot) -> None:
    group = deployed.target_group(aws, NAME)
    assert group["TargetType"] == "ip"
    found = aws.client("elbv2").describe_target_group_attributes(TargetGroupArn=group["TargetGroupArn"])
    attributes = {item["Key"]: item["Value"] for item in found["Attributes"]}
    assert attributes["deregistration_delay.timeout_seconds"] == "30"
    assert same(terraform.of(GROUP)["deregistration_delay"], 30)


@requirement("SS-48", "SS-105", "SS-164", "SS-165", "SS-166")
def test_security_groups_let_in_what_is_demanded_and_nothing_else(architecture: Architecture) -> None:
    assert deployed.admitted(architecture, ALB, "ingress") == {(443, INTERNET)}
    assert deployed.admitted(architecture, TASK, "ingress") == {(8000, ALB)}
    assert deployed.admitted(architecture, DATABASE, "ingress") == {(5432, TASK)}
    assert deployed.admitted(architecture, CACHE, "ingress") == {(6379, TASK)}
    assert len([rule for rule in architecture.of(SecurityGroupRule) if rule.direction == "ingress"]) == 4
    assert not any(rule.protocol == "all" for rule in architecture.of(SecurityGroupRule))


@pytest.mark.parametrize(("group", "port", "source"), DOORS)
def test_deployed_security_group(aws: Aws, group: str, port: int, source: str) -> None:
    peer = deployed.security_group(aws, source)["GroupId"]
    assert deployed.ingress(aws, group) == [("tcp", port, port, [peer], [])]


@requirement("SS-105", "SS-164")
def test_deployed_security_group_of_the_load_balancer(aws: Aws) -> None:
    assert deployed.ingress(aws, "spendsense-alb") == [("tcp", 443, 443, [], ["0.0.0.0/0"])]


@requirement("SS-163")
def test_every_subnet_has_a_network_acl_of_its_tier(architecture: Architecture, terraform: TerraformRoot) -> None:
    acls = {acl.name: set(acl.subnets) for acl in architecture.of(NetworkAcl)}
    tiers = {subnet.tier for subnet in architecture.of(Subnet)}
    assert len(acls) == len(tiers) == 3
    every = [subnet for subnets in acls.values() for subnet in subnets]
    assert sorted(map(str, every)) == sorted(str(subnet.ref) for subnet in architecture.of(Subnet))
    assert any(address.startswith("aws_network_acl.") for address in terraform.values)


@requirement("SS-163")
def test_deployed_network_acls(aws: Aws) -> None:
    """The database's admits nothing from outside the VPC but answers."""
    vpc = deployed.vpc(aws)["VpcId"]
    found = aws.client("ec2").describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["NetworkAcls"]
    acls = {tags(acl.get("Tags", [])).get("Name", ""): acl for acl in found if not acl["IsDefault"]}
    assert set(acls) == {"spendsense-public", "spendsense-private", "spendsense-database"}
    for acl in acls.values():
        assert len(acl["Associations"]) == 2
    entries = [entry for entry in acls["spendsense-database"]["Entries"] if not entry["Egress"]]
    allowed = {entry["CidrBlock"] for entry in entries if entry["RuleAction"] == "allow"}
    assert allowed
    assert all(IPv4Network(cidr).subnet_of(IPv4Network("10.1.0.0/16")) for cidr in allowed)
