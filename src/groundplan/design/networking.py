"""The VPC: subnets by tier and zone, gateways, routes, network ACLs, flow logs, endpoints."""

from __future__ import annotations

from ipaddress import IPv4Network

from groundplan.design.draft import VPC, Draft
from groundplan.design.logs import add_log_group
from groundplan.design.security_groups import add_endpoint_group
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
    Subnet,
    Tier,
    Vpc,
    VpcEndpoint,
)
from groundplan.resources.policies import InlinePolicy, PolicyDocument, Statement, service_trust
from groundplan.resources.security import Role
from groundplan.resources.values import Ref, text

TIERS: tuple[Tier, ...] = ("public", "private", "database")
GATEWAY_ENDPOINTS = frozenset({"s3", "dynamodb"})
EPHEMERAL = (1024, 65535)
"""Ports that answers come back to. Source: https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports"""


def plan_subnet(vpc: IPv4Network, tier: Tier, letter: str) -> IPv4Network | None:
    """The range of a subnet that the blueprint leaves open, or None where the VPC is too small for a plan.

    The VPC is cut into 32 equal slots. Each tier owns eight of them and each zone letter one of the eight, so that
    a zone or tier added later moves nothing; the last eight stay free.
    """
    prefix = vpc.prefixlen + 5
    if prefix > 28:
        return None
    slot = TIERS.index(tier) * 8 + (ord(letter) - ord("a")) % 8
    size = 2 ** (32 - prefix)
    return IPv4Network((int(vpc.network_address) + slot * size, prefix))


def tiers_in_use(draft: Draft) -> tuple[Tier, ...]:
    """Public always; private where NAT leads out of it; database where something keeps data in the VPC."""
    blueprint = draft.blueprint
    used: list[Tier] = ["public"]
    if blueprint.network.nat != "none":
        used.append("private")
    if blueprint.databases or blueprint.caches:
        used.append("database")
    return tuple(used)


def subnet_ranges(draft: Draft) -> dict[tuple[Tier, str], IPv4Network]:
    """The address range of each subnet, as written or planned. Reports ranges that do not fit."""
    network = draft.blueprint.network
    ranges: dict[tuple[Tier, str], IPv4Network] = {}
    for tier in tiers_in_use(draft):
        for letter in network.zones:
            written = network.subnets.get(tier, {}).get(letter)
            chosen = written or plan_subnet(network.cidr, tier, letter)
            if chosen is None:
                draft.problem(
                    "network.cidr",
                    f"{network.cidr} is too small to plan subnets in; take a /23 or larger, or write network.subnets",
                )
                return {}
            path = f"network.subnets.{tier}.{letter}" if written else "network.cidr"
            for (other_tier, other_letter), other in ranges.items():
                if chosen.overlaps(other):
                    draft.problem(path, f"{tier} {letter} {chosen} overlaps {other_tier} {other_letter} {other}")
            ranges[tier, letter] = chosen
    return ranges


def subnets_of(draft: Draft, tier: Tier) -> tuple[Ref[Subnet], ...]:
    """The subnets of a tier, one in each zone."""
    return tuple(Ref(Subnet, tier, letter) for letter in draft.blueprint.network.zones)


def task_tier(draft: Draft) -> Tier:
    """Where tasks run: behind NAT, or with public addresses where there is none."""
    return "public" if draft.blueprint.network.nat == "none" else "private"


def add_network(draft: Draft) -> None:
    """The whole network, without the security groups of what lives in it."""
    network = draft.blueprint.network
    draft.add(
        Vpc(
            name="main",
            concern="network",
            cidr_block=network.cidr,
            tags=draft.name_tag(network.name or draft.environment),
        )
    )
    gateway = draft.add(InternetGateway(name="main", concern="network", vpc=VPC, tags=draft.name_tag("internet")))
    ranges = subnet_ranges(draft)
    for (tier, letter), cidr in ranges.items():
        draft.add(
            Subnet(
                name=tier,
                key=letter,
                concern="network",
                vpc=VPC,
                tier=tier,
                cidr_block=cidr,
                availability_zone=draft.zone(letter),
                tags=draft.name_tag(f"{tier}-{letter}"),
            )
        )
    _add_routes(draft, gateway)
    if network.acls:
        for tier in tiers_in_use(draft):
            _add_acl(draft, tier, ranges)
    if network.flow_logs:
        _add_flow_log(draft, network.flow_logs.days)
    for service in network.endpoints:
        _add_endpoint(draft, service)


def _table(draft: Draft, name: str, key: str | None = None) -> Ref[RouteTable]:
    tag = draft.name_tag(f"{name}-{key}" if key else name)
    return draft.add(RouteTable(name=name, key=key, concern="network", vpc=VPC, tags=tag))


def _associate(draft: Draft, table: Ref[RouteTable], tier: Tier, letter: str) -> None:
    draft.add(
        RouteTableAssociation(
            name=tier, key=letter, concern="network", route_table=table, subnet=Ref(Subnet, tier, letter)
        )
    )


