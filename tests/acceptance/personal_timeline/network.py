"""The network of an environment: as it is designed, and as the local AWS answers."""

from __future__ import annotations

import itertools
from typing import Any

from tests.acceptance.personal_timeline.expected import THIRD, ZONES, Expected, expected
from tests.acceptance.rows import requirement
from tests.acceptance.system import Aws, System, tags

from groundplan.resources import Architecture
from groundplan.resources.network import SecurityGroupRule, Vpc

ANYWHERE = "0.0.0.0/0"


def vpc_of(aws: Aws, system: System) -> str:
    """The id of the environment's VPC."""
    filters = [{"Name": "tag:Environment", "Values": [system.environment]}]
    (found,) = aws.client("ec2").describe_vpcs(Filters=filters)["Vpcs"]
    return str(found["VpcId"])


def within(aws: Aws, system: System) -> list[dict[str, Any]]:
    """A filter of EC2 for what stands in the environment's VPC."""
    return [{"Name": "vpc-id", "Values": [vpc_of(aws, system)]}]


def subnets_of(aws: Aws, system: System) -> dict[str, dict[str, Any]]:
    """The environment's subnets by their range."""
    found = aws.client("ec2").describe_subnets(Filters=within(aws, system))["Subnets"]
    return {subnet["CidrBlock"]: subnet for subnet in found}


def group_of(aws: Aws, system: System, name: str) -> dict[str, Any]:
    """A security group by the last part of its name."""
    filters = [*within(aws, system), {"Name": "group-name", "Values": [f"{expected(system).prefix}{name}"]}]
    (found,) = aws.client("ec2").describe_security_groups(Filters=filters)["SecurityGroups"]
    group: dict[str, Any] = found
    return group


def ingress(group: dict[str, Any]) -> set[tuple[object, object]]:
    """Port and peer of everything that a security group lets in, itself aside."""
    return {
        (rule.get("FromPort"), peer)
        for rule in group["IpPermissions"]
        for peer in (
            *(pair["GroupId"] for pair in rule["UserIdGroupPairs"]),
            *(item["CidrIp"] for item in rule["IpRanges"]),
        )
        if peer != group["GroupId"]
    }


