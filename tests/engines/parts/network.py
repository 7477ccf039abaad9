"""Network: VPC, its gateways, routes and firewalls."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from tests.engines.parts.names import GATEWAY, REGION, TIERS, VPC, ZONES, subnets

from groundplan.resources import Resource
from groundplan.resources.monitoring import LogGroup
from groundplan.resources.network import (
    ANYWHERE,
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
from groundplan.resources.policies import Condition, InlinePolicy, PolicyDocument, Principal, Statement, service_trust
from groundplan.resources.security import Role
from groundplan.resources.values import Pseudo, Ref, text


def network() -> Iterator[Resource]:
    """Network: VPC, its gateways, routes and firewalls of the sample."""
    yield Vpc(name="main", concern="network", cidr_block=IPv4Network("10.0.0.0/16"), tags={"Name": "sample-vpc"})
    yield InternetGateway(name="main", concern="network", vpc=VPC, tags={"Name": "sample-igw"})
    blocks = iter(IPv4Network("10.0.0.0/16").subnets(new_prefix=24))
    for tier in TIERS:
        for zone in ZONES:
            yield Subnet(
                name=tier,
                key=zone,
                concern="network",
                vpc=VPC,
                tier=tier,
                cidr_block=next(blocks),
                availability_zone=REGION + zone,
                tags={"Name": f"sample-{tier}-{zone}"},
            )
    for zone in ZONES:
        yield ElasticIp(name="nat", key=zone, concern="network", depends_on=(GATEWAY,), tags={"Name": f"nat-{zone}"})
        yield NatGateway(
            name="main",
            key=zone,
            concern="network",
            subnet=Ref(Subnet, "public", zone),
            elastic_ip=Ref(ElasticIp, "nat", zone),
            depends_on=(GATEWAY,),
            tags={"Name": f"sample-nat-{zone}"},
        )
        yield RouteTable(name="private", key=zone, concern="network", vpc=VPC, tags={"Name": f"private-{zone}"})
        yield Route(
            name="private",
            key=zone,
            concern="network",
            route_table=Ref(RouteTable, "private", zone),
            nat_gateway=Ref(NatGateway, "main", zone),
        )
        yield RouteTableAssociation(
            name="public",
            key=zone,
            concern="network",
            route_table=Ref(RouteTable, "public"),
            subnet=Ref(Subnet, "public", zone),
        )
        yield RouteTableAssociation(
            name="private",
            key=zone,
            concern="network",
            route_table=Ref(RouteTable, "private", zone),
            subnet=Ref(Subnet, "private", zone),
        )
    yield RouteTable(name="public", concern="network", vpc=VPC, tags={"Name": "public"})
    yield Route(name="public", concern="network", route_table=Ref(RouteTable, "public"), internet_gateway=GATEWAY)
    vpc_cidr = IPv4Network("10.0.0.0/16")
    yield NetworkAcl(
        name="database",
        concern="network",
        vpc=VPC,
        subnets=subnets("database"),
        rules=(
            NetworkAclRule(
                number=100,
                direction="ingress",
                action="allow",
                protocol="tcp",
                cidr_block=vpc_cidr,
                from_port=5432,
                to_port=5432,
            ),
            NetworkAclRule(
                number=110, direction="ingress", action="deny", protocol="all", cidr_block=IPv4Network("10.0.9.0/24")
            ),
            NetworkAclRule(
                number=100,
                direction="egress",
                action="allow",
                protocol="tcp",
                cidr_block=vpc_cidr,
                from_port=1024,
                to_port=65535,
            ),
            NetworkAclRule(number=120, direction="egress", action="allow", protocol="icmp", cidr_block=vpc_cidr),
        ),
        tags={"Name": "sample-database"},
    )
    for name, says in (("alb", "Load balancer"), ("api", "Service api"), ("database", "Database"), ("cache", "Cache")):
        yield SecurityGroup(
            name=name,
            concern="network",
            vpc=VPC,
            group_name=f"sample-production-{name}",
            description=says,
            tags={"Name": f"sample-{name}"},
        )
    yield from _security_group_rules()
    yield LogGroup(
        name="flow-logs", concern="network", log_group_name="/sample/production/flow-logs", retention_in_days=90
    )
    yield Role(
        name="flow-logs",
        concern="network",
        role_name="sample-production-flow-logs",
        description="Writes VPC flow logs",
        trust=service_trust(
            "vpc-flow-logs.amazonaws.com",
            conditions=(Condition(operator="StringEquals", key="aws:SourceAccount", values=(Pseudo.ACCOUNT_ID,)),),
        ),
        inline_policies=(
            InlinePolicy(
                "write",
                PolicyDocument(
                    (
                        Statement(
                            sid="WriteFlowLogs",
                            actions=("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
                            resources=(
                                text(
                                    "arn:",
                                    Pseudo.PARTITION,
                                    f":logs:{REGION}:",
                                    Pseudo.ACCOUNT_ID,
                                    ":log-group:/sample/production/flow-logs:*",
                                ),
                            ),
                        ),
                    )
                ),
            ),
        ),
    )
    yield FlowLog(
        name="main",
        concern="network",
        vpc=VPC,
        log_group=Ref(LogGroup, "flow-logs"),
        role=Ref(Role, "flow-logs"),
        max_aggregation_interval=60,
        tags={"Name": "sample-flow-log"},
    )
    yield VpcEndpoint(
        name="s3",
        concern="network",
        vpc=VPC,
        service="s3",
        vpc_endpoint_type="Gateway",
        route_tables=tuple(Ref(RouteTable, "private", zone) for zone in ZONES),
        policy=PolicyDocument(
            (
                Statement(
                    principals=(Principal("*", ("*",)),),
                    actions=("s3:GetObject", "s3:PutObject", "s3:ListBucket"),
                    resources=("*",),
                    conditions=(
                        Condition(operator="StringEquals", key="aws:PrincipalAccount", values=(Pseudo.ACCOUNT_ID,)),
                    ),
                ),
            )
        ),
    )
    yield VpcEndpoint(
        name="ecr-api",
        concern="network",
        vpc=VPC,
        service="ecr.api",
        vpc_endpoint_type="Interface",
        subnets=subnets("private"),
        security_groups=(Ref(SecurityGroup, "api"),),
        private_dns_enabled=True,
    )


def _security_group_rules() -> Iterator[Resource]:
    alb, api = Ref(SecurityGroup, "alb"), Ref(SecurityGroup, "api")
    for name, direction, group, peer, port in (
        ("alb-from-world-80", "ingress", alb, ANYWHERE, 80),
        ("alb-from-world-443", "ingress", alb, ANYWHERE, 443),
        ("alb-to-api", "egress", alb, api, 3000),
        ("api-from-alb", "ingress", api, alb, 3000),
        ("api-to-database", "egress", api, Ref(SecurityGroup, "database"), 5432),
        ("database-from-api", "ingress", Ref(SecurityGroup, "database"), api, 5432),
        ("api-to-cache", "egress", api, Ref(SecurityGroup, "cache"), 6379),
        ("cache-from-api", "ingress", Ref(SecurityGroup, "cache"), api, 6379),
    ):
        yield SecurityGroupRule(
            name=name,
            concern="network",
            security_group=group,
            direction="ingress" if direction == "ingress" else "egress",
            protocol="tcp",
            from_port=port,
            to_port=port,
            peer=peer,
            description=name.replace("-", " "),
        )
    yield SecurityGroupRule(
        name="api-to-world",
        concern="network",
        security_group=api,
        direction="egress",
        protocol="all",
        from_port=None,
        to_port=None,
        peer=ANYWHERE,
        description="Outgoing calls",
    )
