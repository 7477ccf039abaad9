"""The ordered graph: what it finds, and what it refuses."""

from __future__ import annotations

from ipaddress import IPv4Network
from itertools import permutations

import pytest

from groundplan.resources import Architecture, Resource
from groundplan.resources.architecture import InOrder
from groundplan.resources.network import InternetGateway, Route, RouteTable, SecurityGroup, Subnet, Vpc
from groundplan.resources.security import Key
from groundplan.resources.storage import Bucket, BucketPolicy
from groundplan.resources.values import Ref

VPC = Vpc(name="main", concern="network", cidr_block=IPv4Network("10.0.0.0/16"))
GATEWAY = InternetGateway(name="main", concern="network", vpc=VPC.ref)
TABLE = RouteTable(name="public", concern="network", vpc=VPC.ref)
ROUTE = Route(name="out", concern="network", route_table=TABLE.ref, internet_gateway=GATEWAY.ref)
SUBNETS = tuple(
    Subnet(
        name="public",
        key=letter,
        concern="network",
        vpc=VPC.ref,
        tier="public",
        cidr_block=IPv4Network(f"10.0.{number}.0/24"),
        availability_zone=f"eu-central-1{letter}",
    )
    for number, letter in enumerate("ab")
)


def of(*resources: Resource) -> Architecture:
    return Architecture(
        project="shop", title="Shop", environment="production", region="eu-central-1", resources=resources
    )


def test_finds_by_reference_kind_name_and_address() -> None:
    found = of(VPC, *SUBNETS)
    assert len(found) == 3
    assert found[Ref(Subnet, "public", "b")] is SUBNETS[1]
    assert found.of(Subnet) == SUBNETS
    assert found.of(Bucket) == ()
    assert found.find(Subnet, "public", "a") is SUBNETS[0]
    assert found.find(Subnet, "public") is None
    assert found.at("subnet.public[b]") is SUBNETS[1]
    assert found.at("subnet.public") is None
    assert VPC.ref in found
    assert GATEWAY.ref not in found
    assert "vpc.main" not in found, "addresses are texts, not references"
    with pytest.raises(KeyError):
        found[GATEWAY.ref]


@pytest.mark.parametrize("order", list(permutations((VPC, GATEWAY, TABLE, ROUTE))))
def test_what_is_referred_to_comes_first_whatever_the_order(order: tuple[Resource, ...]) -> None:
    addresses = [resource.address for resource in of(*order)]
    assert addresses.index("vpc.main") == 0
    assert addresses[-1] == "route.out"
    assert sorted(addresses) == sorted(resource.address for resource in order), "nothing is lost"


def test_the_given_order_stays_where_nothing_speaks_against_it() -> None:
    assert of(VPC, SUBNETS[1], SUBNETS[0]).resources == (VPC, SUBNETS[1], SUBNETS[0])
    assert of(SUBNETS[1], VPC, SUBNETS[0]).resources == (VPC, SUBNETS[1], SUBNETS[0])


def test_two_of_one_address_are_refused() -> None:
    with pytest.raises(ValueError, match=r"two resources have the address subnet\.public\[a\]"):
        of(VPC, SUBNETS[0], SUBNETS[0])


def test_a_reference_that_leads_nowhere_is_refused() -> None:
    with pytest.raises(ValueError, match=r"internet_gateway\.main refers to vpc\.main, which does not exist"):
        of(GATEWAY)


def test_so_is_one_that_only_stands_in_depends_on() -> None:

    bucket = Bucket(name="files", concern="storage", bucket_name="files", depends_on=(Ref(Key, "files"),))
    with pytest.raises(ValueError, match=r"bucket\.files refers to key\.files"):
        of(bucket)


