"""SP-04, SP-05, SP-18, SP-25 to SP-31: the network, as designed, as both engines write it, as the local AWS answers."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest
from tests.acceptance.deployed import admitted, default_routes, ingress
from tests.acceptance.deployed import security_group as deployed_group
from tests.acceptance.deployed import subnet as deployed_subnet
from tests.acceptance.deployed import vpc as deployed_vpc
from tests.acceptance.rows import proves, requirement
from tests.acceptance.system import Aws, Templates, TerraformRoot, tags

from groundplan.resources import Architecture
from groundplan.resources.containers import EcsService, TaskDefinition
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.edge import Listener, LoadBalancer
from groundplan.resources.network import (
    ANYWHERE,
    ElasticIp,
    NatGateway,
    Route,
    RouteTableAssociation,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    Vpc,
    VpcEndpoint,
)
from groundplan.resources.values import Ref

ENVIRONMENT = "poc"
VPC = Ref(Vpc, "main")
INTERNET: Ref[SecurityGroup] | IPv4Network = ANYWHERE
BALANCER, TASK, DATABASE = (Ref(SecurityGroup, name) for name in ("alb", "api", "main"))
# C-70: zone b has subnets because a load balancer and a subnet group demand two zones.
SUBNETS = [
    proves("SP-26", "public", "a", "10.0.1.0/24"),
    proves("SP-04 SP-26", "public", "b", "10.0.2.0/24"),
    proves("SP-27", "database", "a", "10.0.10.0/24"),
    proves("SP-04 SP-27", "database", "b", "10.0.20.0/24"),
]
each_subnet = pytest.mark.parametrize(("tier", "zone", "cidr"), SUBNETS)


@requirement("SP-25")
def test_vpc(terraform: TerraformRoot, templates: Templates) -> None:
    written = templates.properties(VPC)
    assert (written["CidrBlock"], tags(written["Tags"])["Name"]) == ("10.0.0.0/16", "spontime-poc-vpc")
    planned = terraform.of(VPC)
    assert (planned["cidr_block"], planned["tags"]["Name"]) == ("10.0.0.0/16", "spontime-poc-vpc")


@requirement("SP-25")
def test_deployed_vpc(aws: Aws) -> None:
    vpc = deployed_vpc(aws)
    assert (vpc["CidrBlock"], tags(vpc["Tags"])["Name"]) == ("10.0.0.0/16", "spontime-poc-vpc")


@each_subnet
def test_subnet(terraform: TerraformRoot, templates: Templates, tier: str, zone: str, cidr: str) -> None:
    subnet = Ref(Subnet, tier, zone)
    written = templates.properties(subnet)
    assert (written["CidrBlock"], written["AvailabilityZone"]) == (cidr, {"Fn::Sub": f"${{AWS::Region}}{zone}"})
    planned = terraform.of(subnet)
    assert (planned["cidr_block"], planned["availability_zone"]) == (cidr, f"us-east-1{zone}")


@each_subnet
def test_deployed_subnet(aws: Aws, tier: str, zone: str, cidr: str) -> None:
    subnet = deployed_subnet(aws, cidr)
    assert subnet["AvailabilityZone"] == f"us-east-1{zone}"
    assert tags(subnet["Tags"])["Name"] == f"spontime-poc-{tier}-{zone}"
    routes = default_routes(aws, subnet["SubnetId"])
    if tier == "public":
        assert [route[:4] for route in routes] == ["igw-"]
    else:
        assert routes == []


@requirement("SP-26", "SP-27")
def test_there_are_no_other_subnets(architecture: Architecture) -> None:
    """No private tier: tasks are public, and the database has its own."""
    assert {(subnet.tier, subnet.key) for subnet in architecture.of(Subnet)} == {
        ("public", "a"),
        ("public", "b"),
        ("database", "a"),
        ("database", "b"),
    }


@requirement("SP-28")
def test_public_subnets_have_a_route_to_the_internet(architecture: Architecture) -> None:
    (route,) = architecture.of(Route)
    assert route.internet_gateway is not None
    assert architecture[route.internet_gateway].vpc == VPC
    associated = {
        item.subnet for item in architecture.of(RouteTableAssociation) if item.route_table == route.route_table
    }
    assert associated == {Ref(Subnet, "public", "a"), Ref(Subnet, "public", "b")}


@requirement("SP-28")
def test_deployed_internet_gateway(aws: Aws) -> None:
    filters = [{"Name": "attachment.vpc-id", "Values": [deployed_vpc(aws)["VpcId"]]}]
    (gateway,) = aws.client("ec2").describe_internet_gateways(Filters=filters)["InternetGateways"]
    for cidr in ("10.0.1.0/24", "10.0.2.0/24"):
        assert default_routes(aws, deployed_subnet(aws, cidr)["SubnetId"]) == [gateway["InternetGatewayId"]]


@requirement("SP-05")
def test_tasks_reach_the_internet_without_a_nat_gateway(
    architecture: Architecture, terraform: TerraformRoot, templates: Templates
) -> None:
    """C-80: a task in a public subnet pulls its image through a public address of its own."""
    assert architecture.of(NatGateway) == architecture.of(ElasticIp) == architecture.of(VpcEndpoint) == ()
    service = Ref(EcsService, "api")
    assert terraform.of(service)["network_configuration"][0]["assign_public_ip"] is True
    network = templates.properties(service)["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert network["AssignPublicIp"] == "ENABLED"


@requirement("SP-05")
def test_deployed_tasks_have_public_addresses(aws: Aws) -> None:
    ec2 = aws.client("ec2")
    assert ec2.describe_nat_gateways()["NatGateways"] == []
    assert ec2.describe_addresses()["Addresses"] == []
    (service,) = aws.client("ecs").describe_services(cluster="spontime-poc-cluster", services=["spontime-poc-api"])[
        "services"
    ]
    assert service["networkConfiguration"]["awsvpcConfiguration"]["assignPublicIp"] == "ENABLED"


@requirement("SP-04", "SP-09")
def test_task_and_database_are_in_one_zone(
    architecture: Architecture, terraform: TerraformRoot, templates: Templates
) -> None:
    service, database = Ref(EcsService, "api"), Ref(DatabaseInstance, "main")
    assert architecture[service].subnets == (Ref(Subnet, "public", "a"),)
    subnet = terraform.of(Ref(Subnet, "public", "a"))
    assert terraform.of(service)["network_configuration"][0]["subnets"] == [subnet["id"]]
    planned = terraform.of(database)
    assert (planned["multi_az"], planned["availability_zone"]) == (False, "us-east-1a")
    written = templates.properties(database)
    assert (written["MultiAZ"], written["AvailabilityZone"]) == (False, {"Fn::Sub": "${AWS::Region}a"})


@requirement("SP-04", "SP-09", "SP-26")
def test_deployed_task_and_database_are_in_one_zone(aws: Aws) -> None:
    (service,) = aws.client("ecs").describe_services(cluster="spontime-poc-cluster", services=["spontime-poc-api"])[
        "services"
    ]
    network = service["networkConfiguration"]["awsvpcConfiguration"]
    assert network["subnets"] == [deployed_subnet(aws, "10.0.1.0/24")["SubnetId"]]
    (database,) = aws.client("rds").describe_db_instances(DBInstanceIdentifier="spontime-poc-main")["DBInstances"]
    assert (database["MultiAZ"], database["AvailabilityZone"]) == (False, "us-east-1a")


@requirement("SP-29", "SP-30", "SP-31")
def test_security_groups_let_in_what_is_demanded_and_nothing_else(architecture: Architecture) -> None:
    assert admitted(architecture, BALANCER, "ingress") == {(80, INTERNET)}
    assert admitted(architecture, TASK, "ingress") == {(8000, BALANCER)}
    assert admitted(architecture, DATABASE, "ingress") == {(5432, TASK)}
    assert len([rule for rule in architecture.of(SecurityGroupRule) if rule.direction == "ingress"]) == 3


@requirement("SP-29")
def test_deployed_group_of_the_load_balancer(aws: Aws) -> None:
    assert ingress(aws, "spontime-poc-alb") == [("tcp", 80, 80, [], ["0.0.0.0/0"])]


@requirement("SP-30")
def test_deployed_group_of_the_task(aws: Aws) -> None:
    balancer = deployed_group(aws, "spontime-poc-alb")["GroupId"]
    assert ingress(aws, "spontime-poc-api") == [("tcp", 8000, 8000, [balancer], [])]


@requirement("SP-31")
def test_deployed_group_of_the_database(aws: Aws) -> None:
    task = deployed_group(aws, "spontime-poc-api")["GroupId"]
    assert ingress(aws, "spontime-poc-main") == [("tcp", 5432, 5432, [task], [])]


@requirement("SP-18")
def test_users_reach_the_load_balancer_that_reaches_the_task_that_reaches_the_database(
    architecture: Architecture,
) -> None:
    """Each hop has a rule on both sides and a listener or port at its end; no hop can be left out."""
    balancer, service = architecture[Ref(LoadBalancer, "main")], architecture[Ref(EcsService, "api")]
    database = architecture[Ref(DatabaseInstance, "main")]
    assert (balancer.security_groups, service.security_groups) == ((BALANCER,), (TASK,))
    assert database.security_groups == (DATABASE,)
    hops = [(INTERNET, BALANCER, 80), (BALANCER, TASK, 8000), (TASK, DATABASE, 5432)]
    for source, target, port in hops:
        assert (port, source) in admitted(architecture, target, "ingress")
        if isinstance(source, Ref):
            assert (port, target) in admitted(architecture, source, "egress")
    (listener,) = architecture.of(Listener)
    assert (listener.load_balancer, listener.port) == (balancer.ref, 80)
    assert (service.load_balancers[0].container_port, database.port) == (8000, 5432)
    served = next(item for item in architecture[Ref(TaskDefinition, "api")].containers if item.name == "api")
    assert served.port == 8000
    shortcuts = {(source, target) for source, _, _ in hops for _, target, _ in hops} - {hop[:2] for hop in hops}
    for source, target in shortcuts:
        assert not any(peer == source for _, peer in admitted(architecture, target, "ingress"))


@requirement("SP-18")
def test_the_way_of_a_request_is_deployed(aws: Aws) -> None:
    """Routes lead from the internet to the load balancer and the task, and none to the database."""
    elb = aws.client("elbv2")
    (balancer,) = elb.describe_load_balancers(Names=["spontime-poc-alb"])["LoadBalancers"]
    assert balancer["SecurityGroups"] == [deployed_group(aws, "spontime-poc-alb")["GroupId"]]
    for zone in balancer["AvailabilityZones"]:
        assert default_routes(aws, zone["SubnetId"])
    (database,) = aws.client("rds").describe_db_instances(DBInstanceIdentifier="spontime-poc-main")["DBInstances"]
    assert [group["VpcSecurityGroupId"] for group in database["VpcSecurityGroups"]] == [
        deployed_group(aws, "spontime-poc-main")["GroupId"]
    ]
    for subnet in database["DBSubnetGroup"]["Subnets"]:
        assert default_routes(aws, subnet["SubnetIdentifier"]) == []
