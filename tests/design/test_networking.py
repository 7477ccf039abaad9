"""The subnet plan: it never overlaps, and what is added later moves nothing."""

from __future__ import annotations

from ipaddress import IPv4Network
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.design.blueprints import designed

from groundplan.design.networking import TIERS, plan_subnet
from groundplan.resources.network import NetworkAcl, Subnet, Tier

ZONES = "abcdef"
"""No region has more."""


@st.composite
def vpcs(draw: st.DrawFn) -> IPv4Network:
    prefix = draw(st.integers(16, 23))
    block = draw(st.integers(0, 2 ** (prefix - 8) - 1))
    return IPv4Network(((10 << 24) + (block << (32 - prefix)), prefix))


@given(vpcs())
def test_a_plan_never_overlaps_and_stays_inside(vpc: IPv4Network) -> None:
    planned = [plan_subnet(vpc, tier, letter) for tier in TIERS for letter in ZONES]
    subnets = [subnet for subnet in planned if subnet is not None]
    assert len(subnets) == len(planned)
    assert all(subnet.subnet_of(vpc) for subnet in subnets)
    assert not any(one.overlaps(other) for one, other in combinations(subnets, 2))
    assert all(16 <= subnet.prefixlen <= 28 for subnet in subnets), "what AWS takes as a subnet"


@given(st.integers(24, 28))
def test_a_small_range_has_no_plan(prefix: int) -> None:
    assert plan_subnet(IPv4Network(f"10.0.0.0/{prefix}"), "public", "a") is None


@settings(max_examples=25, deadline=None)
@given(
    vpcs(), st.lists(st.sampled_from("abc"), min_size=1, max_size=2, unique=True), st.sampled_from("abc"), st.booleans()
)
def test_what_is_added_later_moves_nothing(vpc: IPv4Network, zones: list[str], added: str, database: bool) -> None:
    def subnets(letters: list[str], databases: bool) -> dict[str, Subnet]:
        blueprint: dict[str, object] = {
            "project": "shop", "region": "eu-central-1", "network": {"cidr": str(vpc), "zones": letters},
        }  # fmt: skip
        if databases:
            blueprint["databases"] = {"main": {"engine": "postgres 16", "class": "db.t4g.micro"}}
        return {subnet.address: subnet for subnet in designed(blueprint).of(Subnet)}

    before = subnets(zones, database)
    after = subnets(list(dict.fromkeys([*zones, added])), True)
    assert all(after[address] == subnet for address, subnet in before.items())


def test_a_written_range_takes_the_place_of_the_planned() -> None:
    found = designed("""
        project: shop
        region: eu-central-1
        network: {subnets: {public: {b: 10.0.248.0/24}}}
        """)
    ranges = {subnet.address: str(subnet.cidr_block) for subnet in found.of(Subnet)}
    assert ranges["subnet.public[b]"] == "10.0.248.0/24"
    assert ranges["subnet.public[a]"] == "10.0.0.0/21"


@pytest.mark.parametrize(("nat", "tasks"), [("none", "public"), ("single", "private")])
def test_the_database_tier_admits_only_the_tier_where_tasks_are(nat: str, tasks: Tier) -> None:
    found = designed(f"""
        project: shop
        region: eu-central-1
        network: {{nat: {nat}}}
        databases: {{main: {{engine: postgres 16, class: db.t4g.micro, port: 5433}}}}
        """)
    acl = next(item for item in found.of(NetworkAcl) if item.name == "database")
    allowed = {rule.cidr_block for rule in acl.rules if rule.from_port == 5433}
    tiers = {tier: {subnet.cidr_block for subnet in found.of(Subnet) if subnet.tier == tier} for tier in TIERS}
    assert allowed == tiers[tasks] | tiers["database"]
    for direction in ("ingress", "egress"):
        numbers = [rule.number for rule in acl.rules if rule.direction == direction]
        assert numbers == sorted(set(numbers)), "AWS takes each number once"
