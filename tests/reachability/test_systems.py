"""What holds in each environment of the five systems, and what is found where it is broken."""

from __future__ import annotations

from collections import Counter
from ipaddress import IPv4Network
from time import process_time

import pytest
from tests.reachability.systems import ENVIRONMENTS, architecture_of

from groundplan.reachability import Question, ask
from groundplan.reachability.exposure import deaf, exposed, foreign, strangers
from groundplan.reachability.matrix import all_pairs
from groundplan.reachability.needs import requirements
from groundplan.reachability.network import network_of
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance
from groundplan.resources.edge import LoadBalancer
from groundplan.resources.network import Route, SecurityGroupRule, VpcEndpoint
from groundplan.resources.values import Ref


@pytest.mark.parametrize(("system", "environment"), ENVIRONMENTS)
def test_the_invariants_hold(system: str, environment: str) -> None:
    architecture = architecture_of(system, environment)
    assert [
        (item.source.address, item.label, item.problem) for item in requirements(architecture) if item.failing
    ] == []
    assert [*exposed(architecture), *strangers(architecture), *foreign(architecture), *deaf(architecture)] == []


@pytest.mark.parametrize(("system", "environment"), ENVIRONMENTS)
def test_they_are_about_something(system: str, environment: str) -> None:
    """Every environment has stores that something needs and reaches, and load balancers that the world reaches."""
    architecture = architecture_of(system, environment)
    found = requirements(architecture)
    stores = {item.label for item in found if "it needs" in item.why and item.port not in (443,)}
    kinds = (DatabaseInstance, CacheReplicationGroup)
    own = {item.address for kind in kinds for item in architecture.of(kind) if not getattr(item, "source", None)}
    assert own
    assert own <= stores
    assert all(item.ways for item in found)
    from_world = {pair.target for pair in all_pairs(architecture) if pair.source == "internet" and pair.by is None}
    assert len(from_world) == len(architecture.of(LoadBalancer))
    assert all(name.endswith("load_balancer") for name in from_world)


def test_the_finding_says_by_which_way() -> None:
    ways = Counter(
        way.split("[")[0] for item in requirements(architecture_of("solemate", "production")) for way in item.ways
    )
    assert {"by nat_gateway.main", "by vpc_endpoint.s3", "by vpc_endpoint.ecr_api", "within the VPC"} <= set(ways)
    poc = {way for item in requirements(architecture_of("spontime", "poc")) for way in item.ways}
    assert poc == {"within the VPC", "by internet_gateway.main"}


def test_an_endpoint_that_is_shut_is_not_gone_around() -> None:
    """Its name leads to it and nowhere else: NAT gateways do not help."""
    architecture = architecture_of("solemate", "production")
    group = architecture[Ref(VpcEndpoint, "secretsmanager")].security_groups[0]
    left = [
        item
        for item in architecture.resources
        if not (isinstance(item, SecurityGroupRule) and item.security_group == group and item.direction == "ingress")
    ]
    shut = architecture.with_resources(left)
    found = ask(shut, Question("api", "aws:secretsmanager", port=443))
    assert [hop.resource for hop in found.blocked_by] == [group.address]
    assert found.best.path.way == "by vpc_endpoint.secretsmanager"
    failing = {item.label for item in requirements(shut) if item.failing}
    assert "secretsmanager API" in failing
    assert "xray API" not in failing


def test_a_dropped_route_is_found_in_its_zone_only() -> None:
    architecture = architecture_of("duskspendr", "production")
    route = architecture[Ref(Route, "private_internet", "b")]
    dropped = architecture.changed(route, destination_cidr_block=IPv4Network("10.200.0.0/16"))
    problems = {item.problem for item in requirements(dropped) if item.failing}
    assert len(problems) == 1
    assert problems.pop().endswith(
        "route_table.private[b] has no route to internet_gateway.main (and ecs_service.api after it)"
    )
    found = ask(dropped, Question("api", "internet", port=443))
    assert found.reachable
    assert any("subnet.private[b]" in text for text in found.exceptions)


def test_the_largest_is_read_and_proven_in_no_time() -> None:
    """It takes a fifth of this on a machine that does nothing else; the checks have 100 ms for everything."""
    architecture = architecture_of("personal-timeline", "production")
    copied = architecture.with_resources(architecture.resources)
    started = process_time()
    network_of(copied)
    assert not any(item.failing for item in requirements(copied))
    assert not [*exposed(copied), *strangers(copied), *foreign(copied), *deaf(copied)]
    assert process_time() - started < 0.1