def _add_routes(draft: Draft, gateway: Ref[InternetGateway]) -> None:
    network, tiers = draft.blueprint.network, tiers_in_use(draft)
    public = _table(draft, "public")
    draft.add(Route(name="public_internet", concern="network", route_table=public, internet_gateway=gateway))
    for letter in network.zones:
        _associate(draft, public, "public", letter)
    if "private" in tiers:
        for letter in network.zones:
            home = letter if network.nat == "per-zone" else network.zones[0]
            if letter == home:
                _add_nat(draft, letter, gateway)
            table = _table(draft, "private", letter)
            draft.add(
                Route(
                    name="private_internet",
                    key=letter,
                    concern="network",
                    route_table=table,
                    nat_gateway=Ref(NatGateway, "main", home),
                )
            )
            _associate(draft, table, "private", letter)
    if "database" in tiers:
        table = _table(draft, "database")
        for letter in network.zones:
            _associate(draft, table, "database", letter)


def _add_nat(draft: Draft, letter: str, gateway: Ref[InternetGateway]) -> None:
    address = draft.add(
        ElasticIp(
            name="nat", key=letter, concern="network", depends_on=(gateway,), tags=draft.name_tag(f"nat-{letter}")
        )
    )
    draft.add(
        NatGateway(
            name="main",
            key=letter,
            concern="network",
            subnet=Ref(Subnet, "public", letter),
            elastic_ip=address,
            depends_on=(gateway,),
            tags=draft.name_tag(f"nat-{letter}"),
        )
    )


class _Rules:
    """Numbers the entries of a network ACL in the order in which they are written."""

    def __init__(self) -> None:
        self.rules: list[NetworkAclRule] = []

    def allow(self, direction: str, protocol: str, cidr: IPv4Network, ports: tuple[int, int] | None = None) -> None:
        way: dict[str, int] = {"ingress": 0, "egress": 0}
        for rule in self.rules:
            way[rule.direction] += 1
        self.rules.append(
            NetworkAclRule(
                number=100 + 10 * way[direction],
                direction="ingress" if direction == "ingress" else "egress",
                action="allow",
                protocol="tcp" if protocol == "tcp" else "all",
                cidr_block=cidr,
                from_port=ports[0] if ports else None,
                to_port=ports[1] if ports else None,
            )
        )


def _add_acl(draft: Draft, tier: Tier, ranges: dict[tuple[Tier, str], IPv4Network]) -> None:
    """Each tier admits what it has to: the internet's web ports, answers from outside, or data ports from tasks.

    ACLs are stateless, so that answers need rules too:
    https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
    """
    blueprint, rules = draft.blueprint, _Rules()
    if tier == "database":
        ports = sorted(
            {item.port for item in blueprint.databases.values()} | {c.port for c in blueprint.caches.values()}
        )
        for peer in (task_tier(draft), "database"):
            for (owner, _), cidr in ranges.items():
                if owner == peer:
                    for port in ports:
                        rules.allow("ingress", "tcp", cidr, (port, port))
                    rules.allow("egress", "tcp", cidr, EPHEMERAL)
                    if peer == "database":  # a replica asks its primary and gets answers, both within the tier
                        rules.allow("ingress", "tcp", cidr, EPHEMERAL)
    else:
        if tier == "public":
            for port in (80, 443):
                rules.allow("ingress", "tcp", ANYWHERE, (port, port))
        rules.allow("ingress", "all", blueprint.network.cidr)
        rules.allow("ingress", "tcp", ANYWHERE, EPHEMERAL)
        rules.allow("egress", "all", ANYWHERE)
    draft.add(
        NetworkAcl(
            name=tier,
            concern="network",
            vpc=VPC,
            subnets=subnets_of(draft, tier),
            rules=tuple(rules.rules),
            tags=draft.name_tag(tier),
        )
    )


def _add_flow_log(draft: Draft, days: int) -> None:
    """Source of the rights: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html"""
    group = add_log_group(draft, "flow_logs", "vpc-flow-logs", days, "network", "network.flow_logs")
    role = draft.add(
        Role(
            name="flow_logs",
            concern="network",
            role_name=draft.called("iam_role", "flow-logs-role", "project"),
            description="Lets VPC flow logs write to their log group",
            trust=service_trust("vpc-flow-logs.amazonaws.com"),
            inline_policies=(
                InlinePolicy(
                    draft.called("iam_policy", "flow-logs-policy", "project"),
                    PolicyDocument(
                        (
                            Statement(
                                sid="WriteLogs",
                                actions=("logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"),
                                resources=(group.arn, text(group.arn, ":*")),
                            ),
                            # It knows no resources: with the group's ARN it would be allowed nowhere.
                            Statement(sid="FindLogGroup", actions=("logs:DescribeLogGroups",), resources=("*",)),
                        )
                    ),
                ),
            ),
        ),
        because="network.flow_logs",
    )
    draft.add(
        FlowLog(name="main", concern="network", vpc=VPC, log_group=group, role=role, tags=draft.name_tag("flow-logs"))
    )


def _add_endpoint(draft: Draft, service: str) -> None:
    name, tags = service.replace(".", "_").replace("-", "_"), draft.name_tag(service.replace(".", "-"))
    if service in GATEWAY_ENDPOINTS:
        tables = tuple(item.ref for item in draft.of(RouteTable))
        draft.add(
            VpcEndpoint(
                name=name,
                concern="network",
                vpc=VPC,
                service=service,
                vpc_endpoint_type="Gateway",
                route_tables=tables,
                tags=tags,
            )
        )
        return
    group = add_endpoint_group(draft)
    draft.add(
        VpcEndpoint(
            name=name,
            concern="network",
            vpc=VPC,
            service=service,
            vpc_endpoint_type="Interface",
            subnets=subnets_of(draft, task_tier(draft)),
            security_groups=(group,),
            private_dns_enabled=True,
            tags=tags,
        )
    )
