"""Load balancers, gateways, endpoints, and the data that passes them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.cost.book import line, reasons
from tests.engines.samples import sample_architecture

from groundplan.blueprint.models import Usage
from groundplan.cost import Estimate, estimate
from groundplan.resources import Architecture
from groundplan.resources.edge import ListenerRule, LoadBalancer
from groundplan.resources.network import NatGateway, Subnet, VpcEndpoint
from groundplan.units import DataSize

BALANCER = "load_balancer.main"


def _estimate(architecture: Architecture, usage: Usage | None = None) -> Estimate:
    return estimate(architecture, usage or Usage(), None)


def _balancer(architecture: Architecture) -> LoadBalancer:
    (found,) = architecture.of(LoadBalancer)
    return found


def test_an_internal_load_balancer_has_no_public_addresses() -> None:
    architecture = sample_architecture()
    found = _estimate(architecture.changed(_balancer(architecture), scheme="internal"))
    assert [item.sku for item in found.of(BALANCER)] == ["alb.hour"]


@pytest.mark.parametrize(
    ("usage", "lcu_hours", "words"),
    [
        (Usage(requests=0), "0", "0 requests / 90,000 connections per LCU-hour"),
        (Usage(requests=9_000_000), "100", "9,000,000 requests / 90,000 connections per LCU-hour"),
        # 50 GB are 50 LCU-hours, fewer than the 100 of the connections
        (Usage(requests=9_000_000, internet_out=DataSize.parse("50 GB")), "100", "9,000,000 requests"),
        (Usage(requests=9_000_000, internet_out=DataSize.parse("101 GB")), "101", "101 GB / 1 GB per LCU-hour"),
    ],
)
def test_capacity_units_follow_the_largest_dimension(usage: Usage, lcu_hours: str, words: str) -> None:
    capacity = line(_estimate(sample_architecture(), usage), BALANCER, "alb.lcu_hour")
    assert capacity.quantity == Decimal(lcu_hours)
    assert capacity.monthly == Decimal(lcu_hours) * Decimal("0.008")
    assert capacity.formula.startswith(words)
    assert "https://aws.amazon.com/elasticloadbalancing/pricing/" in capacity.formula
    assert ("usage.internet_out is not stated" in capacity.formula) == (usage.internet_out is None)
    assert capacity.kind == "usage"


def test_rules_beyond_the_first_ten_are_evaluations_to_pay_for() -> None:
    architecture = sample_architecture()
    rule = architecture.of(ListenerRule)[0]
    # Four rules exist; with 106 more there are 110, of which 100 count. 9,000,000 requests × 100 rules / 3,600,000.
    more = [replace(rule, name=f"rule-{number}", priority=100 + number) for number in range(106)]
    found = _estimate(architecture.with_resources((*architecture, *more)), Usage(requests=9_000_000))
    capacity = line(found, BALANCER, "alb.lcu_hour")
    assert capacity.quantity == 250
    assert capacity.formula.startswith(
        "9,000,000 requests × 100 rules beyond the first ten / 3,600,000 rule evaluations per LCU-hour"
    )


def test_requests_without_a_load_balancer_cost_nothing() -> None:
    architecture = sample_architecture()
    none = architecture.with_resources(resource for resource in architecture if resource.address == "vpc.main")
    assert _estimate(none, Usage(requests=10**9)).monthly == 0


@pytest.mark.parametrize(
    ("out", "tiers"),
    [
        ("0 GB", []),
        ("100 GB", ["0"]),
        ("101 GB", ["0.1093"]),
        ("10 TB", ["1108.302"]),  # 10,240 GB less 100 free, at 0.1093
        ("60 TB", ["1108.302", "3481.60", "839.68"]),  # and 40,960 at 0.085, and 10,240 at 0.082
    ],
)
def test_data_to_the_internet_falls_in_price_by_tiers(out: str, tiers: list[str]) -> None:
    found = _estimate(sample_architecture(), Usage(internet_out=DataSize.parse(out)))
    lines = [item.monthly for item in found.lines if item.sku.startswith("dto.internet.")]
    assert lines == [Decimal(monthly) for monthly in tiers]


def test_beyond_the_last_tier_the_last_price_holds() -> None:
    found = _estimate(sample_architecture(), Usage(internet_out=DataSize.parse("200 TB")))
    last = line(found, "internet_gateway.main", "dto.internet.gb_over150tb")
    assert last.monthly == Decimal("4096.00")  # 51,200 GB × 0.08


def test_one_nat_gateway_carries_its_data_under_its_own_name() -> None:
    architecture = sample_architecture()
    kept = [item for item in architecture if not (isinstance(item, NatGateway) and item.key == "b")]
    kept = [item for item in kept if item.address != "route.private[b]"]
    found = _estimate(architecture.with_resources(kept), Usage(nat=DataSize.parse("1 TB")))
    assert line(found, "nat_gateway.main[a]", "nat.gb").monthly == Decimal("57.344")  # 1,024 × 0.056


def test_gateway_endpoints_are_free_and_interfaces_are_paid_in_every_zone() -> None:
    architecture = sample_architecture()
    found = _estimate(architecture)
    assert not found.of("vpc_endpoint.s3")
    assert any(item.resource == "vpc_endpoint.s3" for item in found.free)
    interface = next(item for item in architecture.of(VpcEndpoint) if item.vpc_endpoint_type == "Interface")
    one_zone = _estimate(architecture.changed(interface, subnets=interface.subnets[:1]))
    assert line(one_zone, "vpc_endpoint.ecr-api", "vpce.interface.hour").monthly == Decimal("9.49")
    assert any("data that passes" in why for why in reasons(found, "vpc_endpoint.ecr-api"))


def test_traffic_between_zones_is_unpriced_and_within_one_zone_there_is_none() -> None:
    architecture = sample_architecture()
    assert any("between zones" in why for why in reasons(_estimate(architecture), "vpc.main"))
    squeezed = architecture
    for subnet in architecture.of(Subnet):
        squeezed = squeezed.changed(subnet, availability_zone="ap-south-1a")
    assert not reasons(_estimate(squeezed), "vpc.main")