class Network:
    """Three tiers over three zones, and who may connect to whom."""

    @requirement("PT-25", "PT-103", "PT-104", "PT-105", "PT-160", "PT-213")
    def test_subnets(self, aws: Aws, system: System) -> None:
        wanted = expected(system)
        found = {cidr: subnet["AvailabilityZone"] for cidr, subnet in subnets_of(aws, system).items()}
        assert found == {wanted.cidr(tier, zone): f"us-east-1{zone}" for tier, zone in itertools.product(THIRD, ZONES)}

    @requirement("PT-25", "PT-105", "PT-111", "PT-160")
    def test_ways_out(self, aws: Aws, system: System) -> None:
        """Each subnet has a route table of its own choice: to the internet, to a NAT gateway, to nowhere."""
        subnets = subnets_of(aws, system)
        for tier, zone in itertools.product(THIRD, ZONES):
            subnet = subnets[expected(system).cidr(tier, zone)]
            filters = [{"Name": "association.subnet-id", "Values": [subnet["SubnetId"]]}]
            (table,) = aws.client("ec2").describe_route_tables(Filters=filters)["RouteTables"]
            out = [route for route in table["Routes"] if route.get("DestinationCidrBlock") == ANYWHERE]
            ways = [(route.get("GatewayId") or route.get("NatGatewayId", ""))[:4] for route in out]
            assert ways == {"public": ["igw-"], "private": ["nat-"], "database": []}[tier]

    @requirement("PT-110")
    def test_gateways(self, aws: Aws, system: System) -> None:
        ec2, subnets = aws.client("ec2"), subnets_of(aws, system)
        filters = [{"Name": "attachment.vpc-id", "Values": [vpc_of(aws, system)]}]
        assert len(ec2.describe_internet_gateways(Filters=filters)["InternetGateways"]) == 1
        gateways = ec2.describe_nat_gateways(Filter=within(aws, system))["NatGateways"]
        places = {subnets[expected(system).cidr("public", zone)]["SubnetId"] for zone in ZONES}
        assert len(gateways) == len({gateway["SubnetId"] for gateway in gateways}) == expected(system).gateways
        assert {gateway["SubnetId"] for gateway in gateways} <= places

    @requirement("PT-26")
    def test_network_acls(self, aws: Aws, system: System) -> None:
        """One for each tier, which its three subnets have; the databases' lets nothing in from the internet."""
        subnets = subnets_of(aws, system)
        acls = aws.client("ec2").describe_network_acls(Filters=within(aws, system))["NetworkAcls"]
        own = [acl for acl in acls if not acl["IsDefault"]]
        assert len(own) == len(THIRD)
        for tier in THIRD:
            ids = {subnets[expected(system).cidr(tier, zone)]["SubnetId"] for zone in ZONES}
            (acl,) = (acl for acl in own if {item["SubnetId"] for item in acl["Associations"]} == ids)
            let_in = {
                entry["CidrBlock"] for entry in acl["Entries"] if not entry["Egress"] and entry["RuleAction"] == "allow"
            }
            assert (ANYWHERE in let_in) == (tier != "database")

    @requirement("PT-214")
    def test_flow_logs(self, aws: Aws, system: System) -> None:
        filters = [{"Name": "resource-id", "Values": [vpc_of(aws, system)]}]
        (log,) = aws.client("ec2").describe_flow_logs(Filters=filters)["FlowLogs"]
        assert (log["TrafficType"], log["LogDestinationType"]) == ("ALL", "cloud-watch-logs")

    @requirement("PT-106", "PT-154")
    def test_load_balancer_is_open_on_two_ports(self, aws: Aws, system: System) -> None:
        assert ingress(group_of(aws, system, "alb")) == {(80, ANYWHERE), (443, ANYWHERE)}

    @requirement("PT-107", "PT-154")
    def test_cluster_admits_the_load_balancer(self, aws: Aws, system: System) -> None:
        """C-43: 443 as demanded, and the port that the pods listen on."""
        balancer = group_of(aws, system, "alb")["GroupId"]
        assert ingress(group_of(aws, system, "cluster")) == {(443, balancer), (8000, balancer)}

    @requirement("PT-108", "PT-109", "PT-154")
    def test_data_admits_the_cluster(self, aws: Aws, system: System) -> None:
        cluster = group_of(aws, system, "cluster")["GroupId"]
        assert ingress(group_of(aws, system, "db-primary")) == {(5432, cluster)}
        assert ingress(group_of(aws, system, "cache-redis")) == {(6379, cluster)}

    @requirement("PT-13", "PT-46", "PT-154")
    def test_nothing_else_is_open_to_the_internet(self, architecture: Architecture) -> None:
        rules = architecture.of(SecurityGroupRule)
        open_ports = {
            (rule.security_group.name.removeprefix("standby_"), rule.from_port)
            for rule in rules
            if rule.direction == "ingress" and str(rule.peer) == ANYWHERE
        }
        assert open_ports == {("alb", 80), ("alb", 443)}
        assert {item.title for item in architecture if "peering" in item.kind_name()} == set()

    @requirement("PT-156", "PT-212")
    def test_vpc_is_tagged(self, aws: Aws, system: System, architecture: Architecture) -> None:
        (found,) = aws.client("ec2").describe_vpcs(VpcIds=[vpc_of(aws, system)])["Vpcs"]
        assert tags(found["Tags"]).items() >= {
            "Project": "personal-timeline", "Environment": system.environment, "ManagedBy": "Groundplan",
            "CostCenter": "personal-timeline", "Team": "platform",
        }.items()  # fmt: skip
        assert {str(vpc.cidr_block) for vpc in architecture.of(Vpc) if vpc.region is None} == {_range(expected(system))}


def _range(wanted: Expected) -> str:
    return f"{wanted.network}.0.0/16"
