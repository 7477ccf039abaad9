"""Who reaches whom: for each rule a fault in the network that it finds, and a neighbour that it leaves alone."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network

import pytest
from tests.checks.planting import Bad, Good, Planting, change, clean, copy, get, identify, remove, together
from tests.checks.reachable import OFFICE

from groundplan.checks import run
from groundplan.resources import Architecture, Need
from groundplan.resources.containers import EcsService
from groundplan.resources.network import (
    NetworkAcl,
    NetworkAclRule,
    Route,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    VpcEndpoint,
)
from groundplan.resources.schedules import Schedule
from groundplan.resources.values import Ref

API, READER, FILES = Ref(SecurityGroup, "api"), Ref(SecurityGroup, "reader"), Ref(SecurityGroup, "files")
PUBLIC = tuple(Ref(Subnet, "public", zone) for zone in "ab")


def rule(name: str, like: str, **fields: object) -> Planting:
    """One more security group rule, like another."""
    return copy(SecurityGroupRule, like, name=name, **fields)


def acl_entries(*more: NetworkAclRule, without: int | None = None, direction: str = "egress") -> Planting:
    """The entries of the databases' network ACL with some more, or without one."""

    def planted(architecture: Architecture) -> Architecture:
        acl = get(architecture, NetworkAcl, "database")
        left = tuple(entry for entry in acl.rules if (entry.direction, entry.number) != (direction, without))
        return architecture.changed(acl, rules=(*left, *more))

    return planted


def needed(by: str, *databases: str) -> Planting:
    """What a service needs instead."""

    def planted(architecture: Architecture) -> Architecture:
        others = tuple(need for need in architecture.needs if need.by != by)
        own = tuple(Need(by=by, family="databases", name=name) for name in databases)
        return replace(architecture, needs=(*others, *own))

    return planted


def deny(network: IPv4Network) -> NetworkAclRule:
    """Denies everything from somewhere, before any other entry is asked."""
    return NetworkAclRule(number=50, direction="ingress", action="deny", protocol="all", cidr_block=network)


IN_PUBLIC = change(EcsService, "worker", subnets=PUBLIC, assign_public_ip=True)
OPEN = rule("open", "shop-from-alb", peer=IPv4Network("203.0.113.0/24"), from_port=9000, to_port=9000)

BAD = (
    Bad(
        "GP-SEC-090",
        together(IN_PUBLIC, OPEN),
        "ecs_service.worker",
        ("is reached from the internet on tcp 9000", "let in by security_group_rule.open"),
        also=("GP-SEC-016",),
    ),
    Bad(
        "GP-SEC-091",
        together(
            copy(SecurityGroup, "machines", name="reader", group_name="sample-production-reader"),
            change(EcsService, "worker", security_groups=(API, READER)),
            rule(
                "reader-to-files", "machines-to-world", security_group=READER, peer=FILES, from_port=2049, to_port=2049
            ),
            rule("files-from-reader", "files-from-pods", peer=READER),
        ),
        "file_system.shared",
        (
            "is reached by ecs_service.worker, which does not need it, on tcp 2049",
            "security_group_rule.files-from-reader",
        ),
    ),
    Bad(
        "GP-SEC-092",
        rule("vpn", "shop-from-alb", peer=IPv4Network("10.8.0.0/16")),
        "security_group_rule.vpn",
        ("lets in 10.8.0.0/16, which is not of the VPC's 10.0.0.0/16",),
    ),
    Bad(
        "GP-REL-090",
        together(
            change(EcsService, "worker", security_groups=(Ref(SecurityGroup, "machines"),)),
            needed("worker", "main"),
        ),
        "ecs_service.worker",
        (
            "does not reach database_instance.main on tcp 5432 (it needs main) in subnet.private[a]",
            "within the VPC: security_group.machines lets no tcp 5432 out to security_group.database",
            "(and security_group.database after it)",
        ),
    ),
    Bad(
        "GP-REL-091",
        together(change(Schedule, "report", security_groups=(Ref(SecurityGroup, "cache"),)), needed("report")),
        "schedule.report",
        (
            "does not reach on tcp 443 ecr.api API",
            "by vpc_endpoint.ecr-api: security_group.cache lets no tcp 443 out",
            "; nor ecr.dkr API",
            "by nat_gateway.main[a]",
        ),
    ),
    Bad(
        "GP-REL-092",
        remove(SecurityGroupRule, "alb-from-world-443"),
        "listener.https",
        ("is not reached from the internet in subnet.public[a]", "security_group.alb lets no tcp 443 in"),
    ),
)

GOOD = (
    Good("GP-SEC-090", IN_PUBLIC),  # a public address alone lets nobody in
    Good("GP-SEC-090", OPEN),  # and neither does an open group without one
    Good("GP-SEC-091", needed("worker", "main", "reports", "other")),
    Good("GP-SEC-092", rule("office", "shop-from-alb", peer=OFFICE)),
    Good("GP-SEC-092", rule("part", "shop-from-alb", peer=IPv4Network("10.0.2.0/24"))),
    Good("GP-REL-090", acl_entries(deny(IPv4Network("10.0.99.0/24")))),
    Good("GP-REL-091", remove(VpcEndpoint, "ecr-api")),  # the way through NAT is left
    Good("GP-REL-092", rule("twice", "alb-from-world-443", peer=OFFICE)),
)
SHUT = (
    # Answers of the database find no entry.
    (acl_entries(without=100), "network_acl.database has no egress entry for answers to 10.0.2.4-10.0.2.254"),
    (acl_entries(deny(IPv4Network("10.0.2.0/24"))), "network_acl.database denies everything in from 10.0.2.0/24"),
    # Half of the subnet: it works for some tasks and not for others.
    (acl_entries(deny(IPv4Network("10.0.2.128/25"))), "only from some addresses or client ports"),
)


@pytest.mark.parametrize("case", [*BAD, *GOOD], ids=identify)
def test_rule(case: Bad | Good) -> None:
    case.check()


@pytest.mark.parametrize(("planting", "says"), SHUT, ids=["no answers", "denied", "half"])
def test_network_acls_shut_in_everybody(planting: Planting, says: str) -> None:
    found = {finding.resource: finding for finding in run(planting(clean())).findings if finding.rule == "GP-REL-090"}
    assert set(found) == {f"ecs_service.{name}" for name in ("api", "cart", "shop", "worker")} | {
        f"schedule.{name}" for name in ("nightly", "report")
    }
    assert says in found["ecs_service.worker"].message


def test_without_a_route_nothing_starts_and_the_finding_names_the_way() -> None:
    found = [item for item in run(remove(Route, "private", "a")(clean())).findings if item.rule == "GP-REL-091"]
    assert "ecs_service.worker" in {item.resource for item in found}
    assert all("route_table.private[a] has no route to internet_gateway.main" in item.message for item in found)
