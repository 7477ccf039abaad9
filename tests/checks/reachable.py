"""What the sample's network lacks for everything in it to be reached that has to be, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import IPv4Network

from groundplan.resources import Architecture, Need, Resource
from groundplan.resources.compute import LaunchTemplate
from groundplan.resources.network import ANYWHERE, SecurityGroup, SecurityGroupRule, VpcEndpoint
from groundplan.resources.values import Ref

USERS = ("api", "cart", "shop", "worker", "nightly", "report")
"""Services and jobs in the group that the databases let in."""
OFFICE = IPv4Network("198.51.100.0/24")


def mended(architecture: Architecture) -> Architecture:
    """Instances and endpoints with groups of their own, a way for each listener and target, and the needs written."""
    vpc = architecture.of(SecurityGroup)[0].vpc
    groups = [
        SecurityGroup(
            name=name,
            concern="network",
            vpc=vpc,
            group_name=f"sample-production-{name}",
            description=says,
            tags={"Name": f"sample-{name}"},
        )
        for name, says in (("machines", "EC2 instances"), ("endpoints", "Interface endpoints"))
    ]
    changed: dict[Ref[Resource], Resource] = {}
    for template in architecture.of(LaunchTemplate):
        changed[template.ref] = replace(template, security_groups=(Ref(SecurityGroup, "machines"),))
    for endpoint in architecture.of(VpcEndpoint):
        if endpoint.security_groups:
            changed[endpoint.ref] = replace(endpoint, security_groups=(Ref(SecurityGroup, "endpoints"),))
    resources = [changed.get(resource.ref, resource) for resource in architecture]
    needs = tuple(Need(by=user, family="databases", name=name) for user in USERS for name in ("main", "reports"))
    return replace(architecture, resources=(*groups, *resources, *_rules()), needs=needs)


def _rules() -> Iterator[SecurityGroupRule]:
    everything = IPv4Network("10.0.0.0/16")
    alb, api = Ref(SecurityGroup, "alb"), Ref(SecurityGroup, "api")
    yield _rule("machines-to-world", "egress", Ref(SecurityGroup, "machines"), ANYWHERE, 443)
    yield _rule("endpoints-from-vpc", "ingress", Ref(SecurityGroup, "endpoints"), everything, 443)
    yield _rule("alb-from-office", "ingress", alb, OFFICE, 8443)
    yield _rule("alb-to-shop", "egress", alb, api, 8080)
    yield _rule("shop-from-alb", "ingress", api, alb, 8080)


def _rule(
    name: str, direction: str, group: Ref[SecurityGroup], peer: Ref[SecurityGroup] | IPv4Network, port: int
) -> SecurityGroupRule:
    return SecurityGroupRule(
        name=name,
        concern="network",
        security_group=group,
        direction="egress" if direction == "egress" else "ingress",
        protocol="tcp",
        from_port=port,
        to_port=port,
        peer=peer,
        description=name.replace("-", " "),
    )
