"""DS-12 to DS-28: the network, in the architecture, in both engines, and as the local AWS answers."""

from __future__ import annotations

from typing import Any

import pytest
from tests.acceptance.rows import proves, requirement
from tests.acceptance.system import Aws, Templates, TerraformRoot, tags

from groundplan.resources import Architecture
from groundplan.resources.containers import EcsService
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.network import NatGateway, Route, RouteTable, Subnet, Vpc
from groundplan.resources.values import Ref

VPC = Ref(Vpc, "main")
SUBNETS = [
    proves("DS-16", "public", "a", "10.0.1.0/24"),
    proves("DS-17", "public", "b", "10.0.2.0/24"),
    proves("DS-19", "private", "a", "10.0.10.0/24"),
    proves("DS-20", "private", "b", "10.0.20.0/24"),
    proves("DS-22", "database", "a", "10.0.100.0/24"),
    proves("DS-23", "database", "b", "10.0.200.0/24"),
]
each_subnet = pytest.mark.parametrize(("tier", "zone", "cidr"), SUBNETS)


def deployed_vpc(aws: Aws) -> dict[str, Any]:
    found = aws.client("ec2").describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["DuskSpendr-prod"]}])["Vpcs"]
    assert len(found) == 1
    vpc: dict[str, Any] = found[0]
    return vpc


def deployed_subnet(aws: Aws, cidr: str) -> dict[str, Any]:
    filters = [{"Name": "vpc-id", "Values": [deployed_vpc(aws)["VpcId"]]}, {"Name": "cidr-block", "Values": [cidr]}]
    found = aws.client("ec2").describe_subnets(Filters=filters)["Subnets"]
    assert len(found) == 1
    subnet: dict[str, Any] = found[0]
    return subnet


def default_routes(aws: Aws, subnet: str) -> list[dict[str, Any]]:
    """The routes to everywhere in the route table that a subnet is associated with."""
    filters = [{"Name": "association.subnet-id", "Values": [subnet]}]
    tables = aws.client("ec2").describe_route_tables(Filters=filters)["RouteTables"]
    assert len(tables) == 1
    return [route for route in tables[0]["Routes"] if route.get("DestinationCidrBlock") == "0.0.0.0/0"]


@requirement("DS-12")
def test_everything_is_on_aws(terraform: TerraformRoot, templates: Templates, readme: str) -> None:
    providers = terraform.plan["configuration"]["provider_config"]
    assert {item["full_name"] for item in providers.values()} == {"registry.terraform.io/hashicorp/aws"}
    assert all(entry["Type"].startswith("AWS::") for _, entry in templates.every())
    assert "account named Production" in readme


@requirement("DS-13")
def test_two_zones_of_mumbai(architecture: Architecture, terraform: TerraformRoot) -> None:
    assert architecture.region == "ap-south-1"
    zones = {"ap-south-1a", "ap-south-1b"}
    assert {subnet.availability_zone for subnet in architecture.of(Subnet)} == zones
    planned = [terraform.of(subnet.ref) for subnet in architecture.of(Subnet)]
    assert {values["availability_zone"] for values in planned} == zones


@requirement("DS-13")
def test_two_zones_of_mumbai_are_in_use(aws: Aws) -> None:
    filters = [{"Name": "vpc-id", "Values": [deployed_vpc(aws)["VpcId"]]}]
    subnets = aws.client("ec2").describe_subnets(Filters=filters)["Subnets"]
    assert {subnet["AvailabilityZone"] for subnet in subnets} == {"ap-south-1a", "ap-south-1b"}


@requirement("DS-14", "DS-15")
def test_vpc(terraform: TerraformRoot, templates: Templates) -> None:
    written = templates.properties(VPC)
    assert written["CidrBlock"] == "10.0.0.0/16"
    assert tags(written["Tags"])["Name"] == "DuskSpendr-prod"
    planned = terraform.of(VPC)
    assert planned["cidr_block"] == "10.0.0.0/16"
    assert planned["tags"]["Name"] == "DuskSpendr-prod"


@requirement("DS-14", "DS-15")
def test_deployed_vpc(aws: Aws) -> None:
    assert deployed_vpc(aws)["CidrBlock"] == "10.0.0.0/16"


@each_subnet
def test_subnet(terraform: TerraformRoot, templates: Templates, tier: str, zone: str, cidr: str) -> None:
    subnet = Ref(Subnet, tier, zone)
    written = templates.properties(subnet)
    assert (written["CidrBlock"], written["AvailabilityZone"]) == (cidr, {"Fn::Sub": f"${{AWS::Region}}{zone}"})
    planned = terraform.of(subnet)
    assert (planned["cidr_block"], planned["availability_zone"]) == (cidr, f"ap-south-1{zone}")


@each_subnet
def test_deployed_subnet(aws: Aws, tier: str, zone: str, cidr: str) -> None:
    subnet = deployed_subnet(aws, cidr)
    assert subnet["AvailabilityZone"] == f"ap-south-1{zone}"
    assert tags(subnet["Tags"])["Name"] == f"DuskSpendr-{tier}-{zone}"
    routes = default_routes(aws, subnet["SubnetId"])
    if tier == "database":
        assert routes == []
        return
    assert len(routes) == 1
    if tier == "public":
        assert routes[0]["GatewayId"].startswith("igw-")
    else:
        assert not routes[0].get("GatewayId", "").startswith("igw-")
        assert routes[0]["NatGatewayId"].startswith("nat-")


