"""Looking things up in what is deployed to a local AWS, as the AWS CLI would."""

from __future__ import annotations

import json
from typing import Any

from tests.acceptance.system import Aws, JsonObject

from groundplan.resources import Architecture
from groundplan.resources.network import SecurityGroup, SecurityGroupRule
from groundplan.resources.values import Ref


def vpc(aws: Aws) -> JsonObject:
    """The VPC that is not the account's own."""
    (found,) = (vpc for vpc in aws.client("ec2").describe_vpcs()["Vpcs"] if not vpc["IsDefault"])
    return _object(found)


def subnet(aws: Aws, cidr: str) -> JsonObject:
    """The subnet of that VPC with a range of addresses."""
    filters = [{"Name": "vpc-id", "Values": [vpc(aws)["VpcId"]]}, {"Name": "cidr-block", "Values": [cidr]}]
    (found,) = aws.client("ec2").describe_subnets(Filters=filters)["Subnets"]
    return _object(found)


def default_routes(aws: Aws, subnet_id: str) -> list[str]:
    """The gateways that the route table of a subnet sends to what goes to everywhere."""
    filters = [{"Name": "association.subnet-id", "Values": [subnet_id]}]
    (table,) = aws.client("ec2").describe_route_tables(Filters=filters)["RouteTables"]
    routes = [route for route in table["Routes"] if route.get("DestinationCidrBlock") == "0.0.0.0/0"]
    return [route.get("NatGatewayId") or route["GatewayId"] for route in routes]


def security_group(aws: Aws, name: str) -> JsonObject:
    """The security group of a name."""
    filters = [{"Name": "group-name", "Values": [name]}]
    (found,) = aws.client("ec2").describe_security_groups(Filters=filters)["SecurityGroups"]
    return _object(found)


def ingress(aws: Aws, name: str) -> list[tuple[str, int, int, list[str], list[str]]]:
    """Protocol, ports, groups and ranges of all that a security group lets in."""
    return [
        (
            rule["IpProtocol"],
            rule["FromPort"],
            rule["ToPort"],
            [pair["GroupId"] for pair in rule["UserIdGroupPairs"]],
            [item["CidrIp"] for item in rule.get("IpRanges", [])],
        )
        for rule in security_group(aws, name)["IpPermissions"]
    ]


def admitted(architecture: Architecture, group: Ref[SecurityGroup], direction: str) -> set[tuple[int | None, object]]:
    """Port and peer of what a security group allows, as it is designed."""
    return {
        (rule.from_port, rule.peer)
        for rule in architecture.of(SecurityGroupRule)
        if rule.security_group == group and rule.direction == direction and rule.from_port == rule.to_port
    }


def service(aws: Aws, cluster: str, name: str) -> JsonObject:
    """An ECS service."""
    (found,) = aws.client("ecs").describe_services(cluster=cluster, services=[name])["services"]
    return _object(found)


def task(aws: Aws, family: str) -> JsonObject:
    """The latest revision of a task definition."""
    return _object(aws.client("ecs").describe_task_definition(taskDefinition=family)["taskDefinition"])


def database(aws: Aws, identifier: str) -> JsonObject:
    """A database instance."""
    (found,) = aws.client("rds").describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"]
    return _object(found)


def replication_group(aws: Aws, name: str) -> JsonObject:
    """A cache."""
    cache = aws.client("elasticache")
    (found,) = cache.describe_replication_groups(ReplicationGroupId=name)["ReplicationGroups"]
    return _object(found)


def load_balancer(aws: Aws, name: str) -> JsonObject:
    """A load balancer."""
    (found,) = aws.client("elbv2").describe_load_balancers(Names=[name])["LoadBalancers"]
    return _object(found)


def target_group(aws: Aws, name: str) -> JsonObject:
    """A target group."""
    (found,) = aws.client("elbv2").describe_target_groups(Names=[name])["TargetGroups"]
    return _object(found)


def policies(aws: Aws, role: str) -> list[JsonObject]:
    """The policies that stand in a role."""
    iam = aws.client("iam")
    names = iam.list_role_policies(RoleName=role)["PolicyNames"]
    return [_object(iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]) for name in names]


def _object(found: Any) -> JsonObject:
    return dict(found) if isinstance(found, dict) else _object(json.loads(found))