def test_circles_are_refused_and_told() -> None:
    one = SecurityGroup(
        name="one", concern="network", vpc=VPC.ref, group_name="one", description="",
        depends_on=(Ref(SecurityGroup, "two"),),
    )  # fmt: skip
    two = SecurityGroup(
        name="two", concern="network", vpc=VPC.ref, group_name="two", description="", depends_on=(one.ref,)
    )
    told = r"references form a circle: security_group\.one -> security_group\.two -> security_group\.one"
    with pytest.raises(ValueError, match=told):
        of(VPC, one, two)
    alone = SecurityGroup(
        name="me", concern="network", vpc=VPC.ref, group_name="me", description="",
        depends_on=(Ref(SecurityGroup, "me"),),
    )  # fmt: skip
    with pytest.raises(ValueError, match=r"circle: security_group\.me -> security_group\.me"):
        of(VPC, alone)


def test_changed_changes_one_thing_in_a_copy() -> None:
    before = of(VPC, *SUBNETS)
    after = before.changed(SUBNETS[0], availability_zone="eu-central-1c")
    assert after[SUBNETS[0].ref].availability_zone == "eu-central-1c"
    assert before[SUBNETS[0].ref].availability_zone == "eu-central-1a"
    assert after[SUBNETS[1].ref] is SUBNETS[1]
    assert [item.address for item in after] == [item.address for item in before]
    with pytest.raises(TypeError, match="no_such_field"):
        before.changed(VPC, no_such_field=1)


def test_dependents_are_named_once() -> None:
    found = of(VPC, GATEWAY, TABLE, ROUTE, *SUBNETS)
    assert found.dependents[VPC.ref] == (GATEWAY, TABLE, *SUBNETS)
    assert found.dependents[TABLE.ref] == (ROUTE,)
    assert ROUTE.ref not in found.dependents


def test_a_deep_chain_is_ordered() -> None:
    """Each refers to the next: as deep as an architecture of a few hundred services may be."""
    groups = [
        SecurityGroup(
            name=f"g{number}",
            concern="network",
            vpc=VPC.ref,
            group_name=f"g{number}",
            description="",
            depends_on=(Ref(SecurityGroup, f"g{number + 1}"),) if number < 300 else (),
        )
        for number in range(301)
    ]
    assert [item.name for item in of(*groups, VPC)][1:] == [f"g{number}" for number in range(300, -1, -1)]


def test_resources_never_change_and_are_equal_by_value() -> None:
    again = Vpc(name="main", concern="network", cidr_block=IPv4Network("10.0.0.0/16"))
    assert again == VPC
    assert hash(again) == hash(VPC)
    assert again != Vpc(name="main", concern="network", cidr_block=IPv4Network("10.1.0.0/16"))
    assert VPC != GATEWAY
    assert VPC != "vpc.main"
    with pytest.raises(AttributeError):
        VPC.name = "other"  # type: ignore[misc]  # what has to fail
    assert repr(VPC).startswith("Vpc(name='main', key=None, concern='network'")


def test_kind_names_are_the_fields_own() -> None:
    assert BucketPolicy.kind_name() == "bucket_policy"
    assert Vpc.kind_name() == "vpc"


def test_what_is_in_order_is_taken_as_it_is() -> None:
    """By who knows the order from before."""
    found = of(ROUTE, TABLE, GATEWAY, VPC)
    assert type(found.resources) is InOrder
    assert found.resources == (VPC, TABLE, GATEWAY, ROUTE)
    again = found.with_resources(InOrder(found.resources))
    assert again == found
    assert found.with_resources([*found, *SUBNETS]).resources == (*found.resources, *SUBNETS)
    with pytest.raises(ValueError, match="does not exist"):
        found.with_resources([ROUTE])


def test_what_is_made_of_it_is_made_once() -> None:
    made: list[Architecture] = []

    def count(architecture: Architecture) -> int:
        made.append(architecture)
        return len(architecture)

    found, other = of(VPC), of(VPC, *SUBNETS)
    assert [found.made_by(count), found.made_by(count), other.made_by(count)] == [1, 1, 3]
    assert made == [found, other]
    assert found == of(VPC), "what is kept with it says nothing of what it is"