@requirement("DS-18")
def test_each_zone_has_its_own_nat_gateway(architecture: Architecture, terraform: TerraformRoot) -> None:
    gateways = architecture.of(NatGateway)
    assert [gateway.subnet for gateway in gateways] == [Ref(Subnet, "public", "a"), Ref(Subnet, "public", "b")]
    for zone in ("a", "b"):
        route = architecture[Ref(Route, "private_internet", zone)]
        assert route.route_table == Ref(RouteTable, "private", zone)
        assert route.nat_gateway is not None
        assert architecture[route.nat_gateway].subnet.key == zone
        nat = terraform.of(route.nat_gateway)
        assert nat["subnet_id"] == terraform.of(Ref(Subnet, "public", zone))["id"]
        assert terraform.of(route.ref)["nat_gateway_id"] == nat["id"]


@requirement("DS-18")
def test_deployed_nat_gateways(aws: Aws) -> None:
    found = aws.client("ec2").describe_nat_gateways(
        Filters=[{"Name": "vpc-id", "Values": [deployed_vpc(aws)["VpcId"]]}]
    )["NatGateways"]
    home = {gateway["SubnetId"]: gateway["NatGatewayId"] for gateway in found if gateway["State"] == "available"}
    assert len(found) == len(home) == 2
    for public, private in (("10.0.1.0/24", "10.0.10.0/24"), ("10.0.2.0/24", "10.0.20.0/24")):
        route = default_routes(aws, deployed_subnet(aws, private)["SubnetId"])[0]
        assert route["NatGatewayId"] == home[deployed_subnet(aws, public)["SubnetId"]]


@requirement("DS-21", "DS-61")
def test_tasks_run_in_both_private_subnets(architecture: Architecture, terraform: TerraformRoot) -> None:
    service = architecture[Ref(EcsService, "api")]
    private = (Ref(Subnet, "private", "a"), Ref(Subnet, "private", "b"))
    assert service.subnets == private
    network = terraform.of(service.ref)["network_configuration"][0]
    assert set(network["subnets"]) == {terraform.of(subnet)["id"] for subnet in private}


@requirement("DS-21", "DS-61")
def test_deployed_tasks_run_in_both_private_subnets(aws: Aws) -> None:
    service = aws.client("ecs").describe_services(cluster="DuskSpendr-cluster", services=["DuskSpendr-api"])
    network = service["services"][0]["networkConfiguration"]["awsvpcConfiguration"]
    expected = {deployed_subnet(aws, cidr)["SubnetId"] for cidr in ("10.0.10.0/24", "10.0.20.0/24")}
    assert set(network["subnets"]) == expected


@requirement("DS-24")
def test_database_and_its_standby_have_a_subnet_in_each_zone(architecture: Architecture) -> None:
    database = architecture[Ref(DatabaseInstance, "main")]
    assert database.multi_az
    assert database.subnet_group is not None
    subnets = [architecture[subnet] for subnet in architecture[database.subnet_group].subnets]
    assert {(str(subnet.cidr_block), subnet.availability_zone) for subnet in subnets} == {
        ("10.0.100.0/24", "ap-south-1a"),
        ("10.0.200.0/24", "ap-south-1b"),
    }


@requirement("DS-25", "DS-26", "DS-27")
def test_storage_cache_and_secrets_exist(aws: Aws) -> None:
    buckets = {bucket["Name"] for bucket in aws.client("s3").list_buckets()["Buckets"]}
    assert {"duskspendr-backups-production", "duskspendr-logs-production"} <= buckets
    groups = aws.client("elasticache").describe_replication_groups()["ReplicationGroups"]
    assert [group["ReplicationGroupId"] for group in groups] == ["duskspendr-redis"]
    secrets = {secret["Name"] for secret in aws.client("secretsmanager").list_secrets()["SecretList"]}
    assert {
        f"DuskSpendr/production/{name}" for name in ("db_url", "db_password", "redis_url", "redis_token")
    } == secrets


@requirement("DS-28")
def test_deployed_internet_gateway_and_route_tables(aws: Aws, architecture: Architecture) -> None:
    vpc = deployed_vpc(aws)["VpcId"]
    gateways = aws.client("ec2").describe_internet_gateways(Filters=[{"Name": "attachment.vpc-id", "Values": [vpc]}])[
        "InternetGateways"
    ]
    assert len(gateways) == 1
    assert [attachment["VpcId"] for attachment in gateways[0]["Attachments"]] == [vpc]
    tables = aws.client("ec2").describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]
    named = {tags(table["Tags"])["Name"] for table in tables if table.get("Tags")}
    assert named == {f"DuskSpendr-{name}" for name in ("public", "private-a", "private-b", "database")}
    assert len(architecture.of(RouteTable)) == len(named)
